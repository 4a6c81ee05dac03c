import { points, type Points } from '@huike/shared/quantities'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { chainStart, counterAccount, memberAccount, transferHash } from './chain.js'
import {
  isOfMerge,
  LATE,
  openTransfers,
  purchaseOfKey,
  takenBackKey,
  type CausedTransfer,
} from './source-keys.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The points book of some members, open for writing inside one transaction. Accounts are locked when
// the book is opened, in the order of their ids; transfers are computed here, in order, and written
// set by set by `close`. Double entry: what an account gains another loses, so all accounts sum to 0.

/**
 * unassigned: a purchase was taken back from the member it had been given to by mistake. merge,
 * merge_undo: two records became one, or two again; see source-keys.ts.
 */
export type TransferReason = 'purchase' | 'refund' | 'unassigned' | 'merge' | 'merge_undo'

/** One movement of points of one member. */
export interface Posting {
  memberId: string
  /** in: issued → member. out: member → issued (taking back what was earned). */
  direction: 'in' | 'out'
  points: Points
  reason: TransferReason
  /** What caused it; unique together with the reason, so that it can happen only once. */
  sourceKey: string
  rule: { id: string; version: number } | null
  /** The arithmetic in words. */
  explanation: string
  actor: string
  occurredAtMs: number
  recordedAtMs: number
  /** The transfer that this one corrects. */
  answersTransferId: string | null
}

/** What takes a purchase back from its member. */
export interface TakenBack {
  /** Who holds the points now: after a merge another one than they were given to. */
  memberId: string
  /** The event that does it: names the transfers, so that it can happen only once. */
  eventId: string
  actor: string
  nowMs: number
}

/** Points that go from one record of a person to another. */
export interface PointsMoved {
  mergeId: string
  reason: 'merge' | 'merge_undo'
  fromMemberId: string
  toMemberId: string
  /** Signed. */
  points: number
  explanation: string
  actor: string
  nowMs: number
}

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
  'previousHash',
  'hash',
] as const satisfies (keyof PointsTransfer)[]
const EXPLANATION_CHARACTERS_MAX = 255
/** Purchases asked about in one statement: an expression may be this deep on SQLite, and deeper. */
const PURCHASES_PER_READ_MAX = 100
/** After every key that begins with an id. */
const AFTER_KEYS = '~'

interface OpenAccount {
  balance: number
  seq: number
  hash: string
  isNew: boolean
  isChanged: boolean
  openedAtMs: number
}

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
      `SELECT memberId, balancePoints, headSeq, headHash, openedAtMs FROM points_account
       WHERE memberId IN ${inList(tx)}${tx.forUpdate}`,
      [listParameter(tx, ids)],
    )
    for (const row of rows)
      book.#accounts.set(row.memberId, {
        balance: points(row.balancePoints),
        seq: row.headSeq,
        hash: row.headHash,
        isNew: false,
        isChanged: false,
        openedAtMs: row.openedAtMs,
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
   * transfers, each in the chain of its own member. `points` may be negative: a debt moves as well.
   */
  moveBetween(move: PointsMoved): void {
    const isDebt = move.points < 0
    for (const side of ['out', 'in'] as const) {
      const isGiver = side === 'out'
      this.post({
        memberId: isGiver ? move.fromMemberId : move.toMemberId,
        direction: isGiver === isDebt ? 'in' : 'out',
        points: points(Math.abs(move.points)),
        reason: move.reason,
        sourceKey: `${move.mergeId}|${side}`,
        rule: null,
        explanation: move.explanation,
        actor: move.actor,
        occurredAtMs: move.nowMs,
        recordedAtMs: move.nowMs,
        answersTransferId: null,
      })
    }
  }

  /** Opens an account for a member who has none. */
  openAccount(memberId: string, nowMs: number): void {
    if (this.#accounts.has(memberId)) throw new Error(`member ${memberId} has an account already`)
    const hash = chainStart(memberId)
    this.#accounts.set(memberId, {
      balance: 0,
      seq: 0,
      hash,
      isNew: true,
      isChanged: false,
      openedAtMs: nowMs,
    })
  }

  /** The balance as of the postings so far. The account must have been opened. */
  balanceOf(memberId: string): Points {
    return points(this.#account(memberId).balance)
  }

  /** Posts one transfer; answers its id. Zero points post nothing and answer null. */
  post(posting: Posting): string | null {
    if (posting.points < 0) throw new Error('a transfer moves a positive number of points')
    if (posting.points === 0) return null
    const account = this.#account(posting.memberId)
    const member = memberAccount(posting.memberId)
    const isIn = posting.direction === 'in'
    account.balance = points(account.balance + (isIn ? posting.points : -posting.points))
    account.seq += 1
    const content = {
      id: mintId(posting.recordedAtMs),
      memberId: posting.memberId,
      seq: account.seq,
      fromAccount: isIn ? counterAccount(posting.reason) : member,
      toAccount: isIn ? member : counterAccount(posting.reason),
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
      previousHash: account.hash,
    }
    account.hash = transferHash(content)
    account.isChanged = true
    this.#posted.push({ ...content, hash: account.hash })
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
    if (isOfMerge(transfer.reason)) return
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
