// Cells as values: money, quantities, times, words for yes and no, as files of shops write them. Each
// reader answers null for what it does not understand; nothing is guessed.

/** Thousandths of a fen: what a price with up to five decimals of a yuan is exact in. */
export const MILLI_PER_FEN = 1_000
/** Thousandths of a piece. */
export const MILLI_PER_PIECE = 1_000
const MILLI_FEN_PER_YUAN = 100_000
const YUAN_DECIMALS_MAX = 5
const PIECE_DECIMALS_MAX = 3
const WHOLE_DIGITS_MAX = 10

const CURRENCY = /^(?:RMB|CNY|[¥￥$£€])|(?:元|圆|RMB|CNY)$/gi
/** Groups of three, the sign before, after, or as brackets: `1,234.50`, `(3.00)`. */
const AMOUNT = /^([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/

/** Money in yuan as thousandths of a fen, signed; at most five decimals. */
export function milliFenOf(cell: string): number | null {
  return scaled(
    cell.normalize('NFKC').replace(/\s/g, '').replace(CURRENCY, ''),
    YUAN_DECIMALS_MAX,
    MILLI_FEN_PER_YUAN,
  )
}

/** A quantity as thousandths, signed; at most three decimals, a unit behind it is left out. */
export function quantityMilliOf(cell: string): number | null {
  const text = cell
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/^[x×*]/i, '')
  return scaled(
    text.replace(/[件个只瓶盒袋份张条双套包kg斤克]+$/i, ''),
    PIECE_DECIMALS_MAX,
    MILLI_PER_PIECE,
  )
}

function scaled(text: string, decimalsMax: number, unit: number): number | null {
  const inBrackets = /^\((.+)\)$/.exec(text)
  const match = AMOUNT.exec(inBrackets?.[1] ?? text)
  if (!match) return null
  const [, sign = '', whole = '', decimals = ''] = match
  const digits = whole.replaceAll(',', '')
  const kept = decimals.replace(/0+$/, '')
  if (digits.length > WHOLE_DIGITS_MAX || kept.length > decimalsMax) return null
  const value = Number(digits) * unit + Number(kept.padEnd(decimalsMax, '0'))
  return sign === '-' || inBrackets ? -value || 0 : value
}

/** The price of a quantity, rounded half up to the fen, and what rounding added in thousandths. */
export function lineAmount(
  unitPriceMilliFen: number,
  quantityMilli: number,
): { fen: number; roundingMilliFen: number } {
  const product = BigInt(Math.abs(unitPriceMilliFen)) * BigInt(Math.abs(quantityMilli))
  const unit = BigInt(MILLI_PER_FEN * MILLI_PER_PIECE)
  // A refund mirrors its sale: the magnitude is rounded, then signed.
  const magnitude = Number((product * 2n + unit) / (unit * 2n))
  const sign = Math.sign(unitPriceMilliFen) * Math.sign(quantityMilli) < 0 ? -1 : 1
  const addedMicro = Number(BigInt(magnitude) * unit - product)
  return {
    fen: sign * magnitude || 0,
    roundingMilliFen: (sign * addedMicro) / MILLI_PER_PIECE || 0,
  }
}

/** An exact amount rounded half up to the fen, in the same way. */
export function roundedFen(milliFen: number): { fen: number; roundingMilliFen: number } {
  return lineAmount(milliFen, MILLI_PER_PIECE)
}

const DATE_PARTS =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?)?(Z|[+-]\d{2}:?\d{2})?$/
const DIGITS_ONLY = /^(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?$/
const YEAR_MIN = 1900
const YEAR_MAX = 2199

/** A time as a file writes it: on the wall of its shop, or with an offset of its own. */
export interface WrittenTime {
  /** `YYYY-MM-DDTHH:mm:ss`. */
  local: string
  /** Minutes ahead of UTC; null for the shop's own wall. */
  offsetMinutes: number | null
}

/**
 * A time with the year first; the hour is midnight where none is given. The orders of day and month
 * that need guessing (`03/04/2026`) are not read.
 */
export function timeOf(cell: string): WrittenTime | null {
  const text = cell.normalize('NFKC').trim()
  const match = DATE_PARTS.exec(text) ?? DIGITS_ONLY.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const asUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const isReal =
    asUtc.getUTCMonth() === month - 1 &&
    asUtc.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!isReal || year < YEAR_MIN || year > YEAR_MAX) return null
  return { local: asUtc.toISOString().slice(0, 19), offsetMinutes: offsetOf(match[7]) }
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null
  if (zone === 'Z') return 0
  const [, sign = '', hours = '', minutes = ''] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

/** A birthday, `YYYY-MM-DD`; null for one that is no day, or lies after today. */
export function birthdayOf(cell: string, today: string): string | null {
  const day = timeOf(cell)?.local.slice(0, 10)
  return day !== undefined && day <= today ? day : null
}

/** 男 or 女 in the words and numbers of files; null for 未知 and the rest. */
export function genderOf(cell: string): 'female' | 'male' | null {
  const text = cell.normalize('NFKC').trim().toLowerCase()
  if (/^(女|女士|女性|小姐|f|female|2)$/.test(text)) return 'female'
  return /^(男|男士|男性|先生|m|male|1)$/.test(text) ? 'male' : null
}

/** A number that a platform or a member's card hides: `138****5678`. */
export function isMaskedPhone(cell: string): boolean {
  return /^\+?[\d\s-]*[*＊x]{3,}[\d\s-]*$/i.test(cell.trim())
}

/** What a spreadsheet makes of a long number: its last digits are gone. */
export function isDamagedNumber(cell: string): boolean {
  return /^\d(\.\d+)?e\+?\d{2}$/i.test(cell.trim())
}

/** Has a word of a sale or of a refund. */
export function kindOf(cell: string): 'sale' | 'refund' | null {
  const text = cell.normalize('NFKC').trim().toLowerCase()
  if (/退|return|refund|冲红|红冲|credit/.test(text)) return 'refund'
  return /销售|消费|购|订单|普通|正常|交易|sale|order/.test(text) ? 'sale' : null
}

/** An order that was called off or never paid. */
export function isCancelled(status: string): boolean {
  return /取消|关闭|作废|未付款|待付款|等待买家付款|等待付款|未支付|待支付|cancel|void|unpaid|pending payment/i.test(
    status,
  )
}
