import type { CashierHold } from '@huike/shared/contracts/cashier'
import type { CashierReservation } from '@huike/shared/contracts/cashier-coupons'
import {
  allowanceKeySchema,
  offlineNoteSchema,
  type AllowanceKey,
  type OfflineNote,
} from '@huike/shared/contracts/offline'
import type { OfflineUse } from '@huike/shared/contracts/offline-use'
import type { AllowanceId } from '@huike/shared/ids'
import { z } from 'zod'
import type { StoreContext } from './context.js'
import { putHold } from './hold-rows.js'
import { readMeta, writeMeta } from './meta-rows.js'
import { endStale, IS_FREE, IS_OVER, takeAllowances } from './offline-rows.js'
import { openReservation } from './reservation-rows.js'

// What this till may redeem without a network: signed by the server, sealed here. What is given back
// is on disk as given back before the server hears of it, and is never used from then on.

const NOTES_MAX = 200
const TOLD_MAX = 50
const IDS_TOLD_MAX = 400

/** A signed allowance that was checked. */
export interface KeptAllowance {
  memberId: string
  token: string
  allowanceIds: readonly string[]
}

/** What is known of a member who stands at the till. */
export interface OfflineOfMember {
  /** Null where this till may redeem nothing of theirs. */
  token: string | null
  keys: AllowanceKey[]
  /** Allowances that paid an order, or are given back. */
  busyIds: string[]
  /** The period of the last code that paid an order here. */
  lastPeriod: number | null
  latestSeenMs: number
}

/** An order that is set aside offline. */
export interface OfflineOrder<Kept> {
  kept: Kept
  allowanceIds: readonly string[]
  codePeriod: number
  use: OfflineUse
}

export class Offline {
  constructor(private readonly context: StoreContext) {}

  /** Keeps all that the server allows this till now; what it does not name any more is given back. */
  keep(allowed: {
    keys: AllowanceKey[]
    allowances: readonly KeptAllowance[]
    nowMs: number
  }): void {
    const { keys, allowances, nowMs } = allowed
    this.context.write((database) => {
      writeMeta(this.context, 'allowance_keys', JSON.stringify(keys))
      database.prepare('DELETE FROM offline_token').run()
      const token = database.prepare('INSERT INTO offline_token (member_id, sealed) VALUES (?, ?)')
      const row = database.prepare(
        `INSERT OR IGNORE INTO offline_allowance (allowance_id, member_id, state, is_told, kept_at_ms)
         VALUES (?, ?, 'held', 0, ?)`,
      )
      for (const { memberId, token: text, allowanceIds } of allowances) {
        token.run(memberId, this.context.sealer.seal(`offline_token:${memberId}`, text))
        for (const id of allowanceIds) row.run(id, memberId, nowMs)
      }
      endStale(this.context, nowMs)
      const named = JSON.stringify(allowances.flatMap(({ allowanceIds }) => allowanceIds))
      database
        .prepare(
          `UPDATE offline_allowance SET state = 'returned'
           WHERE ${IS_FREE} AND allowance_id NOT IN (SELECT value FROM json_each(?))`,
        )
        .run(named)
    })
  }

  /**
   * Gives back those of these that no order has; they are wanted elsewhere, or their time is over. One
   * that this till never heard of is never used from then on, either. Answers how many.
   */
  giveBack(allowanceIds: readonly string[], nowMs: number): number {
    const ids = JSON.stringify(allowanceIds)
    return this.context.write((database) => {
      const unheard = database
        .prepare(
          `INSERT OR IGNORE INTO offline_allowance (allowance_id, member_id, state, is_told, kept_at_ms)
           SELECT value, '', 'returned', 0, ? FROM json_each(?)`,
        )
        .run(nowMs, ids).changes
      const where = 'allowance_id IN (SELECT value FROM json_each(?))'
      return unheard + this.giveBackWhere(where, ids, nowMs)
    })
  }

  /** Gives back what no order has of a member: the server is asked instead. Answers how many. */
  giveUp(memberId: string, nowMs: number): number {
    const any = this.context
      .database()
      .prepare("SELECT 1 FROM offline_allowance WHERE member_id = ? AND state = 'held' LIMIT 1")
      .get(memberId)
    return any === undefined ? 0 : this.giveBackWhere('member_id = ?', memberId, nowMs)
  }

  /** What the server has to hear of. */
  toTell(): { isHolding: boolean; returned: AllowanceId[]; notes: OfflineNote[] } {
    const database = this.context.database()
    const returned = database
      .prepare<[number], { allowance_id: string }>(
        `SELECT allowance_id FROM offline_allowance WHERE state = 'returned' AND is_told = 0
         ORDER BY allowance_id LIMIT ?`,
      )
      .all(IDS_TOLD_MAX)
    const notes = database
      .prepare<[number], { note_id: string; sealed: Buffer }>(
        'SELECT note_id, sealed FROM offline_note ORDER BY note_id LIMIT ?',
      )
      .all(TOLD_MAX)
    const holding = database.prepare('SELECT 1 FROM offline_token LIMIT 1').get()
    return {
      isHolding: holding !== undefined,
      returned: returned.map((row) => row.allowance_id as AllowanceId),
      notes: notes.map(({ note_id: id, sealed }) =>
        offlineNoteSchema.parse(this.context.sealer.openJson(`offline_note:${id}`, sealed)),
      ),
    }
  }

