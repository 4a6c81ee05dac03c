import { DuplicatesService, type ScanPhase } from '../members/duplicates.service.js'
import type { Config } from '../platform/config.js'
import { withApp } from './with-app.js'

const PROGRESS_EVERY_MS = 5_000

const PHASE_WORDS: Record<ScanPhase, string> = {
  reading: '已读会员',
  comparing: '已比较',
  judging: '已判断',
  keeping: '已保存',
}

/** `dedupe --members`: searches the whole base for members that are one person. */
export function dedupeMembers(config: Config, say: (line: string) => void): Promise<number> {
  return withApp(config, async (app) => {
    let toldAtMs = performance.now()
    const report = await app
      .get(DuplicatesService, { strict: false })
      .scan(({ phase, done, total }) => {
        if (performance.now() - toldAtMs < PROGRESS_EVERY_MS) return
        toldAtMs = performance.now()
        say(`${PHASE_WORDS[phase]} ${String(done)} / ${String(total)}`)
      })
    const { members, merges, reviews, fresh, takenBack, leftOut } = report
    say(
      `${String(members)} 位会员：可合并 ${String(merges)} 对，需人工确认 ${String(reviews)} 对；` +
        `新发现 ${String(fresh)} 对，撤下 ${String(takenBack)} 对`,
    )
    if (leftOut > 0) say(`另有 ${String(leftOut)} 对把握更小，未列出`)
    return 0
  })
}
