import type { Rejection } from '@huike/shared/import-fields'

/** A row that is not taken, and why: expected, and counted. */
export interface RowProblem {
  ok: false
  reason: Rejection
}

/** Makes a row problem, to be returned. */
export function reject(reason: Rejection): RowProblem {
  return { ok: false, reason }
}
