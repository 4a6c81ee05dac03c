import type { Database, Rx } from '../platform/database.js'
import { chainStart, memberAccount, transferHash } from './chain.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import {
  isOfMerge,
  LATE,
  openTransfers,
  purchaseOfKey,
  type CausedTransfer,
} from './source-keys.js'
import { mergeStory, NO_MERGES, type MergeStory } from './merge-story.js'

// The verifier: recomputes every hash and balance of the book, the zero sum, and that members,
// purchases and transfers tell the same story. It names the row at which a member's chain breaks, and
// every row that differs by itself. Points that moved in a merge must have come whole to the other
// record. It reads in pages; what it keeps between them is one entry for each sale that had a refund,
// and for each merge of which one side was met.

const ROWS_PER_PAGE = 2_000
const FINDINGS_MAX = 100
/** After every id: the end of the last range. */
const AFTER_ALL = '~'

export interface BookFinding {
  table: 'points_transfer' | 'points_account' | 'purchase'
  row: string
  what: string
}

export interface BookReport {
  ok: boolean
  accounts: number
  transfers: number
  /** Points members hold; what the programme owes is its negative. */
  memberPoints: number
  programmePoints: number
  findings: BookFinding[]
}

/**
 * Verifies the whole book. `onProgress` is told the number of transfers checked so far. Sales that
 * commit meanwhile may be met half: verify while no till sends, or again.
 */
export async function verifyBook(
  database: Database,
  onProgress: (transfers: number) => void = () => undefined,
  rowsPerPage = ROWS_PER_PAGE,
): Promise<BookReport> {
  const verifier = new Verifier()
  const pages = { database, rowsPerPage }
  await eachPage(pages, accountsAfter, async (page, range) => {
    const heads = new Map<string, Head>()
    await eachPage(pages, transfersWithin(range), (transfers) => {
      for (const row of transfers) verifier.transfer(row, heads)
      onProgress(verifier.transfers)
    })
    for (const row of page) verifier.account(row, heads)
    verifier.unclaimed(heads)
  })
  await eachPage(pages, membersWithoutAccountAfter, (page) => {
    for (const row of page) verifier.memberWithoutAccount(row.memberId)
  })
  verifier.sum()
  await eachPage(pages, purchasesAfter, async (page) => {
    const caused = await database.read((rx) => causedBy(rx, page))
    const merges = await database.read((rx) => mergeStory(rx, page, caused))
    for (const row of page) verifier.purchase(row, caused.get(row.id) ?? [], merges)
  })
  verifier.refunds()
  return verifier.report()
}

/** How far a member's chain has been followed. */
interface Head {
  seq: number
  hash: string
  balance: number
  isBroken: boolean
}

type TransferRow = PointsTransfer & { causeId: string | null }
type AccountRow = PointsAccount & { memberSinceMs: number | null; mergeId: string | null }

interface PurchaseRow {
  id: string
  kind: string
  memberId: string | null
  totalFen: number
  refundedFen: number
  earnedPoints: number
  reversedPoints: number
  originalPurchaseId: string | null
}

/** A sale against its refunds: what it says came back, and what they say. */
interface Returned {
  saysFen: number
  saysPoints: number
  totalFen: number
  refundsFen: number
  refundsPoints: number
}

class Verifier {
  transfers = 0
  #accounts = 0
  #memberPoints = 0
  #programmePoints = 0
  /** Merge and reason → what one side moved, until the other is met. */
  readonly #halves = new Map<string, { id: string; signedPoints: number }>()
  readonly #findings: BookFinding[] = []
  readonly #returned = new Map<string, Returned>()

