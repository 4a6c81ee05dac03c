// How alike two texts are. Pure, and quick enough for millions of comparisons.

/** Weight of a common beginning, and how much of it counts (Winkler 1990). */
const PREFIX_SCALE = 0.1
const PREFIX_MAX = 4

/**
 * Jaro–Winkler similarity: 1 for equal texts, 0 for nothing in common.
 * W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules", 1990.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1
  const jaro = jaroOf(a, b)
  let prefix = 0
  while (prefix < PREFIX_MAX && prefix < a.length && a[prefix] === b[prefix]) prefix += 1
  return jaro + prefix * PREFIX_SCALE * (1 - jaro)
}

/**
 * Whether one slip of the hand makes `b` out of `a`: a character changed, left out or put in, or two
 * neighbours swapped. Equal texts are not one slip apart.
 */
export function isOneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1
    endB -= 1
  }
  const leftA = endA - start
  const leftB = endB - start
  if (leftA <= 1 && leftB <= 1) return true
  return leftA === 2 && leftB === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

/** Whether the characters of `part` appear in `whole` in their order. */
export function isWithin(part: string, whole: string): boolean {
  let next = 0
  for (const character of whole) if (character === part[next]) next += 1
  return next === part.length
}

function jaroOf(a: string, b: string): number {
  if (a.length === 0 || b.length === 0) return 0
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const isTakenB = new Uint8Array(b.length)
  const matchedA: string[] = []
  for (let i = 0; i < a.length; i += 1) {
    const last = Math.min(b.length - 1, i + reach)
    for (let j = Math.max(0, i - reach); j <= last; j += 1) {
      if (isTakenB[j] === 1 || a[i] !== b[j]) continue
      isTakenB[j] = 1
      matchedA.push(a[i] ?? '')
      break
    }
  }
  const matches = matchedA.length
  if (matches === 0) return 0
  let misplaced = 0
  let k = 0
  for (let j = 0; j < b.length; j += 1) {
    if (isTakenB[j] !== 1) continue
    if (b[j] !== matchedA[k]) misplaced += 1
    k += 1
  }
  return (matches / a.length + matches / b.length + (matches - misplaced / 2) / matches) / 3
}
