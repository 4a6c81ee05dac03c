import type { LevelScheme } from '@huike/shared/contracts/levels'
import { levelFor, rankOf } from '@huike/shared/levels'

// The level somebody would have if a draft were in force instead of the scheme that is. Decided as the
// book decides what is left of a level: by the growth of the period that counts now, or by that of the
// period by which the present level was reached or last kept, which proves no more than that level.
// Where the draft comes to what the scheme in force comes to, the level stays what it is: it may stand
// on something that no scheme asks about, such as a scheme of before that asked less.

type Levels = Pick<LevelScheme, 'levels'>

/** Growth by the terms of one scheme. */
export interface TriedGrowth {
  /** Of its period, seen from now. */
  now: number
  /** Of the period by which the present level was reached or last kept. */
  reached: number
}

/** A scheme, and what somebody's growth is by it. */
export interface TriedScheme {
  scheme: Levels
  growth: TriedGrowth
}

/** The code of the level under the draft; `levelCode` is the present one. */
export function triedLevel(
  levelCode: string,
  { published, draft }: { published: TriedScheme; draft: TriedScheme },
): string {
  const merited = meritedLevel(levelCode, draft)
  return merited === meritedLevel(levelCode, published) ? levelCode : merited
}

function meritedLevel(levelCode: string, { scheme, growth }: TriedScheme): string {
  const rank = (code: string) => rankOf(scheme, code)
  const now = levelFor(scheme, growth.now).code
  const reached = levelFor(scheme, growth.reached).code
  const proven = rank(reached) > rank(levelCode) ? levelCode : reached
  return rank(proven) > rank(now) ? proven : now
}
