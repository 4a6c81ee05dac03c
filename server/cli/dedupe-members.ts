import { setTimeout as pause } from 'node:timers/promises'
import type { ScanPhase, ScanProgress, ScanReport } from '../members/duplicates.service.js'
import { MatchingRunsService } from '../members/matching-runs.service.js'
import { MatchingWorkerService } from '../members/matching-worker.service.js'
import type { Config } from '../platform/config.js'
import { withApp } from './with-app.js'

const PROGRESS_EVERY_MS = 5_000
const LOOK_EVERY_MS = 1_000

const PHASE_WORDS: Record<ScanPhase, string> = {
  reading: '已读会员',
  comparing: '已比较',
  judging: '已判断',
  keeping: '已保存',
}

/**
 * `dedupe --members`: searches the whole base for members that are one person. Where a server does
 * that already, or compares members this moment, it is waited for. Answers the exit code.
 */
export function dedupeMembers(config: Config, say: (line: string) => void): Promise<number> {
  return withApp(config, async (app, database) => {
    const runs = app.get(MatchingRunsService, { strict: false })
    const worker = app.get(MatchingWorkerService, { strict: false })
    const tell = telling(say)
    const { id } = await runs.ask(null)
    for (;;) {
      await worker.scanHere(tell)
      const run = await database.read((rx) => runs.byId(rx, id))
      if (run?.state === 'done' && run.report !== null) {
        sayReport(JSON.parse(run.report) as ScanReport, say)
        return 0
      }
      if (run?.state !== 'waiting' && run?.state !== 'running') {
        say('查重没有完成，请查看服务器日志')
        return 1
      }
      const { phase, doneRows: done, totalRows } = run
      if (totalRows !== null) tell({ phase: phase as ScanPhase, done, total: totalRows })
      await pause(LOOK_EVERY_MS)
    }
  })
}

/** Says how far it is, every few seconds. */
function telling(say: (line: string) => void): (progress: ScanProgress) => void {
  let toldAtMs = performance.now()
  return ({ phase, done, total }) => {
    if (performance.now() - toldAtMs < PROGRESS_EVERY_MS) return
    toldAtMs = performance.now()
    say(`${PHASE_WORDS[phase]} ${String(done)} / ${String(total)}`)
  }
}

function sayReport(report: ScanReport, say: (line: string) => void): void {
  const { members, merges, reviews, fresh, takenBack, leftOut, unreadable } = report
  say(
    `${String(members)} 位会员：可合并 ${String(merges)} 对，需人工确认 ${String(reviews)} 对；` +
      `新发现 ${String(fresh)} 对，撤下 ${String(takenBack)} 对`,
  )
  if (leftOut > 0) say(`另有 ${String(leftOut)} 对把握更小，未列出`)
  if (unreadable.members > 0)
    say(
      `${String(unreadable.members)} 位会员的资料解不开，没有比较：${unreadable.memberIds.join('、')}`,
    )
}
