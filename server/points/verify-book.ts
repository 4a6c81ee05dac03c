import type { Database } from '../platform/database.js'
import { accountsOf, chainStart, isWithin, memberAccount, owedMore, transferHash } from './chain.js'
import { MemberLots } from './lots.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import {
  isOfDebt,
  isOfHold,
  isOfMerge,
  isOfPurchase,
  LATE,
  openTransfers,
  purchaseOfKey,
  type CausedTransfer,
} from './source-keys.js'
import { mergeStory, NO_MERGES, type MergeStory } from './merge-story.js'
import { LotCheck } from './verify-lots.js'
import { SpendingCheck } from './verify-spending.js'
import {
  accountsAfter,
  causedBy,
  eachPage,
  holdsAfter,
  lotsWithin,
  membersWithoutAccountAfter,
  namingHolds,
  purchasesAfter,
  transfersWithin,
  usesOfNothingAfter,
  usesWithin,
  type AccountRow,
  type PurchaseRow,
  type TransferRow,
} from './verify-pages.js'

// The verifier: recomputes every hash and balance of the book, the zero sum, and that members,
// purchases and transfers tell the same story. It names the row at which a member's chain breaks, and
// every row that differs by itself. Points that moved in a merge must have come whole to the other
// record. It reads in pages; what it keeps between them is one entry for each sale that had a refund,
// and for each merge of which one side was met.

const ROWS_PER_PAGE = 2_000
const FINDINGS_MAX = 100

export interface BookFinding {
  table:
    | 'points_transfer'
    | 'points_account'
    | 'points_lot'
    | 'points_lot_use'
    | 'points_hold'
    | 'purchase'
  /** Its id; of a use, the transfer that took. */
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
    const lots = new LotCheck(heads, (...found) => {
      verifier.find(...found)
    })
    await eachPage(pages, lotsWithin(range), (rows) => {
      for (const row of rows) lots.lot(row)
    })
    await eachPage(pages, usesWithin(range), (rows) => {
      for (const row of rows) lots.use(row)
    })
    lots.missing()
    for (const row of page) verifier.account(row, heads)
    verifier.unclaimed(heads)
  })
  await eachPage(pages, membersWithoutAccountAfter, (page) => {
    for (const row of page) verifier.memberWithoutAccount(row.memberId)
  })
  await eachPage(pages, usesOfNothingAfter, (rows) => {
    for (const { transferId } of rows)
      verifier.find('points_lot_use', transferId, 'its transfer is missing')
  })
  verifier.sum()
  await eachPage(pages, purchasesAfter, async (page) => {
    const caused = await database.read((rx) => causedBy(rx, page))
    const merges = await database.read((rx) => mergeStory(rx, page, caused))
    for (const row of page) verifier.purchase(row, caused.get(row.id) ?? [], merges)
  })
  verifier.refunds()
  await eachPage(pages, holdsAfter, async (page) => {
    const naming = await database.read((rx) => namingHolds(rx, page))
    for (const row of page) verifier.spending.hold(row, naming.get(row.id) ?? [])
  })
  return verifier.report()
}

/** How far a member's chain has been followed. */
export interface Head {
  seq: number
  hash: string
  balance: number
  isBroken: boolean
  /** What was put off and not paid back. */
  owed: number
  /** What the chain makes of the lots. */
  lots: MemberLots
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
  readonly spending = new SpendingCheck((table, row, what) => {
    this.find(table, row, what)
  })

  transfer(row: TransferRow, heads: Map<string, Head>): void {
    this.transfers += 1
    if (row.causeId === null && !isOfDebt(row.reason))
      this.find('points_transfer', row.id, `its ${causeOf(row.reason)} is missing`)
    if (isOfMerge(row.reason)) this.#half(row)
    const head = heads.get(row.memberId) ?? newHead(row.memberId)
    heads.set(row.memberId, head)
    const wrong = head.isBroken ? whatIsForged(row) : whatIsWrong(row, head)
    if (wrong !== null) {
      head.isBroken = true
      this.find('points_transfer', row.id, wrong)
    }
    if (head.isBroken) return
    if (row.reason === 'expired' && !head.lots.wasDue(row))
      this.find('points_transfer', row.id, 'takes what had not expired')
    if (row.reason === 'held' && !head.lots.wasSpendable(row))
      this.find('points_transfer', row.id, 'sets aside what could not be spent')
    if (isOfDebt(row.reason) && !isDebtRight(row, head))
      this.find('points_transfer', row.id, 'puts off or pays back what is not owed')
    head.owed += owedMore(row.reason, row.points)
    this.#programmePoints -= signedPoints(row)
    head.lots.follow(row)
    Object.assign(head, { seq: row.seq, hash: row.hash, balance: row.balanceAfterPoints })
  }

  account(row: AccountRow, heads: Map<string, Head>): void {
    this.#accounts += 1
    this.#memberPoints += row.balancePoints
    const head = heads.get(row.memberId) ?? newHead(row.memberId)
    heads.delete(row.memberId)
    if (row.memberSinceMs === null)
      this.find('points_account', row.memberId, 'there is no such member')
    else if (row.openedAtMs !== row.memberSinceMs)
      this.find('points_account', row.memberId, 'was not opened when the member joined')
    if (head.isBroken) return
    if (row.mergeId !== null && row.balancePoints !== 0)
      this.find('points_account', row.memberId, 'holds points that are those of its survivor')
    if ((row.owedPoints ?? 0) !== head.owed)
      this.find('points_account', row.memberId, 'owes what was not put off')
    if (row.balancePoints !== head.balance)
      this.find('points_account', row.memberId, 'balance is not the sum of its transfers')
    else if (row.headSeq !== head.seq || row.headHash !== head.hash)
      this.find('points_account', row.memberId, 'chain head is not the last transfer')
  }

