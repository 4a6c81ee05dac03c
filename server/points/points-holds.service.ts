import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import type { SpendingTerms } from '@huike/shared/contracts/spending'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { fen, points } from '@huike/shared/quantities'
import { spend } from '@huike/shared/spending'
import { MembersService } from '../members/members.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { HOLD_MS, OpenHolds } from './open-holds.js'
import { PointsBook } from './points-book.service.js'
import type { PointsHold } from './points-hold.entity.js'

export { OpenHolds } from './open-holds.js'

// Setting points aside for orders at tills, and what becomes of it when nobody says anything more.

const HOLDS_PER_ROUND_MAX = 100
const ACTOR = 'system:holds'

/** Points to be set aside for an order at a till. */
export interface HoldOrder {
  holdId: string
  memberId: string
  storeId: string
  terminalId: string
  points: number
  orderFen: number
  nowMs: number
}

/** A hold as it is, and what the member has besides. */
export interface HeldPoints {
  ok: true
  hold: PointsHold
  balancePoints: number
}

@Injectable()
export class PointsHoldsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly purchases: PurchasesService,
    private readonly members: MembersService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'points set aside')
  }

  /** Holds by id, those of these purchases, or both; of accounts that are held, as they stay. */
  async open(
    statements: Statements,
    by: { ids: readonly string[]; purchaseIds: readonly string[] },
  ): Promise<OpenHolds> {
    const ids = [...new Set(by.ids)]
    const rows = ids.length === 0 ? [] : await rowsBy(statements, 'id', ids)
    const paying =
      by.purchaseIds.length === 0 ? [] : await rowsBy(statements, 'purchaseId', by.purchaseIds)
    return new OpenHolds([...rows, ...paying.filter(({ id }) => !ids.includes(id))])
  }

  /** What a member may spend now. */
  async spendableOf(statements: Statements, memberId: string, nowMs: number): Promise<number> {
    const [row] = await statements.rows<{ points: number | string | null }>(
      `SELECT SUM(leftPoints) AS points FROM points_lot
       WHERE memberId = ? AND state = 'open' AND availableAtMs <= ? AND expiresAtMs > ?`,
      [memberId, nowMs, nowMs],
    )
    return Number(row?.points ?? 0)
  }

  /** What a member could spend at a till now: what is set aside there already counts, it is replaced. */
  async spendableAt(
    statements: Statements,
    { memberId, terminalId, nowMs }: { memberId: string; terminalId: string; nowMs: number },
  ): Promise<number> {
    const [row] = await statements.rows<{ points: number | string | null }>(
      `SELECT SUM(points) AS points FROM points_hold
       WHERE memberId = ? AND state = 'reserved' AND terminalId = ?`,
      [memberId, terminalId],
    )
    return Number(row?.points ?? 0) + (await this.spendableOf(statements, memberId, nowMs))
  }

  /** What each of these members may spend now; of those who owe anything, nothing. */
  async spendableOfEach(
    statements: Statements,
    memberIds: readonly string[],
    nowMs: number,
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const ids = listParameter(statements, memberIds)
    const rows = await statements.rows<{ memberId: string; points: number | string }>(
      `SELECT l.memberId, SUM(l.leftPoints) AS points FROM points_lot l
       JOIN points_account a ON a.memberId = l.memberId
       WHERE l.memberId IN ${inList(statements)} AND l.state = 'open' AND l.availableAtMs <= ?
         AND l.expiresAtMs > ? AND a.balancePoints > 0 AND COALESCE(a.owedPoints, 0) = 0
       GROUP BY l.memberId`,
      [ids, nowMs, nowMs],
    )
    const unpaid = await statements.rows<{ memberId: string }>(
      `SELECT memberId FROM points_hold WHERE memberId IN ${inList(statements)} AND state = 'unpaid'`,
      [ids],
    )
    const owing = new Set(unpaid.map(({ memberId }) => memberId))
    return new Map(
      rows.flatMap((row) => (owing.has(row.memberId) ? [] : [[row.memberId, Number(row.points)]])),
    )
  }

  /**
   * Sets points aside, once per hold id. An open hold of the same till for the same member is given
   * back for it. The account is held; the member has been found, and is found again here by whoever
   * calls when it was merged meanwhile (`member_merged`). Refuses as `spend` does, and
   * `idempotency_conflict` for an id that was used otherwise.
   */
  async reserve(
    tx: Tx,
    order: HoldOrder,
    terms: SpendingTerms | null,
  ): Promise<HeldPoints | Refusal> {
    const { memberId, terminalId, nowMs } = order
    const book = await PointsBook.open(tx, [memberId])
    const member = (await this.members.findByIds(tx, [memberId])).get(memberId)
    if (member?.id !== memberId) return refuse('member_merged')
    const [known] = await rowsBy(tx, 'id', [order.holdId])
    if (known) return answerAgain(known, order, book)
    const open = await tx.rows<PointsHold>(
      `SELECT * FROM points_hold WHERE memberId = ? AND state = 'reserved' AND terminalId = ?
       ORDER BY id`,
      [memberId, terminalId],
    )
    const holds = new OpenHolds(open)
    await book.readLots(tx, [memberId], holds.heldTransferIds())
    const actor = `terminal:${terminalId}`
    for (const hold of open) holds.release(book, hold, { actor, nowMs })
    const spendablePoints = points(book.lotsOf(memberId).spendableAt(nowMs))
    const allowed = spend(terms, { orderFen: fen(order.orderFen), spendablePoints }, order.points)
    // What was given back for it stays given back.
    const hold = allowed.ok
      ? holds.setAside(
          book,
          {
            id: order.holdId,
            memberId,
            storeId: order.storeId,
            terminalId,
            points: order.points,
            valueFen: allowed.valueFen,
            orderFen: order.orderFen,
            createdAtMs: nowMs,
            deadlineAtMs: nowMs + HOLD_MS,
            allowanceId: null,
          },
          actor,
        )
      : null
    await book.close(tx)
    await holds.write(tx)
    if (!allowed.ok) return allowed
    if (hold === null) throw new Error('nothing was set aside')
    return { ok: true, hold, balancePoints: book.balanceOf(memberId) }
  }

  /** Gives back what a till set aside; refuses `not_found` for another till's. */
  async release(
    tx: Tx,
    { holdId, terminalId, nowMs }: { holdId: string; terminalId: string; nowMs: number },
  ): Promise<HeldPoints | Refusal> {
    const [known] = await rowsBy(tx, 'id', [holdId])
    if (known?.terminalId !== terminalId) return refuse('not_found')
    const book = await PointsBook.open(tx, [known.memberId])
    const [hold = known] = await rowsBy(tx, 'id', [holdId])
    // An order that came after the deadline waits for its points under another member by now.
    if (hold.memberId === known.memberId)
      await this.#giveBack(tx, book, [hold], { actor: `terminal:${terminalId}`, nowMs })
    return { ok: true, hold, balancePoints: book.balanceOf(known.memberId) }
  }

  /** Gives back what is set aside of members whose records are merged; their accounts are held. */
  async releaseAll(
    tx: Tx,
    book: PointsBook,
    { memberIds, actor, nowMs }: { memberIds: readonly string[]; actor: string; nowMs: number },
  ): Promise<void> {
    const rows = await tx.rows<PointsHold>(
      `SELECT * FROM points_hold WHERE memberId IN ${inList(tx)} AND state = 'reserved'`,
      [listParameter(tx, memberIds)],
    )
    rows.sort(byWhenHeld)
    const holds = new OpenHolds(rows)
    await book.readLots(tx, memberIds, holds.heldTransferIds())
    for (const row of rows) holds.release(book, row, { actor, nowMs })
    await holds.write(tx)
  }

  /** Gives back what nobody used in time, and takes what orders are owed; false when none is due. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<Pick<PointsHold, 'id' | 'memberId' | 'state'>>(
        `SELECT id, memberId, state FROM points_hold
         WHERE state IN ('reserved', 'unpaid') AND deadlineAtMs <= ?
         ORDER BY deadlineAtMs LIMIT ${String(HOLDS_PER_ROUND_MAX)}`,
        [nowMs],
      ),
    )
    const by = { actor: ACTOR, nowMs }
    const lapsed = due.filter(({ state }) => state === 'reserved')
    if (lapsed.length > 0)
      await this.database.write(async (tx) => {
        const book = await PointsBook.open(
          tx,
          lapsed.map(({ memberId }) => memberId),
        )
        const rows = await rowsBy(
          tx,
          'id',
          lapsed.map(({ id }) => id),
        )
        // A hold never passes to another record while it is open.
        const left = rows
          .filter((row) => row.state === 'reserved' && row.deadlineAtMs <= nowMs)
          .sort(byWhenHeld)
        await this.#giveBack(tx, book, left, by)
      })
    for (const { id, state } of due) if (state === 'unpaid') await this.#collect(id, by)
    return due.length > 0
  }

  async #giveBack(
    tx: Tx,
    book: PointsBook,
    rows: readonly PointsHold[],
    by: { actor: string; nowMs: number },
  ): Promise<void> {
    const holds = new OpenHolds(rows)
    for (const row of rows) holds.release(book, row, by)
    await book.close(tx)
    await holds.write(tx)
  }

  /** Takes what one order is owed: the purchase is locked first, then the account of its owner. */
  async #collect(id: string, by: { actor: string; nowMs: number }): Promise<void> {
    await this.database.write(async (tx) => {
      const [known] = await rowsBy(tx, 'id', [id])
      const [sale] = await this.purchases.findByIds(tx, [known?.purchaseId ?? ''])
      const owner = (await this.members.findByIds(tx, [sale?.memberId ?? ''])).values().next().value
      const ownerId = owner?.id
      const accounts = [...new Set([ownerId, known?.memberId].filter((one) => one !== undefined))]
      const book = await PointsBook.open(tx, accounts)
      const [hold] = await rowsBy(tx, 'id', [id])
      if (hold?.state !== 'unpaid') return
      const holds = new OpenHolds([hold])
      const isOwned =
        ownerId !== undefined &&
        (await this.members.findByIds(tx, [ownerId])).get(ownerId)?.id === ownerId
      if (isOwned) await book.readLots(tx, [ownerId])
      const isRefunded = (sale?.refundedFen ?? 0) > 0
      const taken =
        isOwned && !isRefunded ? holds.collect(book, hold, ownerId, by) : holds.putOff(hold, by)
      if (sale && taken > 0) {
        sale.spentPoints = (sale.spentPoints ?? 0) + taken
        await this.purchases.update(tx, [sale])
      }
      await book.close(tx)
      await holds.write(tx)
    })
  }
}

/**
 * What was set aside first is given back first, in whatever order rows come: it took what expires first,
 * and where the member owes, that pays the debt, and what lives longest stays.
 */
function byWhenHeld(one: PointsHold, other: PointsHold): number {
  return one.heldTransferId < other.heldTransferId ? -1 : 1
}

/** The same hold once more: as it is now, or refused where it was something else. */
function answerAgain(known: PointsHold, order: HoldOrder, book: PointsBook): HeldPoints | Refusal {
  const isSame =
    known.terminalId === order.terminalId &&
    known.memberId === order.memberId &&
    known.points === order.points &&
    known.orderFen === order.orderFen
  if (!isSame) return refuse('idempotency_conflict')
  return { ok: true, hold: known, balancePoints: book.balanceOf(order.memberId) }
}

function rowsBy(
  statements: Statements,
  column: 'id' | 'purchaseId',
  values: readonly string[],
): Promise<PointsHold[]> {
  return statements.rows<PointsHold>(
    `SELECT * FROM points_hold WHERE ${column} IN ${inList(statements)}`,
    [listParameter(statements, values)],
  )
}
