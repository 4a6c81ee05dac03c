import { FEN_MAX } from '@huike/shared/quantities'
import {
  lineAmount,
  MILLI_PER_FEN,
  MILLI_PER_PIECE,
  milliFenOf,
  quantityMilliOf,
  roundedFen,
} from './field-values.js'
import type { CellsOf } from './person.js'
import { reject, type RowProblem } from './row-problem.js'

// A row of an order as a line of goods, signed as the file has it.

const NAME_CHARACTERS_MAX = 200
const CODE_CHARACTERS_MAX = 64
const QUANTITY_MILLI_MAX = 1_000_000_000

export interface OrderLine {
  name: string
  code: string | null
  quantityMilli: number
  unitPriceFen: number | null
  amountFen: number
  /** The row says neither an amount nor a price. */
  isPriceless: boolean
  roundingMilliFen: number
}

/** Reads the goods of a row; null for a row without any. */
export function lineOf(cells: CellsOf): { ok: true; line: OrderLine | null } | RowProblem {
  const [name, code] = [cut(cells('itemName'), NAME_CHARACTERS_MAX), cells('itemCode')]
  const [amountCell, priceCell] = [cells('amount'), cells('unitPrice')]
  if ([name, code, amountCell, priceCell].every((cell) => cell === ''))
    return { ok: true, line: null }
  const quantity = cells('quantity')
  const quantityMilli = quantity === '' ? MILLI_PER_PIECE : quantityMilliOf(quantity)
  if (quantityMilli === null || Math.abs(quantityMilli) > QUANTITY_MILLI_MAX)
    return reject('quantity_invalid')
  const price = priceCell === '' ? null : milliFenOf(priceCell)
  const written = amountCell === '' ? null : milliFenOf(amountCell)
  if ((priceCell !== '' && price === null) || (amountCell !== '' && written === null))
    return reject('amount_invalid')
  const amount =
    written !== null
      ? roundedFen(written)
      : price !== null
        ? lineAmount(price, quantityMilli)
        : { fen: 0, roundingMilliFen: 0 }
  if (Math.abs(amount.fen) > FEN_MAX) return reject('amount_invalid')
  return {
    ok: true,
    line: {
      name: name || cut(code, NAME_CHARACTERS_MAX),
      code: code === '' ? null : cut(code, CODE_CHARACTERS_MAX),
      quantityMilli,
      unitPriceFen: wholeFen(price),
      amountFen: amount.fen,
      isPriceless: written === null && price === null,
      roundingMilliFen: amount.roundingMilliFen,
    },
  }
}

/** A price that is not whole fen is not kept as one: the amount of the line is what was paid. */
function wholeFen(milliFen: number | null): number | null {
  if (milliFen === null || milliFen < 0 || milliFen > FEN_MAX * MILLI_PER_FEN) return null
  return milliFen % MILLI_PER_FEN === 0 ? milliFen / MILLI_PER_FEN : null
}

function cut(text: string, charactersMax: number): string {
  return [...text].slice(0, charactersMax).join('')
}