  /** The server has heard. */
  told({ returned, notes }: { returned: readonly string[]; notes: readonly OfflineNote[] }): void {
    if (returned.length === 0 && notes.length === 0) return
    this.context.write((database) => {
      database
        .prepare(
          `UPDATE offline_allowance SET is_told = 1
           WHERE allowance_id IN (SELECT value FROM json_each(?))`,
        )
        .run(JSON.stringify(returned))
      database
        .prepare('DELETE FROM offline_note WHERE note_id IN (SELECT value FROM json_each(?))')
        .run(JSON.stringify(notes.map(({ noteId }) => noteId)))
    })
  }

  /** Notes what was refused; of more than NOTES_MAX the latest are left out. */
  note(note: OfflineNote): void {
    this.context.write((database) =>
      database
        .prepare(
          `INSERT INTO offline_note (note_id, sealed) SELECT ?, ?
           WHERE (SELECT count(*) FROM offline_note) < ?`,
        )
        .run(
          note.noteId,
          this.context.sealer.sealJson(`offline_note:${note.noteId}`, note),
          NOTES_MAX,
        ),
    )
  }

  /** What is known of a member at the till. */
  of(memberId: string): OfflineOfMember {
    const database = this.context.database()
    const row = database
      .prepare<[string], { sealed: Buffer }>('SELECT sealed FROM offline_token WHERE member_id = ?')
      .get(memberId)
    const busy = database
      .prepare<[string], { allowance_id: string }>(
        `SELECT allowance_id FROM offline_allowance WHERE member_id = ? AND ${IS_OVER}`,
      )
      .all(memberId)
    const code = database
      .prepare<[string], { period: number }>('SELECT period FROM offline_code WHERE member_id = ?')
      .get(memberId)
    const keys: unknown = JSON.parse(readMeta(this.context, 'allowance_keys') ?? '[]')
    return {
      token: row
        ? this.context.sealer.open(`offline_token:${memberId}`, row.sealed).toString('utf8')
        : null,
      keys: z.array(allowanceKeySchema).parse(keys),
      busyIds: busy.map(({ allowance_id: id }) => id),
      lastPeriod: code?.period ?? null,
      latestSeenMs: this.latestSeenMs(),
    }
  }

  /** The time by the server's clock, or by this till's; the latter never goes back. */
  see(nowMs: number, by: 'server' | 'till'): void {
    if (by === 'till' && nowMs <= this.latestSeenMs()) return
    this.context.write(() => {
      writeMeta(this.context, 'latest_seen_ms', String(nowMs))
    })
  }

  /** Sets coupons aside for an order; null where one of them is not free any more. */
  setAsideCoupons(order: OfflineOrder<CashierReservation>): CashierReservation | null {
    const { kept } = order
    return this.context.write((database) => {
      endOpen(this.context, 'coupon_reservation', kept.memberId)
      database
        .prepare(
          `INSERT INTO coupon_reservation (reservation_id, member_id, wanted, names, with_points,
             goods_fen, off_fen, asked_at_ms, deadline_at_ms, after_receipt_seq, state, is_told)
           VALUES (?, ?, 'offline', ?, ?, ?, ?, ?, ?,
             (SELECT coalesce(max(seq), 0) FROM receipt), 'open', 1)`,
        )
        .run(
          ...([kept.reservationId, kept.memberId, JSON.stringify(kept.names)] as const),
          ...([kept.withPoints ? 1 : 0, kept.goodsFen, kept.offFen] as const),
          ...([order.use.usedAtMs, kept.deadlineAtMs] as const),
        )
      this.take(order, kept.reservationId, kept.memberId)
      return openReservation(this.context, kept.memberId)
    })
  }

  /** Sets points aside for an order. */
  setAsidePoints(order: OfflineOrder<CashierHold>): CashierHold {
    const { kept } = order
    return this.context.write(() => {
      endOpen(this.context, 'points_hold', kept.memberId)
      this.take(order, kept.holdId, kept.memberId)
      putHold(this.context, kept)
      return kept
    })
  }

  private take(order: OfflineOrder<unknown>, useId: string, memberId: string): void {
    const { allowanceIds, codePeriod, use } = order
    const isTaken = takeAllowances(this.context, allowanceIds, { useId, memberId, codePeriod, use })
    // Nobody else takes them between a quote and this: one till, one order at a time.
    if (!isTaken) throw new Error('an allowance is not free')
  }

  private latestSeenMs(): number {
    return Number(readMeta(this.context, 'latest_seen_ms') ?? '0')
  }

  private giveBackWhere(where: string, value: string, nowMs: number): number {
    return this.context.write((database) => {
      endStale(this.context, nowMs)
      return database
        .prepare(`UPDATE offline_allowance SET state = 'returned' WHERE ${where} AND ${IS_FREE}`)
        .run(value).changes
    })
  }
}

/** What was set aside of a member before makes place. */
function endOpen(
  context: StoreContext,
  table: 'coupon_reservation' | 'points_hold',
  memberId: string,
): void {
  context
    .database()
    .prepare(
      `UPDATE ${table} SET state = 'ended' WHERE member_id = ? AND state IN ('asked', 'open', 'left')`,
    )
    .run(memberId)
}
