import { BASE_LEVEL } from '@huike/shared/levels'
import { inList, listParameter, type Database, type Rx } from '../platform/database.js'
import { groupBy } from '../platform/group-by.js'
import type { GrowthAccount } from './growth-account.entity.js'
import { GROWTH_CONSUMER } from './growth-book.service.js'
import { entryHash, growthChainStart } from './growth-chain.js'
import type { GrowthEntry } from './growth-entry.entity.js'
import type { LevelChange } from './level-change.entity.js'
import { growthAfter, standingOf } from './sale-growth.js'

// The verifier of the growth book: every chain from its start, every account from its entries, every
// level from its history, and every sale from what was given and refunded. It names the row that
// differs. What waits in the event log is not in the book yet: such sales are left out, and counted.

const ROWS_PER_PAGE = 500
const FINDINGS_MAX = 100

export interface GrowthFinding {
  table: 'growth_entry' | 'growth_account' | 'level_change' | 'member' | 'purchase'
  row: string
  what: string
}

export interface GrowthReport {
  accounts: number
  entries: number
  /** Events that the book has not taken yet. */
  waiting: number
  findings: GrowthFinding[]
}

type Find = (table: GrowthFinding['table'], row: string, what: string) => void
type AccountRow = GrowthAccount & { memberLevelCode: string | null }
interface SaleRow {
  id: string
  ownerId: string | null
  totalFen: number
  refundedFen: number
}

/** Verifies the growth book, in pages of `rowsPerPage` members and sales. */
export async function verifyGrowth(
  database: Database,
  rowsPerPage = ROWS_PER_PAGE,
): Promise<GrowthReport> {
  const findings: GrowthFinding[] = []
  const find: Find = (table, row, what) => {
    if (findings.length < FINDINGS_MAX) findings.push({ table, row, what })
  }
  let [accounts, entries] = [0, 0]
  for (let after = ''; ;) {
    const page = await database.read((rx) => accountsAfter(rx, after, rowsPerPage))
    const upTo = page.at(-1)?.memberId ?? after
    const range = [after, upTo] as const
    const written = groupBy(await database.read((rx) => entriesWithin(rx, range)), ofMember)
    const changes = groupBy(await database.read((rx) => changesWithin(rx, range)), ofMember)
    for (const account of page) {
      const own = written.get(account.memberId) ?? []
      checkChain(account, own, find)
      checkHistory(account, changes.get(account.memberId) ?? [], find)
      accounts += 1
      entries += own.length
    }
    after = upTo
    if (page.length < rowsPerPage) break
  }
  for (const [table, id] of await database.read(strays)) find(table, id, 'has no growth account')
  const waiting = await database.read(waitingSales)
  for (let after = ''; ;) {
    const ids = await database.read((rx) => salesAfter(rx, after, rowsPerPage))
    await database.read((rx) => checkSales(rx, ids, { find, waiting }))
    after = ids.at(-1) ?? after
    if (ids.length < rowsPerPage) break
  }
  return { accounts, entries, waiting: waiting.events, findings }
}

function checkChain(account: AccountRow, entries: readonly GrowthEntry[], find: Find): void {
  let head = { seq: 0, hash: growthChainStart(account.memberId) }
  let sum = 0
  for (const entry of entries) {
    if (entry.seq !== head.seq + 1) {
      find('growth_entry', entry.id, `follows number ${String(head.seq)}: one is missing or added`)
      return
    }
    if (entry.previousHash !== head.hash || entry.hash !== entryHash(entry)) {
      find('growth_entry', entry.id, 'content differs from its hash')
      return
    }
    head = { seq: entry.seq, hash: entry.hash }
    if (entry.occurredAtMs >= account.periodFromMs) sum += entry.growth
  }
  if (account.headSeq !== head.seq || account.headHash !== head.hash)
    find('growth_account', account.memberId, 'chain head is not the last entry')
  else if (account.periodGrowth !== sum)
    find('growth_account', account.memberId, 'growth is not the sum of its entries')
}

function checkHistory(account: AccountRow, changes: readonly LevelChange[], find: Find): void {
  let code = BASE_LEVEL
  for (const change of changes) {
    if (change.fromCode !== code)
      find('level_change', change.id, 'does not begin where the one before it ended')
    code = change.toCode
  }
  const { memberId, levelCode, levelUntilMs, memberLevelCode } = account
  const last = changes.at(-1)
  if (levelCode !== code) find('growth_account', memberId, 'level is not that of its last change')
  else if (last !== undefined && levelUntilMs !== last.untilMs)
    find('growth_account', memberId, 'level does not end when its last change said')
  else if (memberLevelCode !== levelCode)
    find('member', memberId, 'level is not that of the growth account')
}

