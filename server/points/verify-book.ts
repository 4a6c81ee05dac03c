import type { Database } from '../platform/database.js'
import { accountsOf, chainStart, owedMore, transferHash } from './chain.js'
import { isSpent, MemberLots } from './lots.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import {
  isOfDebt,
  isOfMerge,
  isOfPurchase,
  LATE,
  openTransfers,
  purchaseOfKey,
  type DatedTransfer,
} from './source-keys.js'
import { NO_MERGES, type MergeStory } from './merge-story.js'
import { ABOUT_NOTHING, aboutMember, aboutPurchase, isOfChain, type About } from './verify-about.js'
import { verifyAgain } from './verify-again.js'
import {
  accountsAfter,
  eachPage,
  membersAfter,
  usesAfter,
  type AccountRow,
  type Pages,
  type PurchaseRow,
  type TransferRow,
} from './verify-pages.js'
import { sumOf, wrongCorrections } from './verify-corrections.js'
import { wrongHalves, type Half } from './verify-merges.js'
import { walkActivities } from './verify-activities.js'
import { walkExchanges } from './verify-exchanges.js'
import { causeOf, directionOf, isDebtRight, signedPoints } from './verify-transfers.js'
import type { Find } from './verify-lots.js'
import { SpendingCheck } from './verify-spending.js'
import { walkHolds, walkMembers, walkPurchases } from './verify-walk.js'
import { walkMoved } from './verify-moved.js'

// The verifier: recomputes every hash and balance of the book, the zero sum, and that members,
// purchases and transfers tell the same story. It names the row at which a member's chain breaks, and
// every row that differs by itself. Points that moved in a merge must have come whole to the other
// record. It reads in pages, beside the tills: what differs may be a sale that committed between two
// pages, so it is looked at again with its rows locked, and only what differs then is told. What it
// keeps between pages is one entry for each sale that had a refund, and for each merge of which one
// side was met.

const ROWS_PER_PAGE = 2_000
const FINDINGS_MAX = 100

