import { verifyGrowth, type GrowthReport } from '../levels/verify-growth.js'
import { creditFaults } from '../messages/subscription-credits.service.js'
import { SystemClock } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import type { PointsCheckpoint } from '../points/points-checkpoint.entity.js'
import { PointsJobsService } from '../points/points-jobs.service.js'
import {
  sinceOf,
  PointsVerifierService,
  type CheckScope,
} from '../points/points-verifier.service.js'
import { verifyBook } from '../points/verify-book.js'
import { verifyCheckpoints, type CheckpointReport } from '../points/verify-checkpoints.js'
import { verifyAudit, type AuditReport } from '../staff/verify-audit.js'
import { readCopy } from './checkpoint.js'
import { VERIFY_USAGE } from './verify-usage.js'
import { withDatabase } from './with-database.js'

const PROGRESS_EVERY = 100_000
const MISUSED = 2
const SINCE_LAST = '--since-last'

/**
 * `verify [--since-last] [--noted DIGEST] [--checkpoint FILE]`: verifies the points book and its
 * checkpoints, growth and levels, the message credits and the audit of staff; of the points book, if asked, only what moved since
 * the server last found nothing wrong with it; the audit also from where a digest of an earlier run
 * says that it was, the checkpoints also against a copy. Exit code 1 when something differs, and names it;
 * 2 for wrong words.
 */
export async function verify(
  config: Config,
  words: string[],
  say: (line: string) => void,
): Promise<number> {
  const asked = optionsOf(words)
  if (!asked) {
    say(`用法：${VERIFY_USAGE}`)
    return MISUSED
  }
  const { noted = null, checkpoint } = asked
  const kept = checkpoint === undefined ? [] : readCopy(checkpoint)
  const scope = asked[SINCE_LAST] === undefined ? 'all' : 'since'
  let told = 0
  const { report, checkpoints, growth, credits, audit, isWhole } = await withDatabase(
    config,
    async (database) => ({
      ...(await verifyPoints({ config, database, kept, scope }, (transfers) => {
        if (transfers - told < PROGRESS_EVERY) return
        told = transfers
        say(`已核对 ${String(transfers)} 笔……`)
      })),
      growth: await verifyGrowth(database),
      credits: await database.read((rx) => creditFaults(rx)),
      audit: await verifyAudit(database, config.keyring, { noted }),
    }),
  )
  const of = isWhole ? '' : '上次核对以来有变动的'
  say(`${of}账户 ${String(report.accounts)} 个，流水 ${String(report.transfers)} 笔`)
  say(
    `${of}会员积分合计 ${String(report.memberPoints)}，发行账户 ${String(report.programmePoints)},` +
      `总和 ${String(report.memberPoints + report.programmePoints)}`,
  )
  say(checkpointWords(checkpoints))
  say(growthWords(growth))
  say(auditWords(audit))
  const books = [...report.findings, ...checkpoints.findings, ...growth.findings]
  const findings = [...books, ...audit.findings]
  for (const { table, row, what } of findings) say(`不符：${table} ${row}:${what}`)
  for (const { identityId, entries, balance } of credits)
    say(
      `不符：subscription_balance ${identityId}：流水合计 ${String(entries)}，余额 ${String(balance)}`,
    )
  const faults = findings.length + credits.length
  say(faults === 0 ? '账本和操作记录无误' : `发现 ${String(faults)} 处不符`)
  return faults === 0 ? 0 : 1
}

/** Verifies the book and its checkpoints, all of them or what moved since the server last did. */
async function verifyPoints(
  {
    config,
    database,
    kept,
    scope,
  }: { config: Config; database: Database; kept: PointsCheckpoint[]; scope: CheckScope },
  onProgress: (transfers: number) => void,
) {
  const clock = new SystemClock()
  const jobs = new PointsJobsService(database, clock)
  const verifier = new PointsVerifierService(database, clock, jobs, config)
  const asked = await database.read((rx) => verifier.asked(rx, scope))
  const { afterCheckpoint: afterNumber } = asked
  return {
    isWhole: asked.scope === 'all',
    report: await verifyBook(database, onProgress, { sinceMs: sinceOf(asked) }),
    checkpoints: await verifyCheckpoints(database, config.keyring, { kept, afterNumber }),
  }
}

/** The options by name; null for words that mean nothing. */
function optionsOf(words: readonly string[]): Partial<Record<string, string>> | null {
  const options: Partial<Record<string, string>> = {}
  const left = words.filter((word) => word !== SINCE_LAST)
  if (words.length - left.length > 1) return null
  if (left.length < words.length) options[SINCE_LAST] = SINCE_LAST
  for (let at = 0; at < left.length; at += 2) {
    const [option = '', value] = left.slice(at, at + 2)
    const name = option.slice('--'.length)
    const isKnown = option === '--noted' || option === '--checkpoint'
    if (!isKnown || value === undefined || options[name] !== undefined) return null
    options[name] = value
  }
  return options
}

function checkpointWords({ checkpoints, takenAtMs }: CheckpointReport): string {
  if (takenAtMs === null) return '积分账本还没有检查点，服务运行后每天签发一个'
  const at = new Date(takenAtMs).toISOString()
  return `积分账本检查点 ${String(checkpoints)} 个，最近一个签发于 ${at}`
}

function growthWords({ accounts, entries, waiting }: GrowthReport): string {
  const later = waiting === 0 ? '' : `，另有 ${String(waiting)} 个事件还没有记入`
  return `成长值账户 ${String(accounts)} 个，流水 ${String(entries)} 条${later}`
}

function auditWords({ rows, begunAtMs, digest }: AuditReport): string {
  if (begunAtMs === null) return '操作记录的链还没有开始，启动一次服务即可'
  const since = new Date(begunAtMs).toISOString()
  return `操作记录 ${String(rows)} 条，链自 ${since} 起，摘要 ${digest}`
}
