import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { points, type Points } from '@huike/shared/quantities'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { accountsOf, chainStart, isWithin, memberAccount, owedMore, transferHash } from './chain.js'
import type { MemberLots } from './lots.js'
import { readLots, writeLots } from './lot-rows.js'
import { followed, needsLots, type OpenAccount } from './open-account.js'
import {
  isOfPurchase,
  LATE,
  openTransfers,
  purchaseOfKey,
  takenBackKey,
  type CausedTransfer,
} from './source-keys.js'
import type { PointsAccount } from './points-account.entity.js'
import type { LotDates, PointsMoved, Posting, TakenBack, TransferReason } from './postings.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The points book of some members, open for writing inside one transaction. Accounts are locked when
// the book is opened, in the order of their ids; transfers are computed here, in order, and written
// set by set by `close`. Double entry: what an account gains another loses, so all accounts sum to 0.

const TRANSFER_COLUMNS = [
  'id',
  'memberId',
  'seq',
  'fromAccount',
  'toAccount',
  'points',
  'balanceAfterPoints',
  'reason',
  'sourceKey',
  'ruleId',
  'ruleVersion',
  'explanation',
  'actor',
  'occurredAtMs',
  'recordedAtMs',
  'answersTransferId',
  'availableAtMs',
  'expiresAtMs',
  'previousHash',
  'hash',
] as const satisfies (keyof PointsTransfer)[]
const EXPLANATION_CHARACTERS_MAX = 255
/** Purchases asked about in one statement: an expression may be this deep on SQLite, and deeper. */
const PURCHASES_PER_READ_MAX = 100
/** After every key that begins with an id. */
const AFTER_KEYS = '~'

export class PointsBook {
  readonly #accounts = new Map<string, OpenAccount>()
  readonly #posted: PointsTransfer[] = []
  /** Purchase → the transfers it caused, for the ones that may be corrected. */
  readonly #caused = new Map<string, CausedTransfer[]>()

