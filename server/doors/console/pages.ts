import type { PageQuery } from '@huike/shared/contracts/common'
import { isUlid } from '@huike/shared/ids'
import { ProblemError } from '../../platform/problems.js'

// Lists in pages whose cursor is the id of the last row that was shown.

/** Where a page begins. Throws `input_invalid` for a cursor that is none. */
export function placeOf({ cursor, limit }: PageQuery): { beforeId: string | null; limit: number } {
  if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
  return { beforeId: cursor ?? null, limit }
}

/** The cursor of the page after these rows, of which one more than `limit` was read. */
export function nextOf(rows: readonly { id: string }[], limit: number): string | null {
  return rows.length > limit ? (rows[limit - 1]?.id ?? null) : null
}