  transfer(row: TransferRow, heads: Map<string, Head>): void {
    this.transfers += 1
    const cause = isOfMerge(row.reason) ? 'merge' : 'purchase'
    if (row.causeId === null) this.#find('points_transfer', row.id, `its ${cause} is missing`)
    if (isOfMerge(row.reason)) this.#half(row)
    const head = heads.get(row.memberId) ?? newHead(row.memberId)
    heads.set(row.memberId, head)
    const wrong = head.isBroken ? whatIsForged(row) : whatIsWrong(row, head)
    if (wrong !== null) {
      head.isBroken = true
      this.#find('points_transfer', row.id, wrong)
    }
    if (head.isBroken) return
    this.#programmePoints -= signedPoints(row)
    Object.assign(head, { seq: row.seq, hash: row.hash, balance: row.balanceAfterPoints })
  }

  account(row: AccountRow, heads: Map<string, Head>): void {
    this.#accounts += 1
    this.#memberPoints += row.balancePoints
    const head = heads.get(row.memberId) ?? newHead(row.memberId)
    heads.delete(row.memberId)
    if (row.memberSinceMs === null)
      this.#find('points_account', row.memberId, 'there is no such member')
    else if (row.openedAtMs !== row.memberSinceMs)
      this.#find('points_account', row.memberId, 'was not opened when the member joined')
    if (head.isBroken) return
    if (row.mergeId !== null && row.balancePoints !== 0)
      this.#find('points_account', row.memberId, 'holds points that are those of its survivor')
    if (row.balancePoints !== head.balance)
      this.#find('points_account', row.memberId, 'balance is not the sum of its transfers')
    else if (row.headSeq !== head.seq || row.headHash !== head.hash)
      this.#find('points_account', row.memberId, 'chain head is not the last transfer')
  }

  /** Members whose transfers were met and whose account was not. */
  unclaimed(heads: Map<string, Head>): void {
    for (const [memberId] of heads)
      this.#find('points_account', memberId, 'account is missing, its transfers are there')
  }

  memberWithoutAccount(memberId: string): void {
    if (!this.#findings.some(({ table, row }) => table === 'points_account' && row === memberId))
      this.#find('points_account', memberId, 'account is missing, its member is there')
  }

  sum(): void {
    for (const { id } of this.#halves.values())
      this.#find('points_transfer', id, 'the other side of its merge is missing')
    if (this.#findings.length === 0 && this.#memberPoints + this.#programmePoints !== 0)
      this.#find('points_account', 'all', 'the accounts do not sum to zero')
  }

  purchase(
    row: PurchaseRow,
    caused: readonly CausedTransfer[],
    merges: MergeStory = NO_MERGES,
  ): void {
    const isSale = row.kind === 'sale'
    for (const wrong of wrongCorrections(caused, merges))
      this.#find('points_transfer', wrong.id, 'takes back what is not there')
    const standing = openTransfers(caused)
    // Refunds that came before the sale had a member are answered by a transfer of its own.
    const late = standing.filter((one) => one.sourceKey.startsWith(LATE))
    const own = standing.filter(
      (one) => !late.includes(one) && one.reason === (isSale ? 'purchase' : 'refund'),
    )
    const told = isSale ? row.earnedPoints : row.reversedPoints
    if (sumOf(own) !== told)
      this.#find(
        'purchase',
        row.id,
        `says ${String(told)} points, the book has ${String(sumOf(own))}`,
      )
    if (!isSale) {
      this.#refund(row)
      return
    }
    for (const transfer of [...own, ...late])
      if (merges.ownerOf(row.id, transfer.memberId) !== row.memberId)
        this.#find('purchase', row.id, `its points are with member ${transfer.memberId}`)
    if (row.refundedFen !== 0 || row.reversedPoints !== 0)
      Object.assign(this.#returnedOf(row.id), {
        saysFen: row.refundedFen,
        saysPoints: row.reversedPoints - sumOf(late),
        totalFen: row.totalFen,
      })
  }

  /** Sales whose refunds tell another story. */
  refunds(): void {
    for (const [saleId, returned] of this.#returned) {
      if (returned.saysPoints !== returned.refundsPoints)
        this.#find('purchase', saleId, 'points it says were taken back are not what refunds took')
      else if (returned.saysFen !== Math.min(returned.totalFen, returned.refundsFen))
        this.#find('purchase', saleId, 'what it says was refunded is not the sum of its refunds')
    }
  }

  report(): BookReport {
    return {
      ok: this.#findings.length === 0,
      accounts: this.#accounts,
      transfers: this.transfers,
      memberPoints: this.#memberPoints,
      programmePoints: this.#programmePoints,
      findings: this.#findings,
    }
  }

  #refund(row: PurchaseRow): void {
    if (row.earnedPoints !== 0) this.#find('purchase', row.id, 'a refund that earned points')
    if (row.originalPurchaseId === null) {
      if (row.reversedPoints !== 0) this.#find('purchase', row.id, 'took points back for no sale')
      return
    }
    const returned = this.#returnedOf(row.originalPurchaseId)
    returned.refundsFen += row.totalFen
    returned.refundsPoints += row.reversedPoints
  }

