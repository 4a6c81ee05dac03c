import type { DatabaseKind } from './databases.js'

/** Whether the long runs are asked for: more of what a short run takes a part of. */
export const IS_LONG = process.env['HUIKE_TEST_LONG'] === '1'

/** In a short run each database takes every other one, all of them between the two. */
export function sharedOut<T>(all: readonly T[], kind: DatabaseKind): readonly T[] {
  const first = kind === 'sqlite' ? 0 : 1
  return IS_LONG ? all : all.filter((_, index) => index % 2 === first)
}

/** Stories of a model move the clock by days each, and instants end with the year 2199. */
const STORIES_PER_SERVER_MAX = 1_000

/** How many stories each server is told, one after the other: all of them, in equal parts. */
export function inParts(stories: number): readonly number[] {
  const parts = Math.ceil(stories / STORIES_PER_SERVER_MAX)
  return Array.from({ length: parts }, () => Math.ceil(stories / parts))
}
