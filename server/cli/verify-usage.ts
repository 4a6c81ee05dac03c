/** How `verify` is asked. Apart, so that the list of commands does not load what it needs. */
export const VERIFY_USAGE =
  'verify [--since-last] [--noted 上次的摘要] [--checkpoint 检查点副本.json]'