  #returnedOf(saleId: string): Returned {
    const known = this.#returned.get(saleId)
    if (known) return known
    const fresh = { saysFen: 0, saysPoints: 0, totalFen: 0, refundsFen: 0, refundsPoints: 0 }
    this.#returned.set(saleId, fresh)
    return fresh
  }

  /** What leaves one record in a merge comes whole to the other. */
  #half(row: TransferRow): void {
    const key = `${row.reason}|${purchaseOfKey(row.sourceKey)}`
    const other = this.#halves.get(key)
    if (!other) {
      this.#halves.set(key, { id: row.id, signedPoints: signedPoints(row) })
      return
    }
    this.#halves.delete(key)
    if (other.signedPoints + signedPoints(row) !== 0)
      this.#find('points_transfer', row.id, 'is not what the other side of its merge moved')
  }

  #find(table: BookFinding['table'], row: string, what: string): void {
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ table, row, what })
  }
}

function whatIsWrong(row: PointsTransfer, head: Head): string | null {
  const member = memberAccount(row.memberId)
  if (row.seq !== head.seq + 1) return `follows number ${String(head.seq)}: one is missing or added`
  if (row.previousHash !== head.hash) return 'does not continue the chain'
  const forged = whatIsForged(row)
  if (forged !== null) return forged
  if (row.points <= 0 || (row.toAccount === member) === (row.fromAccount === member))
    return 'is not a transfer of this member'
  const balance = head.balance + signedPoints(row)
  return row.balanceAfterPoints === balance ? null : 'balance after it is wrong'
}

/** What a row tells of itself, also where the chain before it is broken. */
function whatIsForged(row: PointsTransfer): string | null {
  return row.hash === transferHash(row) ? null : 'content differs from its hash'
}

function signedPoints(row: PointsTransfer): number {
  return row.toAccount === memberAccount(row.memberId) ? row.points : -row.points
}

function newHead(memberId: string): Head {
  return { seq: 0, hash: chainStart(memberId), balance: 0, isBroken: false }
}

/** Corrections that do not take back, whole and once, a transfer of the same person and purchase. */
function wrongCorrections(caused: readonly CausedTransfer[], merges: MergeStory): CausedTransfer[] {
  const isTaken = new Set<string>()
  return caused.filter((one) => {
    if (one.reason !== 'unassigned') return false
    const taken = caused.find(({ id }) => id === one.answersTransferId)
    const isRight =
      taken !== undefined &&
      taken.reason !== 'unassigned' &&
      merges.wereOne(taken.memberId, one.memberId) &&
      taken.points === one.points &&
      taken.toAccount !== one.toAccount &&
      !isTaken.has(taken.id)
    if (taken) isTaken.add(taken.id)
    return !isRight
  })
}

function sumOf(transfers: readonly CausedTransfer[]): number {
  return transfers.reduce((sum, { points }) => sum + points, 0)
}

type PageOf<Row> = (rx: Rx, last: Row | null, limit: number) => Promise<Row[]>
/** The ids a page stands for: after `after`, up to and including `upTo`. */
interface Range {
  after: string
  upTo: string
}

