import type { EarningVersion } from '@huike/shared/contracts/console-points'
import type { EpochMs } from '@huike/shared/quantities'
import type { Rx } from '../../platform/database.js'
import type { PointsRule } from '../../points/points-rule.entity.js'
import type { Published } from '../../points/rule-versions.js'
import type { StaffService } from '../../staff/staff.service.js'

const NUMBER = /^\d{1,9}$/

/** The number of a version in a path; null for what is none. */
export function versionNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null
}

/** Where the number that is in force, and the moment that is now, put a version. */
export interface VersionsNow {
  now: number
  nowMs: number
  /** Who published it, by id. */
  names: ReadonlyMap<string, string>
}

/** When a version holds, and who published it. */
export function versionShown(
  version: number,
  row: Pick<PointsRule, 'effectiveFromMs' | 'publishedAtMs' | 'publishedBy'>,
  { now, nowMs, names }: VersionsNow,
) {
  const isComing = row.effectiveFromMs > nowMs
  return {
    state: version === now ? ('now' as const) : isComing ? ('coming' as const) : ('past' as const),
    effectiveFromMs: row.effectiveFromMs as EpochMs,
    publishedAtMs: row.publishedAtMs as EpochMs,
    publishedBy: names.get(row.publishedBy) ?? null,
  }
}

/** The same of the version before all, which nobody published. */
export function firstShown(first: number, { now }: Pick<VersionsNow, 'now'>) {
  return {
    state: first === now ? ('now' as const) : ('past' as const),
    ...{ effectiveFromMs: null, publishedAtMs: null, publishedBy: null },
  }
}

/**
 * Every version, the newest first, the one before all last, with who published and withdrew it;
 * `now` is the one that holds at `nowMs`.
 */
export async function versionsShown<Rule extends { version: number }>(
  rx: Rx,
  staff: StaffService,
  of: { published: readonly Published<Rule>[]; first: Rule; now: Rule; nowMs: number },
): Promise<(Omit<EarningVersion, 'rule'> & { rule: Rule })[]> {
  const { published, first } = of
  const staffIds = published.flatMap(({ publishedBy, withdrawnBy }) =>
    withdrawnBy === null ? [publishedBy] : [publishedBy, withdrawnBy],
  )
  const names = await staff.namesOf(rx, staffIds)
  const at = { now: of.now.version, nowMs: of.nowMs, names }
  const shown = published.map((one) => ({
    rule: one.rule,
    ...versionShown(one.rule.version, one, at),
    ...(one.withdrawnAtMs === null ? {} : { state: 'withdrawn' as const }),
    withdrawnAtMs: one.withdrawnAtMs as EpochMs | null,
    withdrawnBy: names.get(one.withdrawnBy ?? '') ?? null,
  }))
  const beforeAll = {
    ...{ rule: first, ...firstShown(first.version, at) },
    ...{ withdrawnAtMs: null, withdrawnBy: null },
  }
  return [beforeAll, ...shown].reverse()
}
