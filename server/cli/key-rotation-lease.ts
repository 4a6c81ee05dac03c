import { setTimeout as pause } from 'node:timers/promises'
import {
  BusyError,
  UniqueViolation,
  type Database,
  type SqlValue,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { KeyRotation } from '../platform/key-rotation.entity.js'

// The right to work on the one open rotation. Whoever has it says so each second; who comes second
// watches, and takes it only from somebody who has fallen silent. Every change asks for the right
// once more, so that one who lost it changes nothing.

const BEAT_EVERY_MS = 1_000
const WATCH_MS = 5_000
const LOOK_EVERY_MS = 500
const BUSY_TRIES_MAX = 60
const BUSY_PAUSE_MS = 500

/** Another process works on the rotation now. */
export class RotationTaken extends Error {
  override readonly name = 'RotationTaken'
}

/** The open rotation; null when there is none. */
export async function openRotationOf(statements: Statements): Promise<KeyRotation | null> {
  const rows = await statements.rows<KeyRotation>(
    "SELECT * FROM key_rotation WHERE openMark = 'open'",
  )
  return rows[0] ?? null
}

export class KeyRotationLease {
  #beatAtMs = -Infinity

  private constructor(
    readonly database: Database,
    readonly id: string,
    private readonly runner: string,
  ) {}

  /** Opens a rotation, or goes on with one whose process is gone. Throws RotationTaken. */
  static async take(database: Database, nowMs: number): Promise<KeyRotationLease> {
    const runner = mintId(nowMs)
    const open = await database.read(openRotationOf)
    if (open) await takeOver(database, open, runner)
    else await begin(database, runner, nowMs)
    const mine = await database.read(openRotationOf)
    if (mine?.runner !== runner) throw new RotationTaken()
    return new KeyRotationLease(database, mine.id, runner)
  }

  /** How it stands. */
  async row(): Promise<KeyRotation> {
    const open = await this.database.read(openRotationOf)
    if (open?.runner !== this.runner) throw new RotationTaken()
    return open
  }

  /** Changes the rotation within a transaction. Throws RotationTaken. */
  async change(tx: Tx, values: Partial<KeyRotation>): Promise<void> {
    const columns = Object.keys(values)
    const sets = ['beats = beats + 1', ...columns.map((column) => `${column} = ?`)].join(', ')
    const changed = await tx.run(
      `UPDATE key_rotation SET ${sets} WHERE id = ? AND runner = ? AND openMark = 'open'`,
      [...(Object.values(values) as SqlValue[]), this.id, this.runner],
    )
    if (changed === 0) throw new RotationTaken()
  }

  /** Writes in one transaction, and waits for a database that is busy: servers go first. */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1)
      try {
        const result = await this.database.write(work)
        this.#beatAtMs = performance.now()
        return result
      } catch (error) {
        if (!(error instanceof BusyError) || tries >= BUSY_TRIES_MAX) throw error
        await pause(BUSY_PAUSE_MS)
      }
  }

  /** Says that the work goes on, and how far it is, when it has not been said for a second. */
  async beat(values: Partial<KeyRotation> = {}): Promise<void> {
    if (performance.now() - this.#beatAtMs < BEAT_EVERY_MS) return
    await this.write((tx) => this.change(tx, values))
  }

  /** Takes back a rotation in which nothing has happened. */
  async giveUp(): Promise<void> {
    await this.database.write((tx) =>
      tx.run("DELETE FROM key_rotation WHERE id = ? AND runner = ? AND state = 'preparing'", [
        this.id,
        this.runner,
      ]),
    )
  }
}

async function begin(database: Database, runner: string, nowMs: number): Promise<void> {
  const columns = [
    ...['id', 'openMark', 'state', 'toKeyId', 'runner', 'beats', 'place', 'lastKey'],
    ...['doneRows', 'totalRows', 'resealedRows', 'startedAtMs', 'finishedAtMs'],
  ]
  const row = [
    ...[mintId(nowMs), 'open', 'preparing', null, runner, 0, null, null],
    ...[0, 0, 0, nowMs, null],
  ]
  try {
    await database.write((tx) => tx.insert('key_rotation', columns, [row]))
  } catch (error) {
    if (error instanceof UniqueViolation) throw new RotationTaken()
    throw error
  }
}

async function takeOver(database: Database, seen: KeyRotation, runner: string): Promise<void> {
  const untilMs = performance.now() + WATCH_MS
  while (performance.now() < untilMs) {
    await pause(LOOK_EVERY_MS)
    const now = await database.read(openRotationOf)
    if (now?.beats !== seen.beats || now.runner !== seen.runner) throw new RotationTaken()
  }
  const taken = await database.write((tx) =>
    tx.run(
      `UPDATE key_rotation SET runner = ?, beats = beats + 1
       WHERE id = ? AND runner = ? AND beats = ? AND openMark = 'open'`,
      [runner, seen.id, seen.runner, seen.beats],
    ),
  )
  if (taken === 0) throw new RotationTaken()
}
