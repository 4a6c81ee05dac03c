import type { EarningVersion } from '@huike/shared/contracts/console-points'
import { count, dateTime } from '../format.js'
import { sinceWords as versionSince, staffName } from '../version-words.js'
import { editorStrings, pointsStrings as words } from './strings.js'

export type Version = EarningVersion

/** Since when a version holds, who published it, and who withdrew it before it held. */
export function sinceWords(version: Omit<Version, 'rule'>): string {
  const { withdrawnAtMs, withdrawnBy } = version
  const since = versionSince(version, words.first)
  if (withdrawnAtMs === null) return since
  return `${since} · ${words.withdrawnBy(staffName(withdrawnBy), dateTime(withdrawnAtMs))}`
}

/**
 * What publishing does beside the versions that are to come anyway. `startMs` is from when the new
 * version holds, null for now; where two begin together, the one published later holds.
 */
export function promiseWords(versions: readonly Version[], startMs: number | null): string[] {
  const coming = versions
    .flatMap(({ rule, state, effectiveFromMs: atMs }) =>
      state === 'coming' && atMs !== null ? [{ name: count(rule.version), atMs }] : [],
    )
    .sort((one, other) => one.atMs - other.atMs)
  return [
    startMs === null ? editorStrings.promiseNow : editorStrings.promiseFrom(dateTime(startMs)),
    ...coming
      .filter(({ atMs }) => startMs !== null && atMs < startMs)
      .map(({ name, atMs }) => editorStrings.untilThen(name, dateTime(atMs))),
    ...coming
      .filter(({ atMs }) => startMs === null || atMs > startMs)
      .map(({ name, atMs }) => editorStrings.takenOver(name, dateTime(atMs))),
    editorStrings.promiseRest,
  ]
}
