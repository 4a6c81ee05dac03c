/** A clock that stands still until a test moves it. */
export interface FakeClock {
  nowMs(): number
  /** Moves by `ms`, which may be negative: till clocks are set back. */
  advance(ms: number): void
  set(ms: number): void
}

/** 2026-03-02 10:00 in Shanghai, a Monday inside opening hours. */
export const FAKE_CLOCK_START_MS = Date.UTC(2026, 2, 2, 2)

/** A fake clock; its `nowMs` works detached, so it can be passed on as a function. */
export function createFakeClock(startMs: number = FAKE_CLOCK_START_MS): FakeClock {
  let ms = startMs
  return {
    nowMs: () => ms,
    advance: (byMs) => {
      ms += byMs
    },
    set: (toMs) => {
      ms = toMs
    },
  }
}
