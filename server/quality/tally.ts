import {
  wantsHigh,
  SHARE_WHOLE,
  type QualityEvidence,
  type QualityFigureCode,
  type QualityIssueKind,
} from '@huike/shared/contracts/console-quality'
import { NOTHING_DRAWN, type Drawn } from './chance-draw.js'
import { OTHER_SOURCES, SOURCES_MAX } from './sources.js'

// What a run has counted so far. It moves with the place in the commit of each step, so that a run
// which another server goes on with has counted every row once.

/** Part and whole, by `code|group`. */
export type Shares = Record<string, [part: number, whole: number]>

export interface Tally {
  shares: Shares
  /** Doubts that were listed, by kind. */
  listed: Partial<Record<QualityIssueKind, number>>
  drawn: Drawn
}

export const NOTHING_COUNTED: Tally = { shares: {}, listed: {}, drawn: NOTHING_DRAWN }

/** Something doubtful that a step came by. */
export interface Doubt {
  kind: QualityIssueKind
  subjectId: string
  storeId: string | null
  memberId: string | null
  otherMemberId: string | null
  evidence: QualityEvidence
}

/** The name of a share: `group` is empty for all. */
export function shareKey(code: QualityFigureCode, group = ''): string {
  return `${code}|${group}`
}

/** What a share is of. */
export function shareOf(key: string): { code: QualityFigureCode; group: string } {
  const [code = '', group = ''] = key.split('|', 2)
  return { code: code as QualityFigureCode, group }
}

/** Both together. */
export function addShares(one: Shares, other: Shares): Shares {
  const sum: Shares = { ...one }
  for (const [name, [part, whole]] of Object.entries(other)) {
    const key = isOneTooMany(sum, name)
      ? shareKey(shareOf(name).code, `source:${OTHER_SOURCES}`)
      : name
    const [partBefore, wholeBefore] = sum[key] ?? [0, 0]
    sum[key] = [partBefore + part, wholeBefore + whole]
  }
  return sum
}

/** Groups are bounded: a source more than fits is counted with the others. */
function isOneTooMany(shares: Shares, key: string): boolean {
  const { code, group } = shareOf(key)
  if (group === '' || shares[key] !== undefined) return false
  const groups = Object.keys(shares).filter((one) => one.startsWith(`${code}|s`))
  return groups.length >= SOURCES_MAX && group.startsWith('source:')
}

/** Does a share keep its threshold, in ten-thousandths? Null without one, and of nothing. */
export function passes(
  code: QualityFigureCode,
  [part, whole]: readonly [part: number, whole: number],
  threshold: number | null,
): boolean | null {
  if (threshold === null || whole === 0) return null
  const scaled = part * SHARE_WHOLE
  return wantsHigh(code) ? scaled >= threshold * whole : scaled <= threshold * whole
}
