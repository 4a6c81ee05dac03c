import { FIELD_RULES } from './compare.js'
import { ratioOf, type Commonness, type Model, type ValueCounts } from './model.js'

// The weights that a search over the whole base has learned, as text to be kept: those who come
// later are compared by them. Values are kept as hashes that the caller makes, the common ones only;
// a value that is not among them counts as met once.

const VERSION = 1
const VALUES_PER_FIELD = 200
const DIGITS = 5

/** What a search has learned. */
export interface Learned {
  model: Model
  /** The score, in thousandths of a bit, below which people were spared pairs to look at. */
  reviewFloor: number
}

/** A keyed hash of one value of a field. */
export type HashOf = (place: number, value: string) => number

interface Stored {
  version: number
  priorBits: number
  reviewFloor: number
  m: number[][]
  u: number[][]
  values: { typical: number; counts: [hash: number, count: number][] }[]
}

/** The weights as text. */
export function storedWeights(
  learned: { model: Model; reviewFloor: number; values: ValueCounts },
  hashOf: HashOf,
): string {
  const { model, reviewFloor, values } = learned
  const short = (rows: Model['m']) =>
    rows.map((row) => row.map((one) => Number(one.toPrecision(DIGITS))))
  const stored: Stored = {
    version: VERSION,
    priorBits: model.priorBits,
    reviewFloor,
    m: short(model.m),
    u: short(model.u),
    values: FIELD_RULES.map((_rule, place) => ({
      typical: values.typical(place),
      counts: values
        .commonest(place, VALUES_PER_FIELD)
        .map(([value, count]) => [hashOf(place, value), count]),
    })),
  }
  return JSON.stringify(stored)
}

/** The weights of a text; null when it is of another version, whose fields are not ours. */
export function weightsOf(text: string, hashOf: HashOf): Learned | null {
  const stored = JSON.parse(text) as Stored
  if (stored.version !== VERSION || stored.m.length !== FIELD_RULES.length) return null
  const { m, u, priorBits, reviewFloor } = stored
  return { model: { m, u, priorBits, values: new KnownValues(stored.values, hashOf) }, reviewFloor }
}

class KnownValues implements Commonness {
  readonly #known: { typical: number; counts: ReadonlyMap<number, number> }[]
  readonly #hashOf: HashOf

  constructor(values: Stored['values'], hashOf: HashOf) {
    this.#known = values.map(({ typical, counts }) => ({ typical, counts: new Map(counts) }))
    this.#hashOf = hashOf
  }

  commonness(place: number, value: string): number {
    const known = this.#known[place]
    if (!known || known.typical === 0) return 1
    return ratioOf(known.counts.get(this.#hashOf(place, value)) ?? 1, known.typical)
  }
}
