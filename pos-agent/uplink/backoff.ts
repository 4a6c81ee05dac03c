// Waiting between tries: full jitter, so that a thousand tills do not come back in one second.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

const BASE_MS = 1_000
export const BACKOFF_MS_MAX = 300_000
/** While a cashier looks at the page nobody waits five minutes. */
export const BACKOFF_MS_MAX_PAGE_OPEN = 10_000
const FLOOR_MS = 100

export interface BackoffLimits {
  baseMs: number
  maxMs: number
  maxPageOpenMs: number
  floorMs: number
}

export const BACKOFF_LIMITS: BackoffLimits = {
  baseMs: BASE_MS,
  maxMs: BACKOFF_MS_MAX,
  maxPageOpenMs: BACKOFF_MS_MAX_PAGE_OPEN,
  floorMs: FLOOR_MS,
}

/** How long to wait after `failures` failures in a row (1 or more), milliseconds. */
export function backoffMs(
  failures: number,
  isPageOpen: boolean,
  random: () => number = Math.random,
  limits: BackoffLimits = BACKOFF_LIMITS,
): number {
  const cap = isPageOpen ? limits.maxPageOpenMs : limits.maxMs
  const ceiling = Math.min(cap, limits.baseMs * 2 ** Math.min(failures - 1, 30))
  return Math.max(limits.floorMs, Math.round(random() * ceiling))
}
