import type { EarningVersion } from '@huike/shared/contracts/console-points'
import type { EpochMs } from '@huike/shared/quantities'
import type { Rx } from '../../platform/database.js'
import type { Published } from '../../points/rule-versions.js'
import type { StaffService } from '../../staff/staff.service.js'

const NUMBER = /^\d{1,9}$/

/** The number of a version in a path; null for what is none. */
export function versionNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null
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
  const { published, first, now, nowMs } = of
  const staffIds = published.flatMap(({ publishedBy, withdrawnBy }) =>
    withdrawnBy === null ? [publishedBy] : [publishedBy, withdrawnBy],
  )
  const names = await staff.namesOf(rx, staffIds)
  const shown = published.map((one) => ({
    rule: one.rule,
    state: one.rule.version === now.version ? ('now' as const) : stateOf(one, nowMs),
    effectiveFromMs: one.effectiveFromMs as EpochMs,
    publishedAtMs: one.publishedAtMs as EpochMs,
    publishedBy: names.get(one.publishedBy) ?? null,
    withdrawnAtMs: one.withdrawnAtMs as EpochMs | null,
    withdrawnBy: names.get(one.withdrawnBy ?? '') ?? null,
  }))
  const beforeAll = {
    rule: first,
    state: now.version === first.version ? ('now' as const) : ('past' as const),
    ...{ effectiveFromMs: null, publishedAtMs: null, publishedBy: null },
    ...{ withdrawnAtMs: null, withdrawnBy: null },
  }
  return [beforeAll, ...shown].reverse()
}

function stateOf(
  { effectiveFromMs, withdrawnAtMs }: Published<unknown>,
  nowMs: number,
): EarningVersion['state'] {
  if (withdrawnAtMs !== null) return 'withdrawn'
  return effectiveFromMs > nowMs ? 'coming' : 'past'
}
