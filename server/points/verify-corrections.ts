import type { MergeStory } from './merge-story.js'
import type { CausedTransfer } from './source-keys.js'

/** Corrections that do not take back, whole and once, a transfer of the same person and purchase. */
export function wrongCorrections(
  caused: readonly CausedTransfer[],
  merges: MergeStory,
): CausedTransfer[] {
  const isTaken = new Set<string>()
  return caused.filter((one) => {
    if (one.reason !== 'unassigned') return false
    const taken = caused.find(({ id }) => id === one.answersTransferId)
    const isRight =
      taken !== undefined &&
      taken.reason !== 'unassigned' &&
      merges.wereOne(taken.memberId, one.memberId) &&
      taken.points === one.points &&
      taken.toAccount !== one.toAccount &&
      !isTaken.has(taken.id)
    if (taken) isTaken.add(taken.id)
    return !isRight
  })
}

/** How many points transfers moved together. */
export function sumOf(transfers: readonly CausedTransfer[]): number {
  return transfers.reduce((sum, { points }) => sum + points, 0)
}
