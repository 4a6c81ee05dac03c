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
const FIRST_KEYS = 4_096
/** How much of a number or a text has to be in order for two records to meet. */
const PHONE_HEAD = 7
const PHONE_TAIL = 4
const ADDRESS_HEAD = 10
const INITIALS = 3

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

/** The pairs of records that share a key: each once, in order. */
export class PairFinder {
  readonly #seed: number
  readonly #pairsPerRecord: number
  #entries = new Float64Array(FIRST_KEYS)
  #count = 0
  #records = 0

  /** @param seed the same one finds the same pairs. */
  constructor(seed: number, pairsPerRecord: number = PAIRS_PER_RECORD_MAX) {
    this.#seed = seed >>> 0
    this.#pairsPerRecord = pairsPerRecord
  }

  /** Adds the next record by its keys; its ordinal is how many came before it. */
  add(keys: readonly string[]): void {
    if (this.#records >= RECORDS_MAX) throw new Error('more records than the finder can hold')
    for (const text of keys) this.#push(hash32(text, this.#seed) * ORDINALS + this.#records)
    this.#records += 1
  }

  /** How many pairs there are in all, compared or not. */
  get allPairs(): number {
    return (this.#records * (this.#records - 1)) / 2
  }

  /** The ordinals of each pair, the smaller first: a pair is `first * 2 ** 21 + second`. */
  pairs(): Float64Array {
    const entries = this.#entries.subarray(0, this.#count).sort()
    const limit = this.#sizeLimit(entries)
    let total = 0
    for (const [from, to] of groups(entries)) if (to - from <= limit) total += pairsOf(to - from)
    const found = new Float64Array(total)
    let count = 0
    for (const [from, to] of groups(entries)) {
      if (to - from > limit) continue
      for (let i = from; i < to; i += 1)
        for (let j = i + 1; j < to; j += 1)
          found[count++] =
            ((entries[i] ?? 0) % ORDINALS) * ORDINALS + ((entries[j] ?? 0) % ORDINALS)
    }
    return unique(found.sort())
  }

  /** The largest groups that may be compared, so that not too many pairs come of it. */
  #sizeLimit(entries: Float64Array): number {
    const bySize = new Float64Array(GROUP_SIZE_MAX + 1)
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

  #push(entry: number): void {
    if (this.#count === this.#entries.length) {
      const larger = new Float64Array(this.#entries.length * 2)
      larger.set(this.#entries)
      this.#entries = larger
    }
    this.#entries[this.#count] = entry
    this.#count += 1
  }
}

/** The two ordinals of a pair. */
export function ordinalsOf(pair: number): [number, number] {
  const second = pair % ORDINALS
  return [(pair - second) / ORDINALS, second]
}

function* groups(entries: Float64Array): Generator<[from: number, to: number]> {
  let from = 0
  for (let at = 1; at <= entries.length; at += 1) {
    if (at < entries.length && hashOf(entries[at]) === hashOf(entries[from])) continue
    if (at - from > 1) yield [from, at]
    from = at
  }
}

function hashOf(entry = 0): number {
  return Math.floor(entry / ORDINALS)
}

function pairsOf(size: number): number {
  return (size * (size - 1)) / 2
}

function unique(sorted: Float64Array): Float64Array {
  let kept = 0
  for (let at = 0; at < sorted.length; at += 1) {
    if (at > 0 && sorted[at] === sorted[at - 1]) continue
    sorted[kept] = sorted[at] ?? 0
    kept += 1
  }
  return sorted.slice(0, kept)
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

/** FNV-1a over UTF-16 units with a seed, and a last mixing (fmix32 of MurmurHash3, public domain). */
function hash32(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
