import { CAME_BACK_WITHIN_DAYS } from '@huike/shared/contracts/console-campaigns'

// When a sale is counted as an answer to a message.

const DAY_MS = 86_400_000
const CAME_BACK_MS = CAME_BACK_WITHIN_DAYS * DAY_MS

/** A sale `p` that answers message `m`: soon enough after it, and not brought back whole. */
export const ANSWERING_SALE = `p.memberId = m.memberId AND p.occurredAtMs > m.sentAtMs
  AND p.occurredAtMs <= m.sentAtMs + ${String(CAME_BACK_MS)}
  AND p.kind = 'sale' AND p.refundedFen < p.totalFen`
