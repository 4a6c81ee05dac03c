import type { Prepared } from './prepare.js'

// Which pairs are looked at. Comparing all with all is out of reach, so only records that share a key
// meet. Memory: eight bytes per key and eight per pair; keys are seeded hashes of 32 bits, never kept.
// A key that very many share tells little: the largest groups are left out first, so that at most
// so many pairs per record remain, whatever the size of the base.

/** Ordinals take 21 bits, so that a hash and an ordinal are one exact number. */
export const RECORDS_MAX = 2_000_000
const ORDINALS = 2 ** 21
const GROUP_SIZE_MAX = 200
/** Of a file, which is in memory; who reads records again for each pair asks for fewer. */
const PAIRS_PER_RECORD_MAX = 12
/** A small file may look at every pair that shares anything. */
const PAIRS_MIN = 200_000
const FIRST_KEYS = 64
const GROWTH = 1.5
/** Powers of two: a shelf is told by the first bits of a hash. */
const SHELVES = 128
const SHELF_SHIFT = 25
/** How much of a number or a text has to be in order for two records to meet. */
const PHONE_HEAD = 7
const PHONE_TAIL = 4
const ADDRESS_HEAD = 10
const INITIALS = 3
const NOT_MET_BY = new Set(['phone', 'openid', 'card', 'birthday'])

/** What a record may meet others by; two records that share one of these are compared. */
export function blockingKeys(record: Prepared): string[] {
  const { name, phone, birthday, email, address, city, card, openid } = record
  const { given_name: given, surname } = record
  const sound = name === null || name.kind === 'surname' ? null : name.sound
  const family = name?.surname === '' ? null : (name?.surname ?? surname)
  const head = phone?.slice(0, PHONE_HEAD) ?? null
  const keys = [
    key('phone', phone),
    // Masked or not, and with a slip at either end.
    key('phone-ends', phone?.slice(0, 3), phone?.slice(-PHONE_TAIL)),
    key('phone-head', head),
    key('phone-tail', phone?.slice(-PHONE_HEAD)),
    key('openid', openid),
    key('card', card),
    key('email', email),
    key('email-user', email?.slice(0, email.indexOf('@'))),
    key('name', sound),
    key('name-turned', name?.soundTurned === '' ? null : sortedLetters(sound)),
    key('name-birthday', family ?? sound, birthday),
    key('birthday', birthday),
    key('birthday-swapped', swapped(birthday)),
    key('name-city', sound, city),
    key('names', given, surname),
    key('names', surname, given),
    key('given-birthday', given, birthday?.slice(0, 4)),
    key('surname-month', surname, birthday?.slice(4)),
    key('surname-city', surname?.slice(0, INITIALS), given?.slice(0, 1), city),
    key('given-city', given?.slice(0, INITIALS), surname?.slice(0, 1), city),
    key('address', address?.slice(0, ADDRESS_HEAD), city?.slice(0, 1)),
    key('address-tail', address?.slice(-ADDRESS_HEAD)),
  ]
  return [...new Set(keys.filter((one): one is string => one !== null))]
}

/**
 * The keys by which a base that is kept meets one changed record: without what only one record can
 * hold there anyway, and without the birthday, which the one with day and month in order covers.
 */
export function meetingKeys(record: Prepared): string[] {
  return blockingKeys(record).filter((one) => !NOT_MET_BY.has(one.slice(0, one.indexOf('|'))))
}

/** The pairs of records that share a key: each once, in order. */
export class PairFinder {
  readonly #seed: number
  readonly #pairsPerRecord: number
  /** Keys by the first bits of their hash: sorted in small pieces, and grown without a large copy. */
  readonly #shelves = Array.from({ length: SHELVES }, () => new Float64Array(FIRST_KEYS))
  readonly #counts = new Uint32Array(SHELVES)
  #records = 0

  /** @param seed the same one finds the same pairs. */
  constructor(seed: number, pairsPerRecord: number = PAIRS_PER_RECORD_MAX) {
    this.#seed = seed >>> 0
    this.#pairsPerRecord = pairsPerRecord
  }

