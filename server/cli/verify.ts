import { creditFaults } from '../messages/subscription-credits.service.js'
import type { Config } from '../platform/config.js'
import { verifyBook } from '../points/verify-book.js'
import { verifyAudit, type AuditReport } from '../staff/verify-audit.js'
import { withDatabase } from './with-database.js'

const VERIFY_USAGE = 'verify [--noted 上次的摘要]'
const PROGRESS_EVERY = 100_000
const MISUSED = 2

/**
 * `verify [--noted DIGEST]`: verifies the points book, the message credits and the audit of staff, the
 * audit also from where a digest of an earlier run says that it was. Exit code 1 when something
 * differs, and names it; 2 for wrong words.
 */
export async function verify(
  config: Config,
  words: string[],
  say: (line: string) => void,
): Promise<number> {
  const [option, noted = null] = words
  if (words.length > 0 && (option !== '--noted' || noted === null || words.length > 2)) {
    say(`用法：${VERIFY_USAGE}`)
    return MISUSED
  }
  let told = 0
  const { report, credits, audit } = await withDatabase(config, async (database) => ({
    report: await verifyBook(database, (transfers) => {
      if (transfers - told < PROGRESS_EVERY) return
      told = transfers
      say(`已核对 ${String(transfers)} 笔……`)
    }),
    credits: await database.read((rx) => creditFaults(rx)),
    audit: await verifyAudit(database, config.keyring, { noted }),
  }))
  say(`账户 ${String(report.accounts)} 个，流水 ${String(report.transfers)} 笔`)
  say(
    `会员积分合计 ${String(report.memberPoints)}，发行账户 ${String(report.programmePoints)},` +
      `总和 ${String(report.memberPoints + report.programmePoints)}`,
  )
  say(auditWords(audit))
  for (const { table, row, what } of [...report.findings, ...audit.findings])
    say(`不符：${table} ${row}:${what}`)
  for (const { identityId, entries, balance } of credits)
    say(
      `不符：subscription_balance ${identityId}：流水合计 ${String(entries)}，余额 ${String(balance)}`,
    )
  const faults = report.findings.length + credits.length + audit.findings.length
  say(faults === 0 ? '账本和操作记录无误' : `发现 ${String(faults)} 处不符`)
  return faults === 0 ? 0 : 1
}

function auditWords({ rows, begunAtMs, digest }: AuditReport): string {
  if (begunAtMs === null) return '操作记录的链还没有开始，启动一次服务即可'
  const since = new Date(begunAtMs).toISOString()
  return `操作记录 ${String(rows)} 条，链自 ${since} 起，摘要 ${digest}`
}
