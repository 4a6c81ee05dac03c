// How the benchmarks measure. The machine is shared and its speed drifts, so what is compared runs
// turn by turn in short rounds, and a figure is the median over the rounds. A ratio is the median of
// the rounds' own ratios: each compares two neighbours in time.

export interface Round {
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** CPU of this process, user and system, per operation. */
  cpuMs: number
}

export interface RoundPlan {
  /** How many operations are in flight at a time. */
  callers: number
  forMs: number
  /** What one operation counts for; 1 unless it carries several. */
  weight?: number
  /** What must have happened before the round's clock stops, e.g. a queue that runs empty. */
  finish?: () => Promise<void>
}

/** Runs `once` over and over from several callers for some time. */
export async function runRound(plan: RoundPlan, once: () => Promise<unknown>): Promise<Round> {
  const { callers, forMs, weight = 1, finish } = plan
  const latencies: number[] = []
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const endMs = startMs + forMs
  const caller = async () => {
    while (performance.now() < endMs) {
      const beganMs = performance.now()
      await once()
      latencies.push(performance.now() - beganMs)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  await finish?.()
  const seconds = (performance.now() - startMs) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const done = latencies.length * weight
  return {
    perSecond: done / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMs: (cpu.user + cpu.system) / 1000 / done,
  }
}

/** Runs every subject once to warm up, then `rounds` times in turn; who begins alternates. */
export async function takeTurns<Name extends string>(
  rounds: number,
  subjects: Record<Name, () => Promise<Round>>,
): Promise<Record<Name, Round[]>> {
  const names = Object.keys(subjects) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Round[]
  >
  for (let round = -1; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed()
    for (const name of order) {
      const result = await subjects[name]()
      if (round >= 0) results[name].push(result)
    }
  }
  return results
}

/** The medians of some rounds, number by number. */
export function medianRound(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number) => median(rounds.map(pick))
  return {
    perSecond: of((round) => round.perSecond),
    p50Ms: of((round) => round.p50Ms),
    p99Ms: of((round) => round.p99Ms),
    cpuMs: of((round) => round.cpuMs),
  }
}

/** The median ratio of neighbouring rounds. */
export function medianRatio(
  above: readonly Round[],
  below: readonly Round[],
  pick: (round: Round) => number = (round) => round.perSecond,
): number {
  const ratios = above.flatMap((round, index) => {
    const other = below[index]
    return other ? [pick(round) / pick(other)] : []
  })
  return median(ratios)
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which `share` of the numbers lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** Prints one figure as a line of JSON; numbers are rounded to three digits after the point. */
export function printFigure(figure: Record<string, string | number | boolean>): void {
  const rounded = Object.entries(figure).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  ])
  console.log(JSON.stringify(Object.fromEntries(rounded)))
}

/** A round's medians as fields of a figure, under a prefix. */
export function roundFields(prefix: string, round: Round): Record<string, number> {
  return {
    [`${prefix}PerSecond`]: round.perSecond,
    [`${prefix}P50Ms`]: round.p50Ms,
    [`${prefix}P99Ms`]: round.p99Ms,
    [`${prefix}CpuMs`]: round.cpuMs,
  }
}
