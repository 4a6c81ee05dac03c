// How sure a share is that was seen in a few. The score interval of Edwin B. Wilson, "Probable
// inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212; recommended
// for small samples by Brown, Cai and DasGupta, "Interval estimation for a binomial proportion",
// Statistical Science 16 (2001) 101–133, with coverage that is nominal on average.

/** The 0.975 quantile of the normal distribution: 95 % between both ends. */
export const Z_95 = 1.959963984540054

export interface Interval {
  /** Shares from 0 to 1. */
  share: number
  low: number
  high: number
}

/** The share of `right` among `tried` with its interval; null when nothing was tried. */
export function wilson(right: number, tried: number, z: number = Z_95): Interval | null {
  if (tried === 0) return null
  const share = right / tried
  const square = z * z
  const widened = 1 + square / tried
  const centre = (share + square / (2 * tried)) / widened
  const spread = (share * (1 - share)) / tried + square / (4 * tried * tried)
  const half = (z * Math.sqrt(spread)) / widened
  return {
    share,
    // The ends are exact where nothing, or everything, was right.
    low: right === 0 ? 0 : Math.max(0, centre - half),
    high: right === tried ? 1 : Math.min(1, centre + half),
  }
}
