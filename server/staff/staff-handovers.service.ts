import { Injectable } from '@nestjs/common'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { StaffHandover } from './staff-handover.entity.js'

// Customers of people who were stopped, on their way to others. A handover goes on until nobody is
// left with the one who left, and looks a second time a little later, for who was being registered
// under their name when they were stopped. Somebody who comes back ends what was left of it.

/** Past the longest transaction: what began before the stop has been written by then. */
export const HANDOVER_SWEEP_AFTER_MS = 600_000
const NEVER_MS = 9_007_199_254_740_991
/** People who left one after the other, each for the next. */
const CHAIN_LENGTH_MAX = 10

const COLUMNS = [
  'id',
  'staffId',
  'successorId',
  'state',
  'movedCount',
  'nextAtMs',
  'createdBy',
  'createdAtMs',
  'finishedAtMs',
] as const satisfies (keyof StaffHandover)[]

@Injectable()
export class StaffHandoversService {
  /** Begins one for somebody who is being stopped, whose row must be locked. */
  async begin(
    tx: Tx,
    fresh: Pick<StaffHandover, 'staffId' | 'successorId' | 'createdBy'>,
    nowMs: number,
  ): Promise<StaffHandover> {
    const handover: StaffHandover = {
      ...{ ...fresh, id: mintId(nowMs), state: 'running', movedCount: 0 },
      ...{ nextAtMs: nowMs, createdAtMs: nowMs, finishedAtMs: null },
    }
    await tx.insert('staff_handover', COLUMNS, [valuesOf(handover, COLUMNS)])
    return handover
  }

  /** Ends what is left of the handovers of somebody who is back. */
  async cancel(tx: Tx, staffId: string): Promise<void> {
    await tx.run(
      `UPDATE staff_handover SET nextAtMs = ?, state = CASE state WHEN 'running'
         THEN 'cancelled' ELSE state END WHERE staffId = ? AND nextAtMs < ?`,
      [NEVER_MS, staffId, NEVER_MS],
    )
  }

  /** Those that something is to be done about now, the longest due first. */
  due(statements: Statements, nowMs: number, limit: number): Promise<StaffHandover[]> {
    return statements.rows<StaffHandover>(
      `SELECT * FROM staff_handover WHERE nextAtMs <= ? ORDER BY nextAtMs LIMIT ${String(limit)}`,
      [nowMs],
    )
  }

  /** A handover as it stands, locked. */
  async locked(tx: Tx, id: string): Promise<StaffHandover | null> {
    const [row] = await tx.rows<StaffHandover>(
      `SELECT * FROM staff_handover WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  /** The latest of somebody; null when nobody ever took over. */
  async latestOf(statements: Statements, staffId: string): Promise<StaffHandover | null> {
    const [row] = await statements.rows<StaffHandover>(
      'SELECT * FROM staff_handover WHERE staffId = ? ORDER BY id DESC LIMIT 1',
      [staffId],
    )
    return row ?? null
  }

  /** Puts one off that could not be carried on. */
  async putOff(tx: Tx, id: string, untilMs: number): Promise<void> {
    await tx.run('UPDATE staff_handover SET nextAtMs = ? WHERE id = ? AND nextAtMs < ?', [
      untilMs,
      id,
      NEVER_MS,
    ])
  }

  /**
   * Who takes over now: the successor, locked, or where that one has left meanwhile whoever took
   * over from them; null: their store.
   */
  async taker(tx: Tx, successorId: string | null): Promise<string | null> {
    let id = successorId
    for (let length = 0; id !== null && length < CHAIN_LENGTH_MAX; length += 1) {
      const [person] = await tx.rows<{ state: string }>(
        `SELECT state FROM staff WHERE id = ?${tx.forUpdate}`,
        [id],
      )
      if (person?.state === 'active') return id
      id = (await this.latestOf(tx, id))?.successorId ?? null
    }
    return null
  }

  /** Notes what one step moved; `isMore` when others are left. Answers the handover as it is now. */
  async moved(
    tx: Tx,
    handover: StaffHandover,
    step: { moved: number; isMore: boolean },
    nowMs: number,
  ): Promise<StaffHandover> {
    const isSweep = handover.state === 'done'
    const ends = isSweep ? NEVER_MS : nowMs + HANDOVER_SWEEP_AFTER_MS
    const next: StaffHandover = {
      ...handover,
      movedCount: handover.movedCount + step.moved,
      state: step.isMore ? handover.state : 'done',
      nextAtMs: step.isMore ? nowMs : ends,
      finishedAtMs: step.isMore ? handover.finishedAtMs : (handover.finishedAtMs ?? nowMs),
    }
    await tx.run(
      `UPDATE staff_handover SET movedCount = ?, state = ?, nextAtMs = ?, finishedAtMs = ?
       WHERE id = ?`,
      [next.movedCount, next.state, next.nextAtMs, next.finishedAtMs, handover.id],
    )
    return next
  }
}