  /** Opens the accounts of `memberIds`, locking them until the transaction ends. */
  static async open(tx: Tx, memberIds: Iterable<string>): Promise<PointsBook> {
    const book = new PointsBook()
    const ids = [...new Set(memberIds)].sort()
    if (ids.length === 0) return book
    const rows = await tx.rows<PointsAccount>(
      `SELECT memberId, balancePoints, headSeq, headHash, openedAtMs, owedPoints FROM points_account
       WHERE memberId IN ${inList(tx)}${tx.forUpdate}`,
      [listParameter(tx, ids)],
    )
    for (const row of rows)
      book.#accounts.set(row.memberId, {
        balance: points(row.balancePoints),
        seq: row.headSeq,
        hash: row.headHash,
        owed: row.owedPoints ?? 0,
        isOwedChanged: false,
        isNew: false,
        isChanged: false,
        openedAtMs: row.openedAtMs,
        unfollowed: [],
        lots: null,
      })
    return book
  }

  /** Reads which transfers these purchases caused, so that a correction can name them. */
  async readCaused(tx: Tx, purchaseIds: readonly string[]): Promise<void> {
    for (let at = 0; at < purchaseIds.length; at += PURCHASES_PER_READ_MAX) {
      const ids = purchaseIds.slice(at, at + PURCHASES_PER_READ_MAX)
      const starts = ids.flatMap((id) => [id, `${LATE}${id}`])
      const rows = await tx.rows<CausedTransfer>(
        `SELECT id, memberId, reason, sourceKey, points, toAccount, answersTransferId
         FROM points_transfer WHERE reason IN ('purchase', 'refund', 'unassigned')
           AND (${starts.map(() => '(sourceKey >= ? AND sourceKey < ?)').join(' OR ')})`,
        starts.flatMap((start) => [start, start + AFTER_KEYS]),
      )
      for (const row of rows) this.#note(row)
    }
  }

  /** The transfer that gave a sale its points as it is now; null when it earned none. */
  earningOf(saleId: string): string | null {
    return this.#standingOf(saleId).find(({ reason }) => reason === 'purchase')?.id ?? null
  }

  /** The key under which a sale gives its points; see source-keys.ts. */
  saleKey(saleId: string, eventId: string): string {
    return this.#freeKey('purchase', saleId, eventId)
  }

  /** The key under which refunds from before a sale had a member take points back. */
  lateKey(saleId: string, eventId: string): string {
    return this.#freeKey('refund', LATE + saleId, eventId)
  }

  /**
   * Moves back whatever a purchase moved, each transfer by one that names it; answers the sum,
   * signed. What is spent by now is taken all the same: the balance may go below zero.
   */
  takeBack(purchaseId: string, by: TakenBack): number {
    let moved = 0
    for (const taken of this.#standingOf(purchaseId)) {
      const wasGiven = taken.toAccount === memberAccount(taken.memberId)
      moved += wasGiven ? -taken.points : taken.points
      this.post({
        memberId: by.memberId,
        direction: wasGiven ? 'out' : 'in',
        points: points(taken.points),
        reason: 'unassigned',
        sourceKey: takenBackKey(taken, by.eventId),
        rule: null,
        explanation: wasGiven
          ? `小票记错会员，已撤销，收回 ${String(taken.points)} 分`
          : `小票记错会员，已撤销，退还退款时扣回的 ${String(taken.points)} 分`,
        actor: by.actor,
        occurredAtMs: by.nowMs,
        recordedAtMs: by.nowMs,
        answersTransferId: taken.id,
      })
    }
    return moved
  }

  /**
   * Moves points from one member to another, when two records become one or two again: a pair of
   * transfers, each in the chain of its own member; points that expire at different times arrive as
   * one transfer each. `points` may be negative: a debt moves as well. The lots of who gives must
   * have been read.
   */
  moveBetween(move: PointsMoved): void {
    const isDebt = move.points < 0
    const post = (
      side: 'out' | 'in',
      of: Pick<Posting, 'points' | 'sourceKey' | 'lot'> & { explanation?: string },
    ) =>
      this.post({
        explanation: move.explanation,
        ...of,
        memberId: side === 'out' ? move.fromMemberId : move.toMemberId,
        direction: (side === 'out') === isDebt ? 'in' : 'out',
        reason: move.reason,
        rule: null,
        actor: move.actor,
        occurredAtMs: move.nowMs,
        recordedAtMs: move.nowMs,
        answersTransferId: null,
      })
    const sum = points(Math.abs(move.points))
    const outId = post('out', { points: sum, sourceKey: `${move.mergeId}|out` })
    if (outId === null) return
    if (isDebt) {
      post('in', { points: sum, sourceKey: `${move.mergeId}|in` })
      return
    }
    const parts = this.#lotsTaken(move, outId, sum)
    parts.forEach(({ points: part, lot }, at) => {
      const sourceKey = `${move.mergeId}|in${at === 0 ? '' : `|${String(at + 1)}`}`
      const isWhole = parts.length === 1
      const explanation = `${move.explanation}，其中这一笔 ${String(part)} 分`
      post('in', { points: part, sourceKey, lot, ...(isWhole ? {} : { explanation }) })
    })
  }

  /**
   * What a transfer took, by when it expires; what was no lot comes last. What may be spent already
   * falls together, however many lots it was.
   */
  #lotsTaken(
    { fromMemberId, nowMs }: PointsMoved,
    transferId: string,
    sum: number,
  ): { points: Points; lot: LotDates }[] {
    const parts = new Map<string, { points: number; lot: LotDates }>()
    const add = (points: number, lot: LotDates) => {
      const key = `${String(lot.expiresAtMs)}|${String(lot.availableAtMs)}`
      const part = parts.get(key) ?? { points: 0, lot }
      parts.set(key, part)
      part.points += points
    }
    let left = sum
    for (const lot of followed(this.#account(fromMemberId)).now.takenBy(transferId)) {
      const availableAtMs = Math.max(lot.availableAtMs, nowMs)
      add(lot.leftPoints, { availableAtMs, expiresAtMs: lot.expiresAtMs })
      left -= lot.leftPoints
    }
    if (left > 0) add(left, { availableAtMs: nowMs, expiresAtMs: NEVER_EXPIRES_MS })
    return [...parts.values()].map((part) => ({ ...part, points: points(part.points) }))
  }

  /**
   * Reads the lots of members of whom it has to be known what they hold. Transfers that are going to
   * be answered after that are told here, so that what they took is known.
   */
  async readLots(
    tx: Tx,
    memberIds: readonly string[],
    answeredIds: readonly string[] = [],
  ): Promise<void> {
    const ids = memberIds.filter((id) => this.#account(id).lots === null)
    if (ids.length === 0) return
    const posted = this.#posted.flatMap(({ answersTransferId: id }) => (id === null ? [] : [id]))
    const answered = [...answeredIds, ...posted]
    for (const [id, lots] of await readLots(tx, ids, answered)) this.#account(id).lots = lots
  }

  /** The lots of a member after everything that was posted; they must have been read. */
  lotsOf(memberId: string): MemberLots {
    return followed(this.#account(memberId)).now
  }

  /** Opens an account for a member who has none. */
  openAccount(memberId: string, nowMs: number): void {
    if (this.#accounts.has(memberId)) throw new Error(`member ${memberId} has an account already`)
    const hash = chainStart(memberId)
    this.#accounts.set(memberId, {
      balance: 0,
      seq: 0,
      hash,
      owed: 0,
      isOwedChanged: false,
      isNew: true,
      isChanged: false,
      openedAtMs: nowMs,
      unfollowed: [],
      lots: null,
    })
  }

  /** The number of the next transfer of a member. */
  nextSeqOf(memberId: string): number {
    return this.#account(memberId).seq + 1
  }

  /** The balance as of the postings so far. The account must have been opened. */
  balanceOf(memberId: string): Points {
    return points(this.#account(memberId).balance)
  }

  /** Whose accounts are open. */
  memberIds(): string[] {
    return [...this.#accounts.keys()]
  }

  /** What was put off of a debt, and is paid from what is earned next. */
  owedBy(memberId: string): Points {
    return points(this.#account(memberId).owed)
  }

  /** Whether anybody here owes points. */
  hasDebtors(): boolean {
    return [...this.#accounts.values()].some(({ owed }) => owed > 0)
  }

  /** Posts one transfer; answers its id. Zero points post nothing and answer null. */
  post(posting: Posting): string | null {
    if (posting.points < 0) throw new Error('a transfer moves a positive number of points')
    if (posting.points === 0) return null
    const account = this.#account(posting.memberId)
    const isIn = posting.direction === 'in'
    if ((posting.direction === 'within') !== isWithin(posting.reason))
      throw new Error(`a transfer ${posting.reason} does not go ${posting.direction}`)
    const [fromAccount, toAccount] = accountsOf(posting.reason, posting.direction, posting.memberId)
    if (posting.direction !== 'within')
      account.balance = points(account.balance + (isIn ? posting.points : -posting.points))
    account.seq += 1
    account.owed += owedMore(posting.reason, posting.points)
    account.isOwedChanged ||= owedMore(posting.reason, posting.points) !== 0
    const content = {
      id: mintId(posting.recordedAtMs),
      memberId: posting.memberId,
      seq: account.seq,
      fromAccount,
      toAccount,
      points: posting.points,
      balanceAfterPoints: account.balance,
      reason: posting.reason,
      sourceKey: posting.sourceKey,
      ruleId: posting.rule?.id ?? null,
      ruleVersion: posting.rule?.version ?? null,
      explanation: posting.explanation.slice(0, EXPLANATION_CHARACTERS_MAX),
      actor: posting.actor,
      occurredAtMs: posting.occurredAtMs,
      recordedAtMs: posting.recordedAtMs,
      answersTransferId: posting.answersTransferId,
      availableAtMs: isIn ? (posting.lot?.availableAtMs ?? posting.recordedAtMs) : null,
      expiresAtMs: isIn ? (posting.lot?.expiresAtMs ?? NEVER_EXPIRES_MS) : null,
      previousHash: account.hash,
    }
    account.hash = transferHash(content)
    account.isChanged = true
    const transfer = { ...content, hash: account.hash }
    this.#posted.push(transfer)
    account.unfollowed.push(transfer)
    this.#note(content)
    return content.id
  }

  /** Writes accounts and transfers. Call once, last. */
  async close(tx: Tx): Promise<void> {
    const accounts = [...this.#accounts]
    await tx.insert(
      'points_account',
      ['memberId', 'balancePoints', 'headSeq', 'headHash', 'openedAtMs'],
      accounts
        .filter(([, account]) => account.isNew)
        .map(([id, account]) => [
          id,
          account.balance,
          account.seq,
          account.hash,
          account.openedAtMs,
        ]),
    )
    await tx.insert(
      'points_transfer',
      TRANSFER_COLUMNS,
      this.#posted.map((transfer) => valuesOf(transfer, TRANSFER_COLUMNS)),
    )
    await tx.updateEach(
      'points_account',
      'memberId',
      ['balancePoints', 'headSeq', 'headHash'],
      accounts
        .filter(([, account]) => account.isChanged && !account.isNew)
        .map(([id, account]) => [id, account.balance, account.seq, account.hash]),
    )
    await tx.updateEach(
      'points_account',
      'memberId',
      ['owedPoints'],
      accounts.filter(([, account]) => account.isOwedChanged).map(([id, { owed }]) => [id, owed]),
    )
    await this.#closeLots(tx)
  }

  /** Of accounts that only gained, no lot has to be read. */
  async #closeLots(tx: Tx): Promise<void> {
    const changed = [...this.#accounts].filter(([, account]) => account.isChanged)
    await this.readLots(
      tx,
      changed.flatMap(([id, { unfollowed }]) => (unfollowed.some(needsLots) ? [id] : [])),
    )
    await writeLots(tx, new Map(changed.map(([id, account]) => [id, followed(account)])))
  }

  /** The transfers a purchase caused that were not taken back. They must have been read. */
  #standingOf(purchaseId: string): CausedTransfer[] {
    return openTransfers(this.#caused.get(purchaseId) ?? [])
  }

  /** The cause itself, or, where that has been used, the cause and the event that repeats it. */
  #freeKey(reason: TransferReason, cause: string, eventId: string): string {
    const before = this.#caused.get(purchaseOfKey(cause)) ?? []
    const isUsed = before.some((one) => one.reason === reason && one.sourceKey === cause)
    return isUsed ? `${cause}|${eventId}` : cause
  }

  #note(transfer: CausedTransfer): void {
    if (!isOfPurchase(transfer.reason)) return
    const purchaseId = purchaseOfKey(transfer.sourceKey)
    const those = this.#caused.get(purchaseId) ?? []
    this.#caused.set(purchaseId, those)
    those.push(transfer)
  }

  #account(memberId: string): OpenAccount {
    const account = this.#accounts.get(memberId)
    if (!account) throw new Error(`the account of member ${memberId} is not open`)
    return account
  }
}
