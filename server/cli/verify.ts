import { creditFaults } from '../messages/subscription-credits.service.js'
import type { Config } from '../platform/config.js'
import { verifyBook } from '../points/verify-book.js'
import { withDatabase } from './with-app.js'

const PROGRESS_EVERY = 100_000

/** Verifies the points book and the message credits; exit code 1 when something differs, and names it. */
export async function verify(
  config: Config,
  _words: string[],
  say: (line: string) => void,
): Promise<number> {
  let told = 0
  const { report, credits } = await withDatabase(config, async (database) => ({
    report: await verifyBook(database, (transfers) => {
      if (transfers - told < PROGRESS_EVERY) return
      told = transfers
      say(`已核对 ${String(transfers)} 笔……`)
    }),
    credits: await database.read((rx) => creditFaults(rx)),
  }))
  say(`账户 ${String(report.accounts)} 个，流水 ${String(report.transfers)} 笔`)
  say(
    `会员积分合计 ${String(report.memberPoints)}，发行账户 ${String(report.programmePoints)},` +
      `总和 ${String(report.memberPoints + report.programmePoints)}`,
  )
  for (const { table, row, what } of report.findings) say(`不符：${table} ${row}:${what}`)
  for (const { identityId, entries, balance } of credits)
    say(
      `不符：subscription_balance ${identityId}：流水合计 ${String(entries)}，余额 ${String(balance)}`,
    )
  const faults = report.findings.length + credits.length
  say(faults === 0 ? '账本无误' : `发现 ${String(faults)} 处不符`)
  return faults === 0 ? 0 : 1
}
