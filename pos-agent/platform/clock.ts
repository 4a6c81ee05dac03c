// The agent's time. Tills have wrong clocks that people also set while selling, so the server's
// time is kept against the monotonic clock: `correctedNowMs` does not move when the wall clock does.

const SAMPLES_MAX = 8
const SAMPLE_AGE_MS_MAX = 10 * 60_000
/** Samples that disagree by more are from before a suspend: the monotonic clock stood still. */
const SAMPLE_SPREAD_MS_MAX = 5_000

export interface TimeSources {
  wallMs(): number
  monotonicMs(): number
}

const MACHINE: TimeSources = { wallMs: () => Date.now(), monotonicMs: () => performance.now() }

interface Sample {
  baseMs: number
  roundTripMs: number
  monotonicMs: number
}

export class Clock {
  private samples: Sample[] = []
  private rememberedOffsetMs: number | null = null

  constructor(private readonly sources: TimeSources = MACHINE) {}

  /** This machine's wall clock, epoch milliseconds; may be wrong and may jump. */
  wallMs(): number {
    return Math.round(this.sources.wallMs())
  }

  /** Milliseconds since some fixed point; never jumps. */
  monotonicMs(): number {
    return this.sources.monotonicMs()
  }

  /** Epoch milliseconds by the server's clock as last known, else by this machine's. */
  correctedNowMs(): number {
    const best = this.best()
    if (best) return Math.round(best.baseMs + this.monotonicMs())
    return this.wallMs() + (this.rememberedOffsetMs ?? 0)
  }

  /** An instant read off this machine's wall clock lately, corrected. */
  correct(wallMs: number): number {
    return Math.max(0, Math.round(wallMs + (this.offsetMs() ?? 0)))
  }

  /** Server clock minus this machine's, milliseconds; null until known. */
  offsetMs(): number | null {
    return this.best() ? this.correctedNowMs() - this.wallMs() : this.rememberedOffsetMs
  }

  /** The offset known before this start, until the server answers. */
  remember(offsetMs: number): void {
    this.rememberedOffsetMs = offsetMs
  }

  /** Takes a server time from an answer; the times of asking and of answer are monotonic. */
  noteServerTime(serverTimeMs: number, askedMs: number, answeredMs: number): void {
    const middleMs = (askedMs + answeredMs) / 2
    const sample = {
      baseMs: serverTimeMs - middleMs,
      roundTripMs: answeredMs - askedMs,
      monotonicMs: answeredMs,
    }
    this.samples = [...this.samples, sample].filter(
      (other) =>
        Math.abs(other.baseMs - sample.baseMs) <= SAMPLE_SPREAD_MS_MAX &&
        sample.monotonicMs - other.monotonicMs <= SAMPLE_AGE_MS_MAX,
    )
    if (this.samples.length > SAMPLES_MAX) this.samples.shift()
  }

  /** The sample with the shortest round trip: its middle is the least uncertain. */
  private best(): Sample | undefined {
    return this.samples.reduce<Sample | undefined>(
      (best, sample) => (best && best.roundTripMs <= sample.roundTripMs ? best : sample),
      undefined,
    )
  }
}
