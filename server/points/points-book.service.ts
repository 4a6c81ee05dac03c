import { points, type Points } from '@huike/shared/quantities'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { chainStart, ISSUED_ACCOUNT, memberAccount, transferHash } from './chain.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The points book of some members, open for writing inside one transaction. Accounts are locked when
// the book is opened, in the order of their ids; transfers are computed here, in order, and written
// set by set by `close`. Double entry: what an account gains another loses, so all accounts sum to 0.

export type TransferReason = 'purchase' | 'refund'

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
  /** Sale → the transfer that gave its points, for the ones that may be corrected. */
  readonly #earnings = new Map<string, string>()

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

  /** Reads which transfers gave the points of these sales, so that a correction can name them. */
  async readEarnings(tx: Tx, saleIds: readonly string[]): Promise<void> {
    if (saleIds.length === 0) return
    const rows = await tx.rows<Pick<PointsTransfer, 'id' | 'sourceKey'>>(
      `SELECT id, sourceKey FROM points_transfer
       WHERE reason = 'purchase' AND sourceKey IN ${inList(tx)}`,
      [listParameter(tx, saleIds)],
    )
    for (const row of rows) this.#earnings.set(row.sourceKey, row.id)
  }

  /** The transfer that gave a sale its points; null when it earned none. */
  earningOf(saleId: string): string | null {
    return this.#earnings.get(saleId) ?? null
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
      fromAccount: isIn ? ISSUED_ACCOUNT : member,
      toAccount: isIn ? member : ISSUED_ACCOUNT,
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
    if (posting.reason === 'purchase') this.#earnings.set(posting.sourceKey, content.id)
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

  #account(memberId: string): OpenAccount {
    const account = this.#accounts.get(memberId)
    if (!account) throw new Error(`the account of member ${memberId} is not open`)
    return account
  }
}