  /** Adds the next record by its keys; its ordinal is how many came before it. */
  add(keys: readonly string[]): void {
    if (this.#records >= RECORDS_MAX) throw new Error('more records than the finder can hold')
    for (const text of keys) this.#push(hash32(text, this.#seed))
    this.#records += 1
  }

  /** How many pairs there are in all, compared or not. */
  get allPairs(): number {
    return (this.#records * (this.#records - 1)) / 2
  }

  /** The ordinals of each pair, the smaller first: a pair is `first * 2 ** 21 + second`. */
  pairs(): Float64Array {
    const steps = this.pairsInSteps()
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
    }
  }

  /** The same in steps of a few milliseconds, for whoever has others to serve in between. */
  *pairsInSteps(): Generator<undefined, Float64Array, undefined> {
    const shelves: Float64Array[] = []
    for (const [shelf, entries] of this.#shelves.entries()) {
      shelves.push(entries.subarray(0, this.#counts[shelf]).sort())
      yield
    }
    const limit = this.#sizeLimit(shelves)
    yield
    let total = 0
    for (const entries of shelves)
      for (const [from, to] of groups(entries)) if (to - from <= limit) total += pairsOf(to - from)
    const found = new Float64Array(total)
    let count = 0
    for (const entries of shelves) {
      for (const [from, to] of groups(entries))
        if (to - from <= limit) count = putPairs(found, count, entries.subarray(from, to))
      yield
    }
    return yield* this.#inOrder(found.subarray(0, count))
  }

  /** Each pair once, in order: dealt out by its first record, then sorted in small pieces. */
  *#inOrder(found: Float64Array): Generator<undefined, Float64Array, undefined> {
    const width = Math.max(1, Math.ceil(this.#records / SHELVES)) * ORDINALS
    const ends = new Float64Array(SHELVES + 1)
    for (const pair of found) {
      const next = Math.floor(pair / width) + 1
      ends[next] = (ends[next] ?? 0) + 1
    }
    for (let shelf = 1; shelf <= SHELVES; shelf += 1)
      ends[shelf] = (ends[shelf] ?? 0) + (ends[shelf - 1] ?? 0)
    yield
    const dealt = new Float64Array(found.length)
    const next = ends.slice()
    for (const pair of found) {
      const shelf = Math.floor(pair / width)
      const at = next[shelf] ?? 0
      dealt[at] = pair
      next[shelf] = at + 1
    }
    let kept = 0
    for (let shelf = 0; shelf < SHELVES; shelf += 1) {
      yield
      const sorted = dealt.subarray(ends[shelf], ends[shelf + 1]).sort()
      let last = -1
      for (const pair of sorted) {
        if (pair === last) continue
        found[kept] = pair
        kept += 1
        last = pair
      }
    }
    return found.slice(0, kept)
  }

  /** The largest groups that may be compared, so that not too many pairs come of it. */
  #sizeLimit(shelves: readonly Float64Array[]): number {
    const bySize = new Float64Array(GROUP_SIZE_MAX + 1)
    for (const entries of shelves)
      for (const [from, to] of groups(entries)) {
        const size = to - from
        if (size <= GROUP_SIZE_MAX) bySize[size] = (bySize[size] ?? 0) + pairsOf(size)
      }
    const pairsMax = Math.max(PAIRS_MIN, this.#records * this.#pairsPerRecord)
    let total = 0
    for (let size = 2; size <= GROUP_SIZE_MAX; size += 1) {
      total += bySize[size] ?? 0
      if (total > pairsMax) return size - 1
    }
    return GROUP_SIZE_MAX
  }

  #push(hash: number): void {
    const shelf = hash >>> SHELF_SHIFT
    const count = this.#counts[shelf] ?? 0
    let entries = this.#shelves[shelf] ?? new Float64Array(FIRST_KEYS)
    if (count === entries.length) {
      const larger = new Float64Array(Math.ceil(count * GROWTH))
      larger.set(entries)
      entries = larger
      this.#shelves[shelf] = larger
    }
    entries[count] = hash * ORDINALS + this.#records
    this.#counts[shelf] = count + 1
  }
}

/** The two ordinals of a pair. */
export function ordinalsOf(pair: number): [number, number] {
  const second = pair % ORDINALS
  return [(pair - second) / ORDINALS, second]
}

/** FNV-1a over UTF-16 units with a seed, and a last mixing (fmix32 of MurmurHash3, public domain). */
export function hash32(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The pairs of one group, from `at` on; answers where they end. */
function putPairs(found: Float64Array, at: number, group: Float64Array): number {
  let next = at
  for (let i = 0; i < group.length; i += 1) {
    const first = (group[i] ?? 0) % ORDINALS
    for (let j = i + 1; j < group.length; j += 1) {
      const second = (group[j] ?? 0) % ORDINALS
      // Two keys of one record, of one hash by chance, are no pair.
      if (second === first) continue
      found[next] = first * ORDINALS + second
      next += 1
    }
  }
  return next
}

function* groups(entries: Float64Array): Generator<[from: number, to: number]> {
  let from = 0
  let hash = hashOf(entries[0])
  for (let at = 1; at <= entries.length; at += 1) {
    const next = at < entries.length ? hashOf(entries[at]) : -1
    if (next === hash) continue
    if (at - from > 1) yield [from, at]
    from = at
    hash = next
  }
}

function hashOf(entry = 0): number {
  return Math.floor(entry / ORDINALS)
}

function pairsOf(size: number): number {
  return (size * (size - 1)) / 2
}

function key(kind: string, ...parts: (string | null | undefined)[]): string | null {
  if (parts.some((part) => part === null || part === undefined || part === '')) return null
  return `${kind}|${parts.join('|')}`
}

function swapped(birthday: string | null): string | null {
  if (birthday === null) return null
  const ends = [birthday.slice(4, 6), birthday.slice(6)].sort()
  return birthday.slice(0, 4) + ends.join('')
}

function sortedLetters(sound: string | null): string | null {
  return sound === null ? null : [...sound].sort().join('')
}
