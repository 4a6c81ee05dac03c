import { hasOwnInCommon, namesDiffer, partsDiffer, reasonsOf } from './compare.js'
import type { FoundPair, MatchField, Verdict } from './match-record.js'
import type { Prepared } from './prepare.js'

// What follows from the scores. Records are merged without a person only when the odds are high and
// no rule speaks against it, and a group grows only by records that agree with all that are in it.
// Everything that is doubtful and not hopeless goes to a person.
//
//   - The same number under two names is a family, or a number with a new owner: a person looks.
//   - Two numbers that two people proved to hold are not one person's on the word of an e-mail.
//   - A name, a gender and a city are many people's: they alone merge nobody.
//   - A record that fits two people who are not one belongs to neither without a person.

/** log2 of the odds from which a pair is merged without asking: one in 33 would be wrong. */
export const MERGE_BITS = 5
/** From which a person should look: one in five is right. */
export const REVIEW_BITS = -2
/** What fits another person nearly as well: less than so much between the two. */
const MARGIN_BITS = 3
/** No two records of a group may disagree more than this, however they are linked. */
const APART_BITS = -16
const GROUP_SIZE_MAX = 100
/** Fields by which people are known, the strongest first. */
const RANKED: readonly MatchField[] = ['phone', 'openid', 'email', 'card']
const MILLI = 1_000

/** The words for what keeps two records apart, or joins them. */
export const RULE_WORDS = {
  names: '号码相同而姓名不同，可能是家人或号码换了主人',
  verified: '两边各有已验证的号码或账号，且不相同',
  ambiguous: '与另一个人也相符，不能确定是谁',
  common: '相同的只有姓名等许多人共有的信息',
  group: '与同组的其他记录不符',
  linked: '经同组的其他记录相连',
} as const

type Rule = keyof typeof RULE_WORDS

/** A pair that was compared; `a` and `b` are places in the list of records. */
export interface ScoredPair {
  a: number
  b: number
  bits: number
}

/** Some records that pairs connect, and nothing else does. */
export interface Component {
  records: readonly { id: string; prepared: Prepared }[]
  pairs: readonly ScoredPair[]
  /** The score of two of the records, compared before or not. */
  score: (a: Prepared, b: Prepared) => number
}

/** Whether a pair is to be judged at all: likely enough, or a number under two names. */
export function isWorthJudging(a: Prepared, b: Prepared, bits: number): boolean {
  return bits >= REVIEW_BITS || isNumberOfTwo(a, b)
}

/** Decides on the pairs of one component: what is merged, and what a person should look at. */
export function judge(component: Component): FoundPair[] {
  return new Judge(component).decide()
}

class Judge {
  readonly #component: Component
  readonly #groups: Groups
  /** What each record may be besides, by place. */
  readonly #neighbours = new Map<number, ScoredPair[]>()

  constructor(component: Component) {
    this.#component = component
    this.#groups = new Groups(component.records.length)
    for (const pair of component.pairs)
      for (const place of [pair.a, pair.b]) {
        const known = this.#neighbours.get(place)
        if (known) known.push(pair)
        else this.#neighbours.set(place, [pair])
      }
  }

  decide(): FoundPair[] {
    const pairs = [...this.#component.pairs].sort(
      (one, other) => other.bits - one.bits || one.a - other.a || one.b - other.b,
    )
    const doubtful: { pair: ScoredPair; rule: Rule | null }[] = []
    const joined: FoundPair[] = []
    for (const pair of pairs) {
      const rule = this.#ruleOf(pair)
      if (pair.bits < MERGE_BITS || rule !== null) doubtful.push({ pair, rule })
      else if (!this.#groups.isJoined(pair.a, pair.b)) {
        if (this.#mayJoin(pair)) joined.push(...this.#join(pair))
        else doubtful.push({ pair, rule: 'group' })
      }
    }
    return [...joined, ...this.#reviews(doubtful)]
  }

  #ruleOf({ a, b, bits }: ScoredPair): Rule | null {
    const [one, other] = [this.#record(a), this.#record(b)]
    if (isNumberOfTwo(one, other)) return 'names'
    if (areProvedApart(one, other)) return 'verified'
    if (bits < MERGE_BITS) return null
    if (!hasOwnInCommon(one, other)) return 'common'
    return this.#isAmbiguous(a, b, bits) || this.#isAmbiguous(b, a, bits) ? 'ambiguous' : null
  }

  /** Whether `place` also fits somebody who cannot be `chosen`. */
  #isAmbiguous(place: number, chosen: number, bits: number): boolean {
    return (this.#neighbours.get(place) ?? []).some((pair) => {
      const other = pair.a === place ? pair.b : pair.a
      if (other === chosen || pair.bits < bits - MARGIN_BITS) return false
      return this.#areApart(other, chosen) && !this.#areApart(other, place)
    })
  }