/** Each sale's entries against the sale. */
async function checkSales(
  rx: Rx,
  ids: readonly string[],
  { find, waiting }: { find: Find; waiting: Waiting },
): Promise<void> {
  const entries = await rx.rows<GrowthEntry>(
    `SELECT * FROM growth_entry WHERE purchaseId IN ${inList(rx)} ORDER BY purchaseId, number`,
    [listParameter(rx, ids)],
  )
  const sales = await rx.rows<SaleRow>(
    `SELECT p.id, COALESCE(m.mergedIntoId, p.memberId) AS ownerId, p.totalFen, p.refundedFen
     FROM purchase p LEFT JOIN member m ON m.id = p.memberId
     WHERE p.id IN ${inList(rx)} AND p.kind = 'sale'`,
    [listParameter(rx, ids)],
  )
  const saleOf = new Map(sales.map((sale) => [sale.id, sale]))
  for (const [id, own] of groupBy(entries, ({ purchaseId }) => purchaseId)) {
    const sale = saleOf.get(id)
    const growth = growthAfter(own)
    if (!sale) find('purchase', id, 'gave growth, and is not there')
    else if (waiting.isAnyMerge || waiting.saleIds.has(id)) continue
    else if (growth.holderId !== sale.ownerId)
      find('purchase', id, `its growth is with member ${String(growth.holderId)}`)
    else if (growth.holderId !== null && growth.standing !== standingOf(growth.given, sale))
      find('purchase', id, 'its growth is not what its refunds left')
  }
}

interface Waiting {
  events: number
  isAnyMerge: boolean
  saleIds: ReadonlySet<string>
}

/** What the book has not taken yet, by the sales it is about. */
async function waitingSales(rx: Rx): Promise<Waiting> {
  const rows = await rx.rows<{ type: string; saleId: string }>(
    `SELECT e.type, COALESCE(p.originalPurchaseId, e.aggregateId) AS saleId
     FROM event_delivery d JOIN event_log e ON e.id = d.eventId
     LEFT JOIN purchase p ON p.id = e.aggregateId
     WHERE d.state = 'pending' AND d.consumer = ?`,
    [GROWTH_CONSUMER],
  )
  return {
    events: rows.length,
    isAnyMerge: rows.some(({ type }) => !type.startsWith('purchase.')),
    saleIds: new Set(rows.map(({ saleId }) => saleId)),
  }
}

type Stray = ['growth_entry' | 'level_change' | 'member', string]

/** What there is of members who have no account. */
async function strays(rx: Rx): Promise<Stray[]> {
  const found: Stray[] = []
  const limit = `LIMIT ${String(FINDINGS_MAX)}`
  for (const table of ['growth_entry', 'level_change'] as const) {
    const rows = await rx.rows<{ id: string }>(
      `SELECT t.id FROM ${table} t LEFT JOIN growth_account a ON a.memberId = t.memberId
       WHERE a.memberId IS NULL ORDER BY t.id ${limit}`,
    )
    found.push(...rows.map(({ id }): Stray => [table, id]))
  }
  const raised = await rx.rows<{ id: string }>(
    `SELECT m.id FROM member m LEFT JOIN growth_account a ON a.memberId = m.id
     WHERE m.levelCode <> ? AND a.memberId IS NULL ORDER BY m.id ${limit}`,
    [BASE_LEVEL],
  )
  return [...found, ...raised.map(({ id }): Stray => ['member', id])]
}

function accountsAfter(rx: Rx, after: string, limit: number): Promise<AccountRow[]> {
  return rx.rows<AccountRow>(
    `SELECT a.*, m.levelCode AS memberLevelCode FROM growth_account a
     LEFT JOIN member m ON m.id = a.memberId
     WHERE a.memberId > ? ORDER BY a.memberId LIMIT ${String(limit)}`,
    [after],
  )
}

type Range = readonly [after: string, upTo: string]

function entriesWithin(rx: Rx, range: Range): Promise<GrowthEntry[]> {
  return rx.rows<GrowthEntry>(
    'SELECT * FROM growth_entry WHERE memberId > ? AND memberId <= ? ORDER BY memberId, seq',
    [...range],
  )
}

function changesWithin(rx: Rx, range: Range): Promise<LevelChange[]> {
  return rx.rows<LevelChange>(
    'SELECT * FROM level_change WHERE memberId > ? AND memberId <= ? ORDER BY memberId, id',
    [...range],
  )
}

function ofMember({ memberId }: { memberId: string }): string {
  return memberId
}

async function salesAfter(rx: Rx, after: string, limit: number): Promise<string[]> {
  const rows = await rx.rows<{ purchaseId: string }>(
    `SELECT DISTINCT purchaseId FROM growth_entry WHERE purchaseId > ?
     ORDER BY purchaseId LIMIT ${String(limit)}`,
    [after],
  )
  return rows.map(({ purchaseId }) => purchaseId)
}
