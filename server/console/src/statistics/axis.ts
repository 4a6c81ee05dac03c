import { count } from '../format.js'
import { statisticsStrings as words } from './strings.js'

const YUAN_FEN = 100
const TEN_THOUSAND = 10_000

/** Money beside an axis, where there is little room: `¥800`, `¥1.2万`. */
export function axisMoney(fen: number): string {
  const yuan = fen / YUAN_FEN
  if (yuan < TEN_THOUSAND) return words.yuan(count(Math.round(yuan)))
  const tenThousands = Math.round((yuan / TEN_THOUSAND) * 10) / 10
  return words.tenThousand(String(tenThousands))
}