export interface BookFinding extends About {
  table:
    | 'points_transfer'
    | 'points_account'
    | 'points_lot'
    | 'points_lot_use'
    | 'points_hold'
    | 'points_activity'
    | 'review'
    | 'referral'
    | 'mall_exchange'
    | 'mall_item'
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

export interface VerifyOptions {
  rowsPerPage?: number
  /** Called between two pages: to let others have the machine. What it throws ends the run. */
  rest?: () => Promise<void>
  /**
   * Verifies whole the chains of those members alone who have a transfer recorded since, and the
   * purchases behind what is later; of all others, that the account is what its last transfer says.
   */
  sinceMs?: number | null
}

/**
 * Verifies the book, all of it or what moved. Sales may commit meanwhile. `onProgress` is told the
 * number of transfers checked so far.
 */
export async function verifyBook(
  database: Database,
  onProgress: (transfers: number) => void = () => undefined,
  { rowsPerPage = ROWS_PER_PAGE, rest, sinceMs = null }: VerifyOptions = {},
): Promise<BookReport> {
  const verifier = new Verifier()
  const pages: Pages = { read: (work) => database.read(work), rowsPerPage, rest }
  const confirmed: BookFinding[] = []
  const tell = (findings: readonly BookFinding[]) =>
    confirmed.push(...findings.slice(0, FINDINGS_MAX - confirmed.length))
  /** What differs, once more; beyond some, that it is wrong is enough. */
  const confirm = async () => {
    const suspicions = verifier.takeFindings()
    if (suspicions.length === 0 || confirmed.length >= FINDINGS_MAX) return
    const most = FINDINGS_MAX - confirmed.length
    const again = await verifyAgain(database, suspicions, { most, fresh: () => new Verifier() })
    tell(again.takeFindings())
    verifier.addPoints(again)
  }
  const onPage = async () => {
    onProgress(verifier.transfers)
    await confirm()
  }
  if (sinceMs === null) {
    await eachPage(pages, accountsAfter, async (page, range) => {
      await walkMembers(pages, verifier, { range, accounts: page, onPage })
    })
    await eachPage(pages, membersAfter, (page) => {
      for (const { memberId, accountId } of page)
        if (accountId === null) verifier.memberWithoutAccount(memberId)
    })
    await eachPage(pages, usesAfter, (rows) => {
      for (const { transferId, ownerId } of rows)
        if (ownerId === null) verifier.find('points_lot_use', transferId, 'its transfer is missing')
    })
    await walkPurchases(pages, verifier, onPage)
    await walkHolds(pages, verifier, onPage)
    await walkActivities(pages, verifier.finder)
    await walkExchanges(pages, verifier.finder)
  } else await walkMoved(pages, verifier, { sinceMs, onPage })
  await confirm()
  tell(await database.read((rx) => wrongHalves(rx, verifier.halves())))
  verifier.refunds()
  await confirm()
  return verifier.report(confirmed)
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

export class Verifier {
  transfers = 0
  #accounts = 0
  #memberPoints = 0
  #programmePoints = 0
  /** Merge and reason → what one side moved, until the other is met. */
  readonly #halves = new Map<string, Half>()
  #findings: BookFinding[] = []
  readonly #returned = new Map<string, Returned>()
  readonly finder: Find = (...found) => {
    this.find(...found)
  }
  readonly spending = new SpendingCheck(this.finder)

  transfer(row: TransferRow, heads: Map<string, Head>): void {
    this.transfers += 1
    const about = aboutMember(row.memberId)
    if (row.causeId === null && !isOfDebt(row.reason))
      this.find('points_transfer', row.id, `its ${causeOf(row.reason)} is missing`, about)
    if (isOfMerge(row.reason)) this.#half(row)
    const head = heads.get(row.memberId) ?? newHead(row.memberId)
    heads.set(row.memberId, head)
    const wrong = head.isBroken ? whatIsForged(row) : whatIsWrong(row, head)
    if (wrong !== null) {
      head.isBroken = true
      this.find('points_transfer', row.id, wrong, about)
    }
    if (head.isBroken) return
    if (row.reason === 'expired' && !head.lots.wasDue(row))
      this.find('points_transfer', row.id, 'takes what had not expired', about)
    const isOffline = row.allowanceId !== null
    if (isSpent(row.reason) && !isOffline && !head.lots.wasSpendable(row))
      this.find('points_transfer', row.id, 'sets aside what could not be spent', about)
    if (isOfDebt(row.reason) && !isDebtRight(row, head.owed))
      this.find('points_transfer', row.id, 'puts off or pays back what is not owed', about)
    head.owed += owedMore(row.reason, row.points)
    head.lots.follow(row)
    Object.assign(head, { seq: row.seq, hash: row.hash, balance: row.balanceAfterPoints })
  }

  account(row: AccountRow, heads: Map<string, Head>): void {
    const { memberId, balancePoints } = row
    this.#accounts += 1
    const head = heads.get(memberId) ?? newHead(memberId)
    heads.delete(memberId)
    const find = (what: string) => {
      this.find('points_account', memberId, what, aboutMember(memberId))
    }
    if (row.memberSinceMs === null) find('there is no such member')
    else if (row.openedAtMs !== row.memberSinceMs) find('was not opened when the member joined')
    if (!head.isBroken) {
      if (row.mergeId !== null && balancePoints !== 0)
        find('holds points that are those of its survivor')
      if ((row.owedPoints ?? 0) !== head.owed) find('owes what was not put off')
      if (balancePoints !== head.balance) find('balance is not the sum of its transfers')
      else if (row.headSeq !== head.seq || row.headHash !== head.hash)
        find('chain head is not the last transfer')
    }
    // Whoever is looked at again is counted then.
    if (this.#findings.some((one) => isOfChain(one, memberId))) return
    this.#memberPoints += balancePoints
    this.#programmePoints -= head.balance
  }

  /** Members whose transfers were met and whose account was not. */
  unclaimed(heads: Map<string, Head>): void {
    for (const [memberId] of heads)
      this.find(
        'points_account',
        memberId,
        'account is missing, its transfers are there',
        aboutMember(memberId),
      )
  }

  memberWithoutAccount(memberId: string): void {
    this.find('points_account', memberId, 'account is missing, its member is there')
  }

  /** Merges of which one side was met. */
  halves(): Half[] {
    return [...this.#halves.values()]
  }

  /** What was found since this was last asked. */
  takeFindings(): BookFinding[] {
    const found = this.#findings
    this.#findings = []
    return found
  }

  /** Counts the points of those whom another verifier has looked at again. */
  addPoints(other: Verifier): void {
    this.#memberPoints += other.#memberPoints
    this.#programmePoints += other.#programmePoints
  }

  purchase(
    row: PurchaseRow,
    caused: readonly DatedTransfer[],
    merges: MergeStory = NO_MERGES,
  ): void {
    const isSale = row.kind === 'sale'
    const about = aboutPurchase(row)
    for (const wrong of wrongCorrections(caused, merges))
      this.find('points_transfer', wrong.id, 'takes back what is not there', about)
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
        about,
      )
    if (!isSale) {
      this.#refund(row)
      return
    }
    for (const transfer of [...own, ...late])
      if (!merges.mayOwn(row, transfer))
        this.find('purchase', row.id, `its points are with member ${transfer.memberId}`, about)
    if (row.refundedFen !== 0 || row.reversedPoints !== 0)
      Object.assign(this.#returnedOf(row.id), {
        saysFen: row.refundedFen,
        saysPoints: row.reversedPoints - sumOf(late),
        totalFen: row.totalFen,
      })
  }

  /** Sales whose refunds tell another story; call when all of them were met. */
  refunds(): void {
    this.spending.refunds()
    for (const [saleId, returned] of this.#returned) {
      const about = { ...ABOUT_NOTHING, purchaseId: saleId }
      if (returned.saysPoints !== returned.refundsPoints)
        this.find(
          'purchase',
          saleId,
          'points it says were taken back are not what refunds took',
          about,
        )
      else if (returned.saysFen !== Math.min(returned.totalFen, returned.refundsFen))
        this.find(
          'purchase',
          saleId,
          'what it says was refunded is not the sum of its refunds',
          about,
        )
    }
    this.#returned.clear()
  }

  /** `confirmed` is what differed when it was looked at again. */
  report(confirmed: readonly BookFinding[]): BookReport {
    const findings = [...confirmed]
    if (findings.length === 0 && this.#memberPoints + this.#programmePoints !== 0)
      findings.push({
        ...{ table: 'points_account', row: 'all', what: 'the accounts do not sum to zero' },
        ...ABOUT_NOTHING,
      })
    return {
      ok: findings.length === 0,
      accounts: this.#accounts,
      transfers: this.transfers,
      memberPoints: this.#memberPoints,
      programmePoints: this.#programmePoints,
      findings,
    }
  }

  #refund(row: PurchaseRow): void {
    const about = aboutPurchase(row)
    if (row.earnedPoints !== 0) this.find('purchase', row.id, 'a refund that earned points', about)
    if (row.originalPurchaseId === null) {
      if (row.reversedPoints !== 0)
        this.find('purchase', row.id, 'took points back for no sale', about)
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
    const mergeId = purchaseOfKey(row.sourceKey)
    const key = `${row.reason}|${mergeId}`
    const signed = signedPoints(row) + (this.#halves.get(key)?.signedPoints ?? 0)
    // The side that arrives may be several transfers, by when its points expire.
    if (signed === 0) this.#halves.delete(key)
    else this.#halves.set(key, { id: row.id, reason: row.reason, mergeId, signedPoints: signed })
  }

  /** Notes what differs. */
  find(table: BookFinding['table'], row: string, what: string, about: About = ABOUT_NOTHING): void {
    this.#findings.push({ table, row, what, ...about })
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
