import { compare } from './compare.js'
import { RULE_WORDS, isWorthJudging, judge, type ScoredPair } from './judge.js'
import type { FoundPair } from './match-record.js'
import { scoreOf, type Model } from './model.js'
import type { Prepared } from './prepare.js'

// One record that changed, among those it may be: the same scores, rules and groups as the search
// over a whole base, over the few that are near. Pure.

/** More are near nobody who is one person; comparing all of them with all grows by the square. */
const NEAR_MAX = 30

export interface Known {
  id: string
  prepared: Prepared
}

/** The records that the changed one may be, the likeliest first. */
export function nearTo(subject: Known, others: readonly Known[], model: Model): Known[] {
  return others
    .map((other) => ({ other, bits: bitsOf(model, subject.prepared, other.prepared) }))
    .filter(({ other, bits }) => isWorthJudging(subject.prepared, other.prepared, bits))
    .sort((a, b) => b.bits - a.bits || (a.other.id < b.other.id ? -1 : 1))
    .slice(0, NEAR_MAX)
    .map(({ other }) => other)
}

/**
 * What follows for the records of one neighbourhood, each given once. A pair to look at that is less
 * likely than `reviewFloor`, in thousandths of a bit, is left out, unless one number has two names.
 */
export function judgeNear(
  records: readonly Known[],
  { model, reviewFloor }: { model: Model; reviewFloor: number },
): FoundPair[] {
  const inOrder = [...records].sort((a, b) => (a.id < b.id ? -1 : 1))
  const pairs: ScoredPair[] = []
  for (const [a, one] of inOrder.entries())
    for (const [at, other] of inOrder.slice(a + 1).entries()) {
      const bits = bitsOf(model, one.prepared, other.prepared)
      if (isWorthJudging(one.prepared, other.prepared, bits)) pairs.push({ a, b: a + 1 + at, bits })
    }
  const score = (a: Prepared, b: Prepared) => bitsOf(model, a, b)
  return judge({ records: inOrder, pairs, score }).filter(
    ({ verdict, reasons, scoreMillibits }) =>
      verdict === 'merge' || reasons.rule === RULE_WORDS.names || scoreMillibits >= reviewFloor,
  )
}

function bitsOf(model: Model, a: Prepared, b: Prepared): number {
  return scoreOf(model, compare(a, b), a, b)
}
