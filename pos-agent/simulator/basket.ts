import { fen, type Fen } from '@huike/shared/quantities'
import { catalogueOf, type Product, type Trade } from './catalogue.js'
import type { SeededRandom } from './random.js'
import {
  lineAmountFen,
  sumFen,
  type PaymentMethod,
  type TillDocument,
  type TillLine,
  type TillMember,
} from './till-document.js'

// What one shopper buys, saves and pays with: pure but for the chance that is handed in.

const LINES_MAX = 8
const QUANTITY_MAX = 3
const WEIGHT_GRAMS_MIN = 180
const WEIGHT_GRAMS_MAX = 2600
const LINE_DISCOUNT_SHARE = 0.3
const RECEIPT_DISCOUNT_SHARE = 0.25
const MEMBER_SHARE = 0.2
const FEN_PER_YUAN = 100
/** Notes a shopper hands over: the next multiple of one of these. */
const NOTES_FEN = [100, 1000, 5000, 10_000]

export type Basket = Pick<
  TillDocument,
  'lines' | 'subtotalFen' | 'discounts' | 'totalFen' | 'payments' | 'changeFen' | 'member'
>

/** Fills one basket of a trade. */
export function fillBasket(trade: Trade, random: SeededRandom): Basket {
  const goods = [...catalogueOf(trade)]
  const lines: TillLine[] = []
  for (let left = random.whole(1, LINES_MAX); left > 0; left -= 1) {
    const [product] = goods.splice(random.whole(0, goods.length - 1), 1)
    if (product) lines.push(takeLine(product, trade, random))
  }
  const subtotalFen = sumFen(lines.map((line) => line.amountFen))
  const discounts = takeDiscounts(subtotalFen, random)
  const off = sumFen(discounts.map((discount) => discount.amountFen))
  const totalFen = fen(subtotalFen - off)
  const { payments, changeFen } = pay(totalFen, random)
  const member = random.chance(MEMBER_SHARE) ? someMember(totalFen, random) : null
  return { lines, subtotalFen, discounts, totalFen, payments, changeFen, member }
}

function takeLine(product: Product, trade: Trade, random: SeededRandom): TillLine {
  const { name, code, unit, unitPriceFen } = product
  const quantity = product.isWeighed
    ? random.whole(WEIGHT_GRAMS_MIN, WEIGHT_GRAMS_MAX) / 1000
    : random.whole(1, QUANTITY_MAX)
  const fullFen = lineAmountFen(unitPriceFen, quantity)
  const isReduced = trade === 'beauty' && random.chance(LINE_DISCOUNT_SHARE)
  const discountFen = fen(isReduced ? Math.round(fullFen * 0.1) : 0)
  const amountFen = fen(fullFen - discountFen)
  return { name, code, quantity, unit, unitPriceFen, discountFen, amountFen }
}

function takeDiscounts(subtotalFen: Fen, random: SeededRandom): TillDocument['discounts'] {
  if (!random.chance(RECEIPT_DISCOUNT_SHARE) || subtotalFen < 10 * FEN_PER_YUAN) return []
  const odd = subtotalFen % FEN_PER_YUAN
  return random.pick([
    [{ label: '会员优惠', amountFen: fen(Math.round(subtotalFen * 0.05)) }],
    [{ label: '优惠券抵扣', amountFen: fen(5 * FEN_PER_YUAN) }],
    odd > 0 ? [{ label: '抹零', amountFen: fen(odd) }] : [],
  ])
}

function pay(totalFen: Fen, random: SeededRandom): Pick<TillDocument, 'payments' | 'changeFen'> {
  const noChange = fen(0)
  const method = random.pick<PaymentMethod | 'mixed'>([
    ...(['wechat', 'wechat', 'wechat', 'wechat', 'alipay', 'alipay'] as const),
    ...(['cash', 'cash', 'cash', 'card', 'mixed'] as const),
  ])
  if (method === 'mixed' && totalFen > 2 * FEN_PER_YUAN) {
    const cashFen = fen(Math.floor(totalFen / 2 / FEN_PER_YUAN) * FEN_PER_YUAN)
    const restFen = fen(totalFen - cashFen)
    return {
      payments: [
        { method: 'cash', amountFen: cashFen },
        { method: 'wechat', amountFen: restFen },
      ],
      changeFen: noChange,
    }
  }
  if (method !== 'cash' && method !== 'mixed')
    return { payments: [{ method, amountFen: totalFen }], changeFen: noChange }
  const note = random.pick(NOTES_FEN)
  const handedFen = fen(Math.ceil(totalFen / note) * note)
  return {
    payments: [{ method: 'cash', amountFen: handedFen }],
    changeFen: fen(handedFen - totalFen),
  }
}

function someMember(totalFen: Fen, random: SeededRandom): TillMember {
  const head = random.pick(['138', '139', '150', '177', '186', '199'])
  const last4 = String(random.whole(0, 9999)).padStart(4, '0')
  const pointsEarned = Math.floor(totalFen / FEN_PER_YUAN)
  const pointsTotal = pointsEarned + random.whole(0, 5000)
  return { phoneMasked: `${head}****${last4}`, pointsEarned, pointsTotal }
}
