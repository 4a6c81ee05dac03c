import { count, dateTime } from './format.js'

// What is published in versions, as every page says it: since when a version holds, and by whom.

export interface Stated {
  state: 'past' | 'now' | 'coming' | 'withdrawn'
  effectiveFromMs: number | null
  publishedAtMs: number | null
  publishedBy: string | null
}

/** `第 2 版`. */
export function versionName(version: number): string {
  return `第 ${count(version)} 版`
}

/** Who published or withdrew it; who has left has no name. */
export function staffName(name: string | null): string {
  return name ?? '已不在名单里的员工'
}

/** `2026-05-01 00:00 起 · 王总 2026-04-30 09:05 发布`; `first` of the one before all. */
export function sinceWords(version: Omit<Stated, 'state'>, first: string): string {
  const { effectiveFromMs, publishedAtMs, publishedBy } = version
  if (effectiveFromMs === null || publishedAtMs === null) return first
  return `${dateTime(effectiveFromMs)} 起 · ${staffName(publishedBy)} ${dateTime(publishedAtMs)} 发布`
}

/** `第 2 版已发布`. */
export function publishedWords(version: number): string {
  return `${versionName(version)}已发布`
}