/** Hands every page to `take`, the last one even when it is empty. */
async function eachPage<Row extends { memberId?: string | null }>(
  { database, rowsPerPage }: { database: Database; rowsPerPage: number },
  pageOf: PageOf<Row>,
  take: (page: Row[], range: Range) => void | Promise<void>,
): Promise<void> {
  let last: Row | null = null
  for (;;) {
    const after: Row | null = last
    const page: Row[] = await database.read((rx) => pageOf(rx, after, rowsPerPage))
    last = page.at(-1) ?? null
    const isLast = page.length < rowsPerPage
    await take(page, {
      after: after?.memberId ?? '',
      upTo: isLast ? AFTER_ALL : (last?.memberId ?? AFTER_ALL),
    })
    if (isLast) return
  }
}

const accountsAfter: PageOf<AccountRow> = (rx, last, limit) =>
  rx.rows<AccountRow>(
    `SELECT a.*, m.createdAtMs AS memberSinceMs, g.id AS mergeId FROM points_account a
     LEFT JOIN member m ON m.id = a.memberId
     LEFT JOIN member_merge g ON g.absorbedId = a.memberId AND g.state = 'done'
     WHERE a.memberId > ? ORDER BY a.memberId LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

/** Transfers of the members of one page of accounts, and of members between them. */
function transfersWithin(range: Range): PageOf<TransferRow> {
  return (rx, last, limit) =>
    rx.rows<TransferRow>(
      `SELECT t.*, CASE WHEN t.reason IN ('merge', 'merge_undo') THEN g.id ELSE p.id END AS causeId
       FROM points_transfer t LEFT JOIN purchase p ON p.id =
         CASE WHEN t.sourceKey LIKE 'late|%' THEN SUBSTR(t.sourceKey, 6, 26)
           ELSE SUBSTR(t.sourceKey, 1, 26) END
       LEFT JOIN member_merge g ON g.id = SUBSTR(t.sourceKey, 1, 26)
       WHERE (t.memberId > ? OR (t.memberId = ? AND t.seq > ?)) AND t.memberId <= ?
       ORDER BY t.memberId, t.seq LIMIT ${String(limit)}`,
      [last?.memberId ?? range.after, last?.memberId ?? '', last?.seq ?? 0, range.upTo],
    )
}

const membersWithoutAccountAfter: PageOf<{ memberId: string }> = (rx, last, limit) =>
  rx.rows<{ memberId: string }>(
    `SELECT m.id AS memberId FROM member m LEFT JOIN points_account a ON a.memberId = m.id
     WHERE m.id > ? AND m.state <> 'merged' AND a.memberId IS NULL
     ORDER BY m.id LIMIT ${String(limit)}`,
    [last?.memberId ?? ''],
  )

const purchasesAfter: PageOf<PurchaseRow> = (rx, last, limit) =>
  rx.rows<PurchaseRow>(
    `SELECT id, kind, memberId, totalFen, refundedFen, earnedPoints, reversedPoints,
       originalPurchaseId FROM purchase WHERE id > ? ORDER BY id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

/** The transfers that a page of purchases caused, by purchase: their keys begin with its ids. */
async function causedBy(
  rx: Rx,
  page: readonly PurchaseRow[],
): Promise<Map<string, CausedTransfer[]>> {
  const [first, last] = [page[0], page.at(-1)]
  if (!first || !last) return new Map()
  const [from, to] = [first.id, `${last.id}~`]
  const rows = await rx.rows<CausedTransfer>(
    `SELECT id, memberId, reason, sourceKey, points, toAccount, answersTransferId
     FROM points_transfer WHERE reason IN ('purchase', 'refund', 'unassigned')
       AND ((sourceKey >= ? AND sourceKey < ?) OR (sourceKey >= ? AND sourceKey < ?))`,
    [from, to, LATE + from, LATE + to],
  )
  const byPurchase = new Map<string, CausedTransfer[]>()
  for (const row of rows) {
    const purchaseId = purchaseOfKey(row.sourceKey)
    const those = byPurchase.get(purchaseId) ?? []
    byPurchase.set(purchaseId, those)
    those.push(row)
  }
  return byPurchase
}
