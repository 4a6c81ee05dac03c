import { Injectable } from '@nestjs/common'
import type { MergeChanges, UndoChanges } from '@huike/shared/contracts/console-identity'
import type { Tx } from '../platform/database.js'
import type { JournalStep, NewStep } from './merge-journal.service.js'
import { survivingFields } from './profile-survivorship.js'
import { ProfilesService, type Profile, type ProfileField, type Told } from './profiles.service.js'

// Profiles when two records become one, and two again. The absorbed record keeps its own row as it
// was; the survivor's takes the better value of each field, and the losing one goes to the journal.

/** What the journal remembers of a field, beside the losing value. */
interface FieldDetail {
  winner: 'survivor' | 'absorbed'
  /** Who had told the survivor's value; null: there was none. */
  before: Told | null
  /** Who told the value that was put in its place. */
  put: Told
}

@Injectable()
export class MergeProfilesService {
  constructor(private readonly profiles: ProfilesService) {}

  /** Gives the survivor the better values; appends what it decided to `steps`. */
  async merge(
    tx: Tx,
    merging: { fromMemberId: string; toMemberId: string; nowMs: number; steps: NewStep[] },
  ): Promise<MergeChanges['profile']> {
    const { fromMemberId, toMemberId, nowMs, steps } = merging
    const both = await this.profiles.profilesOf(tx, [fromMemberId, toMemberId])
    const decided = survivingFields(both.get(toMemberId), both.get(fromMemberId))
    const values: Partial<Record<ProfileField, string>> = {}
    const told: Partial<Record<ProfileField, Told>> = {}
    for (const { field, winner, winning, winningTold, losing, losingTold } of decided) {
      const detail: FieldDetail = {
        winner,
        before: winner === 'absorbed' ? losingTold : winningTold,
        put: winningTold,
      }
      const step = { kind: 'profile' as const, subjectId: field, fromMemberId, toMemberId }
      steps.push({ ...step, value: losing, detail: JSON.stringify(detail) })
      if (winner === 'survivor') continue
      values[field] = winning
      told[field] = winningTold
    }
    if (Object.keys(values).length > 0)
      await this.profiles.put(tx, toMemberId, { values: values as Partial<Profile>, told, nowMs })
    return decided.map(({ field, winner, losing, reason }) => ({
      ...{ field, winner, reason },
      isKept: losing !== null,
    }))
  }

  /** Gives the survivor its own values back, but for what was told anew since. */
  async undo(
    tx: Tx,
    steps: readonly JournalStep[],
    of: { survivorId: string; nowMs: number },
  ): Promise<UndoChanges['profile']> {
    const now = (await this.profiles.profilesOf(tx, [of.survivorId])).get(of.survivorId)
    const values: Partial<Record<ProfileField, string | null>> = {}
    const told: Partial<Record<ProfileField, Told>> = {}
    const changes: UndoChanges['profile'] = []
    for (const step of steps) {
      const field = step.subjectId as ProfileField
      const detail = JSON.parse(step.detail ?? '{}') as FieldDetail
      if (detail.winner === 'survivor') continue
      const isRestored = isSame(now?.told[field], detail.put)
      changes.push({ field, isRestored })
      if (!isRestored) continue
      values[field] = step.value
      if (detail.before !== null) told[field] = detail.before
    }
    if (Object.keys(values).length > 0)
      await this.profiles.put(tx, of.survivorId, {
        values: values as Partial<Profile>,
        told,
        nowMs: of.nowMs,
      })
    return changes
  }
}

function isSame(now: Told | undefined, put: Told): boolean {
  return now !== undefined && now.source === put.source && now.atMs === put.atMs
}
