/** How `checkpoint` is asked. Apart, so that the list of commands does not load what it needs. */
export const CHECKPOINT_USAGE = 'checkpoint take | checkpoint export 文件.json'
