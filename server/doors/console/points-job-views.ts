import {
  POINTS_VALUE_DEFAULT,
  type PointsJobShown,
  type PointsValue,
} from '@huike/shared/contracts/console-points-report'
import type { MemberId, PointsJobId } from '@huike/shared/ids'
import type { EpochMs } from '@huike/shared/quantities'
import type { MaskedIdentitiesService } from '../../members/masked-identities.service.js'
import type { Statements } from '../../platform/database.js'
import type { PointsJob } from '../../points/points-job.entity.js'
import type { StaffService } from '../../staff/staff.service.js'
import type { ChainSettingsService } from '../../stores/chain-settings.service.js'
import type { StoresService } from '../../stores/stores.service.js'

// What every page shows alike of work on the points book.

const UNKNOWN_STORE = '未知门店'

/** Work in the background, by whom it was asked for; `names` from `namesOfJobs`. */
export function jobView(job: PointsJob, names: ReadonlyMap<string, string>): PointsJobShown {
  return {
    id: job.id as PointsJobId,
    state: job.state as PointsJobShown['state'],
    ...{ doneRows: job.doneRows, totalRows: job.totalRows },
    createdAtMs: job.createdAtMs as EpochMs,
    finishedAtMs: job.finishedAtMs as EpochMs | null,
    by: job.startedBy === null ? null : (names.get(job.startedBy) ?? ''),
  }
}

/** The names of those who asked for these, by id. */
export function namesOfJobs(
  rx: Statements,
  staff: StaffService,
  jobs: readonly PointsJob[],
): Promise<Map<string, string>> {
  return staff.namesOf(
    rx,
    jobs.flatMap(({ startedBy }) => startedBy ?? []),
  )
}

/** What points are worth by now. */
export async function valueOfPoints(
  rx: Statements,
  settings: ChainSettingsService,
): Promise<PointsValue> {
  const { spending } = await settings.points(rx)
  if (spending === null) return POINTS_VALUE_DEFAULT
  return { points: spending.points, fen: spending.fen, isSet: true }
}

/** Figures of stores with the names of the stores. */
export async function storesNamed<Figures extends { storeId: string }>(
  rx: Statements,
  stores: StoresService,
  figures: readonly Figures[],
): Promise<(Omit<Figures, 'storeId'> & { name: string })[]> {
  const names = await stores.namesOf(
    rx,
    figures.map(({ storeId }) => storeId),
  )
  return figures.map(({ storeId, ...rest }) => ({
    ...rest,
    name: names.get(storeId) ?? UNKNOWN_STORE,
  }))
}

/** Members as staff may see them, by id; one who is not there any more has no number. */
export async function membersMasked(
  rx: Statements,
  identities: MaskedIdentitiesService,
  memberIds: readonly string[],
): Promise<Map<string, { memberId: MemberId; masked: string | null }>> {
  const masked = await identities.ofMembers(rx, memberIds, 1)
  return new Map(
    memberIds.map((id) => [
      id,
      { memberId: id as MemberId, masked: masked.get(id)?.[0]?.valueMasked ?? null },
    ]),
  )
}
