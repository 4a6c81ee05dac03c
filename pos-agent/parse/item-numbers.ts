import { fenOfDecimal, lineAmountFen } from './amounts.js'
import type { ColumnName } from './item-columns.js'

// The numbers behind an item's name, in whatever order the till prints them, told apart by the
// header and by arithmetic: quantity × price = amount.

/** A number word of an item line. */
export interface ItemNumber {
  text: string
  value: number
  decimals: number
  /** Written as a count: x2, 2份, ×3. */
  isCount: boolean
  /** Written as a price: @3.00, ¥3.00/斤. */
  isPrice: boolean
  /** Written as money: ¥, 元. */
  isMoney: boolean
  /** Written as a rate: 8折, 95%. */
  isRate: boolean
  unit: string | null
}

export interface ItemReading {
  quantity: number | null
  unit: string | null
  unitPriceFen: number | null
  amountFen: number
  /** quantity × price = amount was seen to hold; null where there was nothing to check. */
  agrees: boolean | null
}

const ROUNDING_FEN_MAX = 1
const COUNT_VALUE_MAX = 9_999

/** Tells quantity, price and amount apart; null when the numbers cannot be an item. */
export function readItemNumbers(
  numbers: readonly ItemNumber[],
  columns: readonly ColumnName[] | null,
): ItemReading | null {
  if (numbers.length === 0) return null
  const byHeader = columns && readByHeader(numbers, columns)
  if (byHeader && byHeader.agrees !== false) return byHeader
  const amounts = numbers.filter(({ isRate }) => !isRate)
  return readByArithmetic(amounts) ?? byHeader ?? readByPosition(amounts)
}

function readByHeader(
  numbers: readonly ItemNumber[],
  columns: readonly ColumnName[],
): ItemReading | null {
  const numeric = columns.filter((column) => !['name', 'code', 'unit'].includes(column))
  if (numeric.length !== numbers.length) return null
  const at = (column: ColumnName): ItemNumber | undefined => numbers[numeric.indexOf(column)]
  const [quantity, price, amount] = [at('quantity'), at('price'), at('amount')]
  const amountFen = amount && fenOf(amount)
  const unitPriceFen = price ? fenOf(price) : null
  const unit = quantity?.unit ?? null
  if (amountFen == null) {
    if (amount || unitPriceFen === null || !quantity) return null
    const product = lineAmountFen(quantity.value, unitPriceFen)
    return { quantity: quantity.value, unit, unitPriceFen, amountFen: product, agrees: null }
  }
  const discount = at('discount')
  const agrees =
    quantity && unitPriceFen !== null
      ? isProduct(quantity.value, unitPriceFen, amountFen) ||
        (discount !== undefined && isDiscounted(quantity.value, unitPriceFen, amountFen, discount))
      : null
  return { quantity: quantity?.value ?? 1, unit, unitPriceFen, amountFen, agrees }
}

/** Looks for quantity × price = amount, the amount being the last number where possible. */
function readByArithmetic(numbers: readonly ItemNumber[]): ItemReading | null {
  const amounts = [...numbers.keys()].reverse()
  for (const a of amounts) {
    const amount = numbers[a]
    const amountFen = amount && !amount.isCount && !amount.isPrice ? fenOf(amount) : null
    if (amountFen === null) continue
    for (const [q, quantity] of numbers.entries()) {
      if (q === a || quantity.isMoney || quantity.isPrice) continue
      const price = numbers.find(
        (number, p) => p !== a && p !== q && isPriceFor(number, quantity, amountFen),
      )
      if (!price || !isLikelyQuantity(quantity, price)) continue
      const unitPriceFen = fenOf(price)
      return {
        quantity: quantity.value,
        unit: quantity.unit,
        unitPriceFen,
        amountFen,
        agrees: true,
      }
    }
  }
  return null
}

/** Nothing agrees: the last number is the amount, a count is the quantity, another the price. */
function readByPosition(numbers: readonly ItemNumber[]): ItemReading | null {
  const amount = [...numbers].reverse().find(({ isCount, isPrice }) => !isCount && !isPrice)
  const amountFen = amount ? fenOf(amount) : null
  if (!amount || amountFen === null) return fromPriceAndCount(numbers)
  const others = numbers.filter((number) => number !== amount)
  const quantity = others.find(({ isCount }) => isCount) ?? others.find(isPlainCount)
  const price = others.find((number) => number !== quantity && !number.isCount)
  return {
    quantity: quantity?.value ?? (others.length === 0 ? 1 : null),
    unit: quantity?.unit ?? null,
    unitPriceFen: price ? fenOf(price) : null,
    amountFen,
    agrees: quantity && price ? false : null,
  }
}

/** `3.00 x2` without an amount. */
function fromPriceAndCount(numbers: readonly ItemNumber[]): ItemReading | null {
  const count = numbers.find(({ isCount }) => isCount)
  const price = numbers.find((number) => number !== count && fenOf(number) !== null)
  const unitPriceFen = price ? fenOf(price) : null
  if (!count || unitPriceFen === null) return null
  const amountFen = lineAmountFen(count.value, unitPriceFen)
  return { quantity: count.value, unit: count.unit, unitPriceFen, amountFen, agrees: null }
}

function isPriceFor(price: ItemNumber, quantity: ItemNumber, amountFen: number): boolean {
  const priceFen = price.isCount ? null : fenOf(price)
  return priceFen !== null && isProduct(quantity.value, priceFen, amountFen)
}

/** Of two factors the count is the whole number, or the one with three decimals, or the first. */
function isLikelyQuantity(quantity: ItemNumber, price: ItemNumber): boolean {
  if (quantity.isCount || price.isMoney || price.isPrice) return true
  if (quantity.decimals === price.decimals) return true
  if (quantity.decimals === 0 || quantity.decimals === 3) return true
  return price.decimals === 2 && quantity.decimals !== 2
}

export function isProduct(quantity: number, priceFen: number, amountFen: number): boolean {
  return Math.abs(lineAmountFen(quantity, priceFen) - amountFen) <= ROUNDING_FEN_MAX
}

function isDiscounted(q: number, priceFen: number, amountFen: number, by: ItemNumber): boolean {
  const gross = lineAmountFen(q, priceFen)
  const rate = by.value > 10 ? by.value / 100 : by.value > 1 ? by.value / 10 : by.value
  const off = Math.abs(fenOf(by) ?? 0)
  return [gross - off, Math.round(gross * rate), gross - off * q].some(
    (fen) => Math.abs(fen - amountFen) <= ROUNDING_FEN_MAX,
  )
}

function isPlainCount(number: ItemNumber): boolean {
  return number.decimals === 0 && !number.isMoney && Math.abs(number.value) <= COUNT_VALUE_MAX
}

function fenOf(number: ItemNumber): number | null {
  return fenOfDecimal(number.text)
}
