import { isUlid } from '@huike/shared/ids'
import { ProblemError } from '../platform/problems.js'

// Cursors of lists that are ordered by an instant and an id, newest first: a place, never a right.
// Whose rows are shown is decided without them.

export interface KeysetPlace {
  atMs: number
  id: string
}

/** The cursor that goes on after a row. */
export function cursorOf({ atMs, id }: KeysetPlace): string {
  return `${String(atMs)}.${id}`
}

/** The place a cursor names; null without one. Raises `input_invalid` for what was not given out. */
export function placeOf(cursor: string | undefined): KeysetPlace | null {
  if (cursor === undefined) return null
  const [, digits, id] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? []
  if (digits === undefined || id === undefined || !isUlid(id))
    throw new ProblemError('input_invalid', 'cursor')
  return { atMs: Number(digits), id }
}
