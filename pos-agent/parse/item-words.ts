import { withoutLeaders } from './line-cells.js'
import type { ItemNumber } from './item-numbers.js'

// The words of an item line: what belongs to the name and what are its numbers. Prices and
// amounts stand at the right, the name before them; some tills print the numbers first.

export interface ItemWords {
  /** Offsets of the name in the line; empty when the line has only numbers. */
  nameStart: number
  nameEnd: number
  numbers: ItemNumber[]
  /** The first number follows the name after a single space, so it may end the name: `Item 1`. */
  firstIsClose: boolean
  code: string | null
}

interface Word {
  text: string
  start: number
  end: number
  numbers: ItemNumber[] | null
}

const COUNT_UNIT =
  '件|个|份|项|张|杯|瓶|盒|包|袋|支|条|只|套|箱|桶|罐|碗|盘|壶|串|块|本|双|台|扎|打|例|客|根|粒|听|听装|pcs|pc|ea'
const WEIGHT_UNIT = '公斤|千克|市斤|斤|两|克|kg|g|lb|升|毫升|米'
const PART = new RegExp(
  `([xX×*@=/])?([-+]?(?:[¥$€£]|RMB|CNY)?[-+]?\\d[\\d,]*(?:\\.\\d+)?)(?:(元|圆)|(${COUNT_UNIT}|${WEIGHT_UNIT}))?(-$)?`,
  'iy',
)
const UNIT_WORD = new RegExp(`^(?:${COUNT_UNIT}|${WEIGHT_UNIT}|标准|\\p{Script=Han})$`, 'iu')
const PER_UNIT = new RegExp(`/(?:${COUNT_UNIT}|${WEIGHT_UNIT})$`, 'i')
const RUN_TOGETHER = /(\d+\.\d{2})(?=\d+\.\d{2}(?:\D|$))/g
const CODE = /^\d{5,14}$|^(?=[A-Z0-9-]*\d)[A-Z0-9-]{4,20}$/
const RATE = /^\d{1,3}(?:\.\d{1,2})?[折%]$/
const TAX_FLAG = /^[A-Z*#]$/

/** Splits a folded line into its name and its numbers; null when it has no numbers. */
export function readItemWords(folded: string): ItemWords | null {
  const line = withoutLeaders(folded)
  const words = wordsOf(line)
  while (words.length > 1 && TAX_FLAG.test(words.at(-1)?.text ?? '')) words.pop()
  const from = numbersFrom(words)
  if (from < words.length) return trailing(words, from)
  return leading(words)
}

function trailing(words: readonly Word[], from: number): ItemWords {
  const numbers = collect(words.slice(from))
  const name = words.slice(0, from)
  const [first, last] = [name[0], name.at(-1)]
  const next = words[from]
  if (!first || !last) {
    const code = next && from === 0 && words.length > 1 && CODE.test(next.text) ? next.text : null
    const rest = code === null ? numbers : collect(words.slice(1))
    return { nameStart: 0, nameEnd: 0, numbers: rest, firstIsClose: false, code }
  }
  const gap = (next?.start ?? last.end) - last.end
  return { nameStart: first.start, nameEnd: last.end, numbers, firstIsClose: gap <= 1, code: null }
}

/** `2 4.50 9.00 name`: at least two numbers before a name. */
function leading(words: readonly Word[]): ItemWords | null {
  let to = 0
  while (to < words.length && words[to]?.numbers) to++
  const [first, last] = [words[to], words.at(-1)]
  const numbers = collect(words.slice(0, to))
  if (numbers.length < 2 || !first || !last) return null
  if (!numbers.some(({ decimals, isMoney }) => decimals === 2 || isMoney)) return null
  return { nameStart: first.start, nameEnd: last.end, numbers, firstIsClose: false, code: null }
}

/** Index of the first word of the run of numbers (and units between them) at the end. */
function numbersFrom(words: readonly Word[]): number {
  let from = words.length
  for (let at = words.length - 1; at >= 0; at--) {
    const word = words[at]
    if (word?.numbers) from = at
    else if (!word || !isUnitBetween(word, words[at - 1]) || at === 0) break
  }
  return from
}

function isUnitBetween(word: Word, before: Word | undefined): boolean {
  return (
    before?.numbers != null &&
    (UNIT_WORD.test(word.text) || /^(?:元|圆|¥|\$|=|x|×|\*)$/i.test(word.text))
  )
}

function collect(words: readonly Word[]): ItemNumber[] {
  const numbers: ItemNumber[] = []
  for (const word of words) {
    const last = numbers.at(-1)
    if (word.numbers) numbers.push(...word.numbers)
    else if (last && UNIT_WORD.test(word.text)) {
      last.unit = word.text
      last.isCount = true
    } else if (last && /^[元圆]$/.test(word.text)) last.isMoney = true
  }
  return numbers
}

function wordsOf(line: string): Word[] {
  const spaced = line.replace(RUN_TOGETHER, '$1 ')
  // Splitting numbers that run together moves offsets, but only behind the name.
  return [...spaced.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
    numbers: numbersIn(match[0]),
  }))
}

/** The numbers a word consists of (`3x3.00`, `x2`, `¥4.50`, `2份`); null when it has other text. */
function numbersIn(word: string): ItemNumber[] | null {
  if (RATE.test(word)) return [rateNumber(word)]
  const isPerUnit = PER_UNIT.test(word)
  const text = isPerUnit ? word.replace(PER_UNIT, '') : word
  const numbers: ItemNumber[] = []
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text)
    if (!part) return null
    numbers.push(itemNumber(part, numbers.length === 0))
  }
  const last = numbers.at(-1)
  if (last && isPerUnit) last.isPrice = true
  return numbers.length === 0 ? null : numbers
}

function itemNumber(part: RegExpExecArray, isFirst: boolean): ItemNumber {
  const [, joiner = '', printed = '', yuan, unit, minus] = part
  const digits = printed.replace(/[^\d.]/g, '')
  const negative = printed.includes('-') || minus !== undefined
  const text = `${negative ? '-' : ''}${digits}`
  return {
    text,
    value: Number(text),
    decimals: digits.includes('.') ? digits.length - digits.indexOf('.') - 1 : 0,
    isCount: unit !== undefined || (isFirst && /^[xX×*]$/.test(joiner)),
    isPrice: joiner === '@',
    isMoney: yuan !== undefined || /[¥$€£]|RMB|CNY/i.test(printed),
    isRate: false,
    unit: unit ?? null,
  }
}

function rateNumber(word: string): ItemNumber {
  const text = word.slice(0, -1)
  const flags = { isCount: false, isPrice: false, isMoney: false, isRate: true }
  return { text, value: Number(text), decimals: 0, ...flags, unit: null }
}
