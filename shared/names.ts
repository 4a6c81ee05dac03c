/**
 * A name as a screen in a shop may show it: its first character and a star for each other one, at
 * most MASK_STARS_MAX. By code point, because rare Chinese names lie beyond the basic plane. A name
 * of one character is all star.
 */
export function maskName(name: string): string {
  const [first = '', ...others] = [...name.trim()]
  if (others.length === 0) return first === '' ? '' : '*'
  return first + '*'.repeat(Math.min(others.length, MASK_STARS_MAX))
}

const MASK_STARS_MAX = 3
