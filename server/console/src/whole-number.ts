/** The whole number that was typed, also in full-width digits; null when it is none within the ends. */
export function wholeNumber(
  typed: string,
  [least, most]: readonly [number, number],
): number | null {
  const text = typed.normalize('NFKC').trim()
  const value = /^\d{1,10}$/.test(text) ? Number(text) : -1
  return value >= least && value <= most ? value : null
}
