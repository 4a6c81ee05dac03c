import type { Database, Rx } from '../platform/database.js'
import { chainStart, memberAccount, transferHash } from './chain.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The verifier: reads the whole book in pages of bounded memory, recomputes every hash and balance,
// the zero sum, and that purchases and transfers tell the same story. It names the first row of each
// member that differs.

const ROWS_PER_PAGE = 2_000
const FINDINGS_MAX = 100

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

/** Verifies the whole book. `onProgress` is told the number of transfers checked so far. */
export async function verifyBook(
  database: Database,
  onProgress: (transfers: number) => void = () => undefined,
): Promise<BookReport> {
  const verifier = new Verifier()
  await eachPage(database, transfersAfter, (page) => {
    for (const row of page) verifier.transfer(row)
    onProgress(verifier.transfers)
  })
  await eachPage(database, accountsAfter, (page) => {
    for (const row of page) verifier.account(row)
  })
  verifier.finishAccounts()
  await eachPage(database, purchasesAfter, (page) => {
    for (const row of page) verifier.purchase(row)
  })
  verifier.finishPurchases()
  return verifier.report()
}

interface Head {
  seq: number
  hash: string
  balance: number
  isBroken: boolean
}

interface PurchasePoints {
  id: string
  kind: string
  earnedPoints: number
  reversedPoints: number
  originalPurchaseId: string | null
}

class Verifier {
  transfers = 0
  #accounts = 0
  #memberPoints = 0
  #programmePoints = 0
  readonly #findings: BookFinding[] = []
  readonly #heads = new Map<string, Head>()
  readonly #earned = new Map<string, number>()
  readonly #reversed = new Map<string, number>()
  readonly #unanswered = new Map<string, number>()

  transfer(row: PointsTransfer): void {
    this.transfers += 1
    const head = this.#heads.get(row.memberId) ?? {
      seq: 0,
      hash: chainStart(row.memberId),
      balance: 0,
      isBroken: false,
    }
    this.#heads.set(row.memberId, head)
    if (row.reason === 'purchase') this.#earned.set(row.sourceKey, row.points)
    else this.#reversed.set(row.sourceKey, row.points)
    if (head.isBroken) return
    const wrong = this.#whatIsWrong(row, head)
    if (wrong !== null) {
      head.isBroken = true
      this.#find('points_transfer', row.id, wrong)
      return
    }
    const signed = row.toAccount === memberAccount(row.memberId) ? row.points : -row.points
    this.#programmePoints -= signed
    Object.assign(head, { seq: row.seq, hash: row.hash, balance: row.balanceAfterPoints })
  }

  account(row: PointsAccount): void {
    this.#accounts += 1
    this.#memberPoints += row.balancePoints
    const head = this.#heads.get(row.memberId)
    this.#heads.delete(row.memberId)
    if (head?.isBroken) return
    const seq = head?.seq ?? 0
    const hash = head?.hash ?? chainStart(row.memberId)
    if (row.balancePoints !== (head?.balance ?? 0))
      this.#find('points_account', row.memberId, 'balance is not the sum of its transfers')
    else if (row.headSeq !== seq || row.headHash !== hash)
      this.#find('points_account', row.memberId, 'chain head is not the last transfer')
  }

  finishAccounts(): void {
    for (const [memberId] of this.#heads)
      this.#find('points_account', memberId, 'account is missing, its transfers are there')
    if (this.#findings.length === 0 && this.#memberPoints + this.#programmePoints !== 0)
      this.#find('points_account', 'all', 'the accounts do not sum to zero')
  }

  purchase(row: PurchasePoints): void {
    const isSale = row.kind === 'sale'
    const posted = (isSale ? this.#earned : this.#reversed).get(row.id) ?? 0
    const told = isSale ? row.earnedPoints : row.reversedPoints
    if (posted !== told)
      this.#find('purchase', row.id, `says ${String(told)} points, the book has ${String(posted)}`)
    this.#earned.delete(row.id)
    this.#reversed.delete(row.id)
    if (isSale) {
      // Refunds that came before the sale had a member are answered by one transfer of its own.
      const late = this.#reversed.get(`late|${row.id}`) ?? 0
      this.#reversed.delete(`late|${row.id}`)
      this.#owe(row.id, late - row.reversedPoints)
    } else if (row.originalPurchaseId !== null)
      this.#owe(row.originalPurchaseId, row.reversedPoints)
  }

  finishPurchases(): void {
    for (const [purchaseId] of [...this.#earned, ...this.#reversed])
      this.#find('points_transfer', purchaseId, 'its purchase is missing')
    for (const [purchaseId] of this.#unanswered)
      this.#find('purchase', purchaseId, 'what it says was taken back is not what its refunds took')
  }

  /** Sums what refunds took back against what their sale says; equal sums leave no entry. */
  #owe(saleId: string, change: number): void {
    const owed = (this.#unanswered.get(saleId) ?? 0) + change
    if (owed === 0) this.#unanswered.delete(saleId)
    else this.#unanswered.set(saleId, owed)
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

  #whatIsWrong(row: PointsTransfer, head: Head): string | null {
    const member = memberAccount(row.memberId)
    if (row.seq !== head.seq + 1)
      return `follows number ${String(head.seq)}: one is missing or added`
    if (row.previousHash !== head.hash) return 'does not continue the chain'
    if (row.hash !== transferHash(row)) return 'content differs from its hash'
    if (row.points <= 0 || (row.toAccount === member) === (row.fromAccount === member))
      return 'is not a transfer of this member'
    const signed = row.toAccount === member ? row.points : -row.points
    return row.balanceAfterPoints === head.balance + signed ? null : 'balance after it is wrong'
  }

  #find(table: BookFinding['table'], row: string, what: string): void {
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ table, row, what })
  }
}

type PageOf<Row> = (rx: Rx, last: Row | null) => Promise<Row[]>

async function eachPage<Row>(
  database: Database,
  pageOf: PageOf<Row>,
  take: (page: Row[]) => void,
): Promise<void> {
  let last: Row | null = null
  for (;;) {
    const after: Row | null = last
    const page: Row[] = await database.read((rx) => pageOf(rx, after))
    take(page)
    last = page.at(-1) ?? null
    if (page.length < ROWS_PER_PAGE) return
  }
}

const transfersAfter: PageOf<PointsTransfer> = (rx, last) =>
  rx.rows<PointsTransfer>(
    `SELECT * FROM points_transfer WHERE memberId > ? OR (memberId = ? AND seq > ?)
     ORDER BY memberId, seq LIMIT ${String(ROWS_PER_PAGE)}`,
    [last?.memberId ?? '', last?.memberId ?? '', last?.seq ?? 0],
  )

const accountsAfter: PageOf<PointsAccount> = (rx, last) =>
  rx.rows<PointsAccount>(
    `SELECT * FROM points_account WHERE memberId > ? ORDER BY memberId LIMIT ${String(ROWS_PER_PAGE)}`,
    [last?.memberId ?? ''],
  )

const purchasesAfter: PageOf<PurchasePoints> = (rx, last) =>
  rx.rows<PurchasePoints>(
    `SELECT id, kind, earnedPoints, reversedPoints, originalPurchaseId FROM purchase
     WHERE id > ? ORDER BY id LIMIT ${String(ROWS_PER_PAGE)}`,
    [last?.id ?? ''],
  )