  /** Members whose transfers were met and whose account was not. */
  unclaimed(heads: Map<string, Head>): void {
    for (const [memberId] of heads)
      this.find('points_account', memberId, 'account is missing, its transfers are there')
  }

  memberWithoutAccount(memberId: string): void {
    if (!this.#findings.some(({ table, row }) => table === 'points_account' && row === memberId))
      this.find('points_account', memberId, 'account is missing, its member is there')
  }

  sum(): void {
    for (const { id } of this.#halves.values())
      this.find('points_transfer', id, 'is not what the other side of its merge moved')
    if (this.#findings.length === 0 && this.#memberPoints + this.#programmePoints !== 0)
      this.find('points_account', 'all', 'the accounts do not sum to zero')
  }

  purchase(
    row: PurchaseRow,
    caused: readonly CausedTransfer[],
    merges: MergeStory = NO_MERGES,
  ): void {
    const isSale = row.kind === 'sale'
    for (const wrong of wrongCorrections(caused, merges))
      this.find('points_transfer', wrong.id, 'takes back what is not there')
    this.spending.purchase(row, caused)
    const standing = openTransfers(caused.filter(({ reason }) => isOfPurchase(reason)))
    // Refunds that came before the sale had a member are answered by a transfer of its own.
    const late = standing.filter((one) => one.sourceKey.startsWith(LATE))
    const own = standing.filter(
      (one) => !late.includes(one) && one.reason === (isSale ? 'purchase' : 'refund'),
    )
    const told = isSale ? row.earnedPoints : row.reversedPoints
    if (sumOf(own) !== told)
      this.find(
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
        this.find('purchase', row.id, `its points are with member ${transfer.memberId}`)
    if (row.refundedFen !== 0 || row.reversedPoints !== 0)
      Object.assign(this.#returnedOf(row.id), {
        saysFen: row.refundedFen,
        saysPoints: row.reversedPoints - sumOf(late),
        totalFen: row.totalFen,
      })
  }

  /** Sales whose refunds tell another story. */
  refunds(): void {
    this.spending.refunds()
    for (const [saleId, returned] of this.#returned) {
      if (returned.saysPoints !== returned.refundsPoints)
        this.find('purchase', saleId, 'points it says were taken back are not what refunds took')
      else if (returned.saysFen !== Math.min(returned.totalFen, returned.refundsFen))
        this.find('purchase', saleId, 'what it says was refunded is not the sum of its refunds')
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
    if (row.earnedPoints !== 0) this.find('purchase', row.id, 'a refund that earned points')
    if (row.originalPurchaseId === null) {
      if (row.reversedPoints !== 0) this.find('purchase', row.id, 'took points back for no sale')
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
    const signed = signedPoints(row) + (this.#halves.get(key)?.signedPoints ?? 0)
    // The side that arrives may be several transfers, by when its points expire.
    if (signed === 0) this.#halves.delete(key)
    else this.#halves.set(key, { id: row.id, signedPoints: signed })
  }

  /** Notes what is wrong; beyond some, that it is wrong is enough. */
  find(table: BookFinding['table'], row: string, what: string): void {
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ table, row, what })
  }
}

function whatIsWrong(row: PointsTransfer, head: Head): string | null {
  if (row.seq !== head.seq + 1) return `follows number ${String(head.seq)}: one is missing or added`
  if (row.previousHash !== head.hash) return 'does not continue the chain'
  const forged = whatIsForged(row)
  if (forged !== null) return forged
  const [from, to] = accountsOf(row.reason, directionOf(row), row.memberId)
  if (row.points <= 0 || row.fromAccount !== from || row.toAccount !== to)
    return 'is not a transfer of this member'
  const balance = head.balance + signedPoints(row)
  return row.balanceAfterPoints === balance ? null : 'balance after it is wrong'
}

/** What a row tells of itself, also where the chain before it is broken. */
function whatIsForged(row: PointsTransfer): string | null {
  return row.hash === transferHash(row) ? null : 'content differs from its hash'
}

function directionOf(row: PointsTransfer): 'in' | 'out' | 'within' {
  if (isWithin(row.reason)) return 'within'
  return row.toAccount === memberAccount(row.memberId) ? 'in' : 'out'
}

function signedPoints(row: PointsTransfer): number {
  const direction = directionOf(row)
  if (direction === 'within') return 0
  return direction === 'in' ? row.points : -row.points
}

/** What is lent leaves nobody above zero; nobody pays back more than they owe. */
function isDebtRight(row: PointsTransfer, { owed }: Head): boolean {
  const isNamed = row.sourceKey === `${row.memberId}|${String(row.seq)}`
  const isRight = row.reason === 'lent' ? row.balanceAfterPoints <= 0 : row.points <= owed
  return isNamed && isRight
}

/** What a transfer of this reason was caused by. */
function causeOf(reason: string): string {
  if (isOfMerge(reason)) return 'merge'
  if (reason === 'expired') return 'lot'
  return isOfHold(reason) ? 'hold' : 'purchase'
}

function newHead(memberId: string): Head {
  return {
    seq: 0,
    hash: chainStart(memberId),
    balance: 0,
    owed: 0,
    isBroken: false,
    lots: new MemberLots(),
  }
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
