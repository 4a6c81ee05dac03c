import { createHash } from 'node:crypto'
import { SAMPLE_SIZE_MAX } from '@huike/shared/contracts/console-quality'
import { OTHER_SOURCES, SOURCES_MAX } from './sources.js'

// Draws by chance while walking past: each row gets a number from the seed and its id, and of each
// source those with the smallest numbers stay. Every row has the same chance, the order of the walk
// does not matter, a walk that is begun again draws the same, and memory holds only who stays.
// (Bottom-k sampling: E. Cohen and H. Kaplan, "Summarizing data using bottom-k sketches", 2007.)

/** One row that may be drawn. */
export interface Candidate {
  id: string
  source: string
  memberId: string
  otherMemberId: string | null
}

/** Who has been drawn so far; plain JSON. */
export interface Drawn {
  /** Source → how many there were to draw from. */
  populations: Record<string, number>
  kept: Record<string, (Candidate & { chance: string })[]>
}

export const NOTHING_DRAWN: Drawn = { populations: {}, kept: {} }

/**
 * Walks past some more; `perSource` of each source stay, or as many as leave room for every source.
 * Room only shrinks as sources are met, so who stays is who would have stayed from the beginning.
 */
export function drawOn(
  before: Drawn,
  candidates: readonly Candidate[],
  { seed, perSource }: { seed: number; perSource: number },
): Drawn {
  const populations = { ...before.populations }
  const kept = { ...before.kept }
  for (const candidate of candidates) {
    const isRoom = Object.keys(populations).length < SOURCES_MAX
    const isKnown = populations[candidate.source] !== undefined
    const source = isKnown || isRoom ? candidate.source : OTHER_SOURCES
    populations[source] = (populations[source] ?? 0) + 1
    const chance = chanceOf(seed, candidate.id)
    const stay = kept[source] ?? []
    const last = stay.at(-1)
    if (stay.length >= perSource && last !== undefined && chance > last.chance) continue
    kept[source] = [...stay, { ...candidate, source, chance }].sort(byChance).slice(0, perSource)
  }
  const room = Math.min(perSource, Math.floor(SAMPLE_SIZE_MAX / Object.keys(kept).length))
  for (const source of Object.keys(kept)) kept[source] = (kept[source] ?? []).slice(0, room)
  return { populations, kept }
}

/** Everybody who was drawn, source by source. */
export function whoWasDrawn({ kept }: Drawn): Candidate[] {
  return Object.keys(kept)
    .sort()
    .flatMap((source) => kept[source] ?? [])
}

const CHANCE_CHARACTERS = 16

function chanceOf(seed: number, id: string): string {
  const hash = createHash('sha256')
    .update(`${String(seed)}|${id}`)
    .digest('hex')
  return hash.slice(0, CHANCE_CHARACTERS)
}

function byChance(a: { chance: string }, b: { chance: string }): number {
  return a.chance < b.chance ? -1 : a.chance > b.chance ? 1 : 0
}
