/** Where a published version stands: one is in force, the others were or will be. */
export function stateOf(
  version: number,
  effectiveFromMs: number,
  { now, nowMs }: { now: number; nowMs: number },
): 'past' | 'now' | 'coming' {
  if (version === now) return 'now'
  return effectiveFromMs > nowMs ? 'coming' : 'past'
}
