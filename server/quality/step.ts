import type { QualitySettings } from '@huike/shared/contracts/console-quality'
import type { Rx } from '../platform/database.js'
import type { Candidate } from './chance-draw.js'
import type { Doubt, Shares } from './tally.js'

// One step of a run: a stretch of rows after a place, in the order of their keys. It only reads;
// what it found is committed together with the place where it ended.

export interface StepAsk {
  /** The last key that was looked at; empty at the beginning. */
  after: string
  settings: QualitySettings
  nowMs: number
}

export interface StepAnswer {
  /** Where it ended; null when there is nothing after it. */
  place: string | null
  rows: number
  shares: Shares
  doubts: Doubt[]
  candidates: Candidate[]
}

export type Step = (rx: Rx, ask: StepAsk) => Promise<StepAnswer>

/** An answer with what it says, and nothing else. */
export function answerOf(said: Partial<StepAnswer>): StepAnswer {
  return { place: null, rows: 0, shares: {}, doubts: [], candidates: [], ...said }
}

/** The stretch of at most `size` rows of a table after a key: where it ends, and how many. */
export async function stretchAfter(
  rx: Rx,
  table: 'member' | 'identity' | 'purchase' | 'duplicate_pair' | 'store',
  after: string,
  size: number,
): Promise<{ upTo: string | null; rows: number; isLast: boolean }> {
  const [row] = await rx.rows<{ upTo: string | null; n: number | string }>(
    `SELECT MAX(id) AS upTo, COUNT(*) AS n FROM
       (SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ${String(size)}) page`,
    [after],
  )
  const rows = Number(row?.n ?? 0)
  return { upTo: row?.upTo ?? null, rows, isLast: rows < size }
}
