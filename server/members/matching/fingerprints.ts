import { hash32 } from './blocking.js'
import { FIELD_RULES, NAME, PLACE, birthdayLevel } from './compare.js'
import { REVIEW_BITS } from './judge.js'
import { RARITY_MAX, levelWeight, type Model } from './model.js'
import type { Prepared } from './prepare.js'
import { isOneSlip } from './similarity.js'

// What is kept of each member while a base is searched: 48 bytes in place of the record. From two of
// them it follows how well the two may agree at best; most pairs that share a key cannot be one
// person, and their records are not read again for it. Nothing that could be is left out.

/** Words of 32 bits for each record, by what they hold. */
const WORD = {
  kind: 0,
  name: 1,
  sound: 2,
  surname: 3,
  phoneHead: 4,
  phoneTail: 5,
  birthday: 6,
  city: 7,
  email: 8,
  address: 9,
  card: 10,
  openid: 11,
} as const
const WORDS = 12
/** Bits of the word `kind`: how a name can be compared, its length, and the gender. */
const NAME_TOLD = 1
const NAME_PLAIN = 2
const FEMALE = 4
const MALE = 8
/** Told by two names in columns, which a member of the base does not have: nothing is left out. */
const UNUSUAL = 16
const LENGTH_SHIFT = 8
const FIRST_RECORDS = 1_024
const GROWTH = 1.5
const SEED = 0x2545f491
/** A number is two words: seven digits and four. Others are told apart by their hash alone. */
const MOBILE = /^[1-9]\d{10}$/
const MOBILE_HEAD = 7
const HASHED_PHONE = 0xffffffff
const TEXT_FIELDS = ['email', 'address', 'card', 'openid', 'city'] as const

/** What each level of a field is worth at best, and the best of what is left when two differ. */
export interface Worth {
  priorBits: number
  levels: readonly (readonly number[])[]
  best: readonly number[]
  unequal: readonly number[]
}

/** The most that levels are worth: a rare value counts for more than a typical one. */
export function worthOf(model: Model): Worth {
  const levels = FIELD_RULES.map(({ levels: known }, place) =>
    known.map((_level, level) => {
      const rare = level === 0 ? Math.log2(RARITY_MAX) : 0
      return levelWeight(model, place, level) + rare
    }),
  )
  return {
    priorBits: model.priorBits,
    levels,
    best: levels.map((row) => Math.max(...row)),
    unequal: levels.map((row) => Math.max(...row.slice(1))),
  }
}

/** The fingerprints of records, by the order in which they were added. */
export class Fingerprints {
  #words = new Uint32Array(FIRST_RECORDS * WORDS)
  #records = 0

