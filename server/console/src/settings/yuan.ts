import { fen, type Fen } from '@huike/shared/quantities'

const YUAN_FEN = 100
const YUAN_MAX = 10_000_000

/** An amount as an owner types it, in whole yuan from 1 to ten million; null when it is none. */
export function fenOfYuan(text: string): Fen | null {
  const isAmount = /^[1-9]\d{0,7}$/.test(text) && Number(text) <= YUAN_MAX
  return isAmount ? fen(Number(text) * YUAN_FEN) : null
}

/** The same amount as it stands in its field. */
export function yuanOfFen(amountFen: Fen): string {
  return String(amountFen / YUAN_FEN)
}
