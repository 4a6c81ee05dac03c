import { FEN_MAX, type Fen } from '@huike/shared/quantities'

// Numbers as they stand on a receipt, each with what surrounds it: a currency sign, a unit, a sign
// before or after. Dates, phone numbers, codes and whatever hangs on a letter are not numbers.

export interface PrintedNumber {
  /** As decimals: `-4.5`, `0.986`. */
  value: number
  /** Money in fen where it could be an amount (at most two significant decimals), else null. */
  fen: Fen | null
  decimals: number
  /** A currency sign or 元 stands with it. */
  isMoney: boolean
  /** 件, 份, kg… directly behind it. */
  unit: string | null
  start: number
  end: number
}

const NUMBER =
  /(?<![A-Za-z0-9.*#_/\\])([-+]?)\s?(?:[¥$€£]|RMB|CNY)?\s{0,2}([-+]?)(\d{1,3}(?:,\d{3})+(?!\d)|\d{1,9})(\.\d{1,4})?(?![\d.]*\d)(元|圆|块|%|折|分(?!钟)|积分|[点]|件|个|份|项|种|品|张|次|人|位|杯|瓶|盒|包|袋|斤|公斤|千克|克|支|条|只|套|箱|桶|罐|碗|盘|壶|串|块|本|双|台|pcs|pc|kg|g|ml|l)?(-(?![\w-]))?/gi
const MONEY_SIGN = /[¥$€£]|RMB|CNY/i
const MONEY_UNIT = /^(?:元|圆|块)$/

/** All numbers of a folded text, left to right. */
export function findNumbers(folded: string): PrintedNumber[] {
  const numbers: PrintedNumber[] = []
  for (const match of folded.matchAll(NUMBER)) {
    const [whole, before = '', inner = '', integer = '', fraction = '', unit = '', after] = match
    const end = match.index + whole.length
    if (hangsOnWord(folded, end, unit)) continue
    const negative = before === '-' || inner === '-' || after === '-'
    const digits = `${negative ? '-' : ''}${integer.replaceAll(',', '')}${fraction}`
    const start = match.index + whole.search(/\S/)
    numbers.push({
      value: Number(digits),
      fen: fenOfDecimal(digits),
      decimals: Math.max(0, fraction.length - 1),
      isMoney: MONEY_SIGN.test(whole) || MONEY_UNIT.test(unit),
      unit: unit === '' || MONEY_UNIT.test(unit) ? null : unit,
      start,
      end,
    })
  }
  return numbers
}

/** `12.5` → 1250; null when it has more than two significant decimals or is not an amount. */
export function fenOfDecimal(decimal: string): Fen | null {
  const match = /^([-+]?)(\d{1,9})(?:\.(\d{0,2})0*)?$/.exec(decimal.trim())
  if (!match) return null
  const fen = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  if (fen > FEN_MAX) return null
  return (match[1] === '-' && fen !== 0 ? -fen : fen) as Fen
}

/** round(quantity × price) in fen: half a fen is rounded up, as tills do. */
export function lineAmountFen(quantity: number, unitPriceFen: number): number {
  const exact = Number((Math.abs(quantity) * Math.abs(unitPriceFen)).toFixed(4))
  return Math.sign(quantity) * Math.sign(unitPriceFen) * Math.floor(exact + 0.5)
}

/** Blanks what holds digits but is no number: dates, times, masked phones, long codes. */
export function withoutCodes(folded: string): string {
  return folded
    .replace(/满\d+元?(?:立?减|打|送)\d+(?:\.\d+)?元?/g, (rule) => rule.replace(/[\d.]/g, ' '))
    .replace(/\d+(?:\.\d+)?\s*[折%]/g, (rate) => rate.replace(/[\d.]/g, ' '))
    .replace(/\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?/g, blank)
    .replace(/\d{1,2}:\d{2}(?::\d{2})?/g, blank)
    .replace(/\d*\*{2,}\d*/g, blank)
    .replace(/(?<![\d.,])\d{8,}(?![\d.])/g, blank)
    .replace(/[A-Za-z]+[-_]?\d[\w-]*/g, (code) =>
      /^(?:x|rmb|cny)\d/i.test(code) ? code : blank(code),
    )
    .replace(/\d+(?:-\d+){2,}/g, blank)
}

function blank(text: string): string {
  return ' '.repeat(text.length)
}

/** `330ml`, `4K电视`: digits that are part of a word. A unit we know may end the word. */
function hangsOnWord(folded: string, end: number, unit: string): boolean {
  const next = folded[end] ?? ''
  if (/[A-Za-z0-9*_]/.test(next)) return next !== 'x' && next !== 'X' && next !== '*'
  return unit === '' && next === '.' && /\d/.test(folded[end + 1] ?? '')
}