  #mayJoin({ a, b }: ScoredPair): boolean {
    const [left, right] = [this.#groups.of(a), this.#groups.of(b)]
    if (left.length + right.length > GROUP_SIZE_MAX) return false
    let sum = 0
    for (const one of left)
      for (const other of right) {
        const bits = this.#score(one, other)
        if (bits < APART_BITS || this.#areApart(one, other)) return false
        sum += bits
      }
    // On the whole, two records of the joined group would at least be worth a look.
    return sum / (left.length * right.length) >= REVIEW_BITS
  }

  /** The pairs that become one person by this one: as sure as itself, or as they are on their own. */
  #join({ a, b, bits }: ScoredPair): FoundPair[] {
    const found: FoundPair[] = []
    for (const one of this.#groups.of(a))
      for (const other of this.#groups.of(b)) {
        const own = this.#score(one, other)
        const isLinked = own < MERGE_BITS
        const pair = { a: one, b: other, bits: Math.max(own, bits) }
        found.push(this.#found(pair, 'merge', isLinked ? 'linked' : null))
      }
    this.#groups.join(a, b)
    return found
  }

  /**
   * What people look at. Of two groups with one number and two names one pair is enough: it is asked
   * once whether they are one person.
   */
  #reviews(doubtful: readonly { pair: ScoredPair; rule: Rule | null }[]): FoundPair[] {
    const asked = new Set<string>()
    return doubtful.flatMap(({ pair, rule }) => {
      if (this.#groups.isJoined(pair.a, pair.b)) return []
      const groups = [this.#groups.nameOf(pair.a), this.#groups.nameOf(pair.b)].sort().join('|')
      const isOfTwo = rule === 'names'
      if (isOfTwo ? asked.has(groups) : pair.bits < REVIEW_BITS) return []
      asked.add(groups)
      return [this.#found(pair, 'review', rule)]
    })
  }

  #found({ a, b, bits }: ScoredPair, verdict: Verdict, rule: Rule | null): FoundPair {
    const { records } = this.#component
    const reasons: FoundPair['reasons'] = reasonsOf(this.#record(a), this.#record(b))
    if (rule !== null) reasons.rule = RULE_WORDS[rule]
    const [first, second] = a < b ? [a, b] : [b, a]
    return {
      recordA: records[first]?.id ?? '',
      recordB: records[second]?.id ?? '',
      scoreMillibits: Math.round(bits * MILLI),
      verdict,
      reasons,
    }
  }

  #areApart(a: number, b: number): boolean {
    const [one, other] = [this.#record(a), this.#record(b)]
    return namesDiffer(one, other) || areProvedApart(one, other)
  }

  #score(a: number, b: number): number {
    return this.#component.score(this.#record(a), this.#record(b))
  }

  #record(place: number): Prepared {
    const found = this.#component.records[place]
    if (!found) throw new Error('a pair names a record that is not there')
    return found.prepared
  }
}

/** Who belongs together so far: each group is a list of places. */
class Groups {
  readonly #groups: number[][]

  constructor(size: number) {
    this.#groups = Array.from({ length: size }, (_none, place) => [place])
  }

  of(place: number): number[] {
    return this.#groups[place] ?? []
  }

  nameOf(place: number): number {
    return this.of(place)[0] ?? place
  }

  isJoined(a: number, b: number): boolean {
    return this.of(a) === this.of(b)
  }

  join(a: number, b: number): void {
    const together = [...this.of(a), ...this.of(b)]
    for (const place of together) this.#groups[place] = together
  }
}

/** F019: one number under two names. */
function isNumberOfTwo(a: Prepared, b: Prepared): boolean {
  return a.phone !== null && a.phone === b.phone && (namesDiffer(a, b) || partsDiffer(a, b))
}

/** Whether each proved to hold another number or account, and nothing stronger is the same. */
function areProvedApart(a: Prepared, b: Prepared): boolean {
  for (const field of RANKED) {
    const [left, right] = [a[field], b[field]]
    if (left === null || right === null) continue
    if (left === right) return false
    if (a.verified.includes(field) && b.verified.includes(field)) return true
  }
  return false
}
