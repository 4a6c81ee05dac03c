// How long somebody waits after wrong sign-ins, as pure functions. A person who mistypes is not
// held up; who guesses waits twice as long each time. An account is never closed for good: that
// would let anybody shut out anybody.

export interface AttemptPolicy {
  /** Failures before the first wait. */
  free: number
  firstWaitMs: number
  waitMsMax: number
}

/** Of one user name. */
export const ACCOUNT_ATTEMPTS: AttemptPolicy = {
  free: 5,
  firstWaitMs: 30_000,
  waitMsMax: 900_000,
}
/** Of one address: a shop's people share one. */
export const ADDRESS_ATTEMPTS: AttemptPolicy = {
  free: 20,
  firstWaitMs: 60_000,
  waitMsMax: 3_600_000,
}
/** Failures are forgotten after a day without any. */
export const ATTEMPTS_KEPT_MS = 86_400_000

/** What is kept of one user name or address. */
export interface Attempts {
  failures: number
  lastAtMs: number
  lockedUntilMs: number
}

export const NO_ATTEMPTS: Attempts = { failures: 0, lastAtMs: 0, lockedUntilMs: 0 }

/** How long to wait after so many failures in a row, in milliseconds. */
export function waitMsAfter(failures: number, policy: AttemptPolicy): number {
  if (failures < policy.free) return 0
  return Math.min(policy.firstWaitMs * 2 ** (failures - policy.free), policy.waitMsMax)
}

/** How long is still to wait now; 0 when an attempt may be made. */
export function waitMsLeft(kept: Attempts, nowMs: number): number {
  // The clock was ahead and was set back: what it said then would lock for as long as it was.
  if (kept.lastAtMs > nowMs) return 0
  return Math.max(0, kept.lockedUntilMs - nowMs)
}

/** What is kept once an attempt is made: it counts as failed until it has turned out well. */
export function afterAttempt(kept: Attempts, nowMs: number, policy: AttemptPolicy): Attempts {
  const isOld = nowMs - kept.lastAtMs > ATTEMPTS_KEPT_MS
  const failures = (isOld ? 0 : kept.failures) + 1
  return { failures, lastAtMs: nowMs, lockedUntilMs: nowMs + waitMsAfter(failures, policy) }
}

/** The waiting time in words, rounded up. */
export function waitWords(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1_000)
  return seconds < 60
    ? `尝试次数太多，请 ${String(seconds)} 秒后再试`
    : `尝试次数太多，请 ${String(Math.ceil(seconds / 60))} 分钟后再试`
}
