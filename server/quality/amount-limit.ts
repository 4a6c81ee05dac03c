// From which amount on a sale of a store can hardly be true. Amounts are skewed, so their logarithms
// are measured: the middle is the median, the width the median absolute deviation times 1.4826, which
// is the standard deviation where the logarithms are normal. Both stand as they are with up to half
// of the values wrong. F. R. Hampel, "The influence curve and its role in robust estimation", JASA 69
// (1974) 383–393; B. Iglewicz and D. Hoaglin, "How to detect and handle outliers" (1993).

/** MAD to standard deviation, of a normal distribution. */
const MAD_TO_DEVIATION = 1.4826
/** Of fewer sales the middle is not known well enough to blame anybody by. */
export const SALES_MIN = 30
/** A store whose sales are nearly all alike would flag each that is not: at least this width. */
const DEVIATION_MIN = 0.1

/** The amount above which a sale is flagged, in fen; null of too few. Amounts are above zero. */
export function amountLimitFen(amountsFen: readonly number[], deviations: number): number | null {
  if (amountsFen.length < SALES_MIN) return null
  const logs = amountsFen.map((amountFen) => Math.log(amountFen))
  const middle = median(logs)
  const deviation = MAD_TO_DEVIATION * median(logs.map((log) => Math.abs(log - middle)))
  return Math.ceil(Math.exp(middle + deviations * Math.max(deviation, DEVIATION_MIN)))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  const [low = 0, high = low] = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1)
  return (low + high) / 2
}