  /** Adds the next record. */
  add(record: Prepared): void {
    const at = this.#records * WORDS
    if (at === this.#words.length) {
      const larger = new Uint32Array(Math.ceil(this.#records * GROWTH) * WORDS)
      larger.set(this.#words)
      this.#words = larger
    }
    const words = this.#words
    const { name, phone, birthday, given_name: given, surname } = record
    let kind = 0
    if (given !== null || surname !== null) kind |= UNUSUAL
    if (record.gender !== null) kind |= record.gender === 'f' ? FEMALE : MALE
    if (name !== null) {
      kind |= NAME_TOLD | (name.plain.length << LENGTH_SHIFT)
      if (name.kind === 'full' && name.masked === null) kind |= NAME_PLAIN
      words[at + WORD.name] = told(name.plain)
      words[at + WORD.sound] = told(name.sound)
      words[at + WORD.surname] = told(name.surname)
    }
    words[at + WORD.kind] = kind
    if (phone !== null) {
      const isMobile = MOBILE.test(phone)
      words[at + WORD.phoneHead] = isMobile ? Number(phone.slice(0, MOBILE_HEAD)) : HASHED_PHONE
      words[at + WORD.phoneTail] = isMobile ? Number(phone.slice(MOBILE_HEAD)) : told(phone)
    }
    if (birthday !== null) words[at + WORD.birthday] = Number(birthday)
    for (const field of TEXT_FIELDS) {
      const value = record[field]
      if (value !== null) words[at + WORD[field]] = told(value)
    }
    this.#records += 1
  }

  /** Whether two records have to be looked at: never false of a pair that would be judged. */
  mayBeOne(worth: Worth, a: number, b: number): boolean {
    const [kindA, kindB] = [this.#word(a, 'kind'), this.#word(b, 'kind')]
    const isSameNumber =
      this.#word(a, 'phoneHead') !== 0 &&
      this.#word(a, 'phoneHead') === this.#word(b, 'phoneHead') &&
      this.#word(a, 'phoneTail') === this.#word(b, 'phoneTail')
    if (isSameNumber || ((kindA | kindB) & UNUSUAL) !== 0) return true
    let bits = worth.priorBits + this.#nameAtBest(worth, a, b)
    bits += this.#phoneAtBest(worth, a, b) + this.#birthdayAtBest(worth, a, b)
    const [genderA, genderB] = [kindA & (FEMALE | MALE), kindB & (FEMALE | MALE)]
    if (genderA !== 0 && genderB !== 0)
      bits += worth.levels[PLACE.gender]?.[genderA === genderB ? 0 : 1] ?? 0
    for (const field of TEXT_FIELDS) {
      const [left, right] = [this.#word(a, field), this.#word(b, field)]
      if (left === 0 || right === 0) continue
      const place = PLACE[field]
      bits += (left === right ? worth.levels[place]?.[0] : worth.unequal[place]) ?? 0
    }
    return bits >= REVIEW_BITS
  }

  #nameAtBest(worth: Worth, a: number, b: number): number {
    const [kindA, kindB] = [this.#word(a, 'kind'), this.#word(b, 'kind')]
    if ((kindA & kindB & NAME_TOLD) === 0) return 0
    const levels = worth.levels[PLACE.name] ?? []
    if ((kindA & kindB & NAME_PLAIN) === 0) return worth.best[PLACE.name] ?? 0
    if (this.#word(a, 'name') === this.#word(b, 'name')) return levels[NAME.same] ?? 0
    if (this.#word(a, 'sound') === this.#word(b, 'sound')) return levels[NAME.sound] ?? 0
    const apart = Math.abs((kindA >>> LENGTH_SHIFT) - (kindB >>> LENGTH_SHIFT))
    if (apart === 1) return worth.unequal[PLACE.name] ?? 0
    const isSameSurname = this.#word(a, 'surname') === this.#word(b, 'surname')
    return levels[isSameSurname ? NAME.surname : NAME.different] ?? 0
  }

  #phoneAtBest(worth: Worth, a: number, b: number): number {
    const [headA, headB] = [this.#word(a, 'phoneHead'), this.#word(b, 'phoneHead')]
    if (headA === 0 || headB === 0) return 0
    const isHashed = headA === HASHED_PHONE || headB === HASHED_PHONE
    if (isHashed || isOneSlip(this.#mobile(a), this.#mobile(b)))
      return worth.unequal[PLACE.phone] ?? 0
    return worth.levels[PLACE.phone]?.at(-1) ?? 0
  }

  #birthdayAtBest(worth: Worth, a: number, b: number): number {
    const [left, right] = [this.#word(a, 'birthday'), this.#word(b, 'birthday')]
    if (left === 0 || right === 0) return 0
    const level = left === right ? 0 : birthdayLevel(String(left), String(right))
    return worth.levels[PLACE.birthday]?.[level] ?? 0
  }

  #mobile(record: number): string {
    const tail = String(this.#word(record, 'phoneTail'))
    return `${String(this.#word(record, 'phoneHead'))}${tail.padStart(4, '0')}`
  }

  #word(record: number, word: keyof typeof WORD): number {
    return this.#words[record * WORDS + WORD[word]] ?? 0
  }
}

/** A text as a word; 0 is what is not told. */
function told(text: string): number {
  return hash32(text, SEED) || 1
}
