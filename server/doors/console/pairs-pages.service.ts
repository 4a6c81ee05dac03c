import { Injectable } from '@nestjs/common'
import type {
  Merge,
  Pair,
  PairDecision,
  PairPage,
  PairQuery,
  PairSide,
} from '@huike/shared/contracts/console-identity'
import { isUlid, type Id } from '@huike/shared/ids'
import type { Assurance } from '@huike/shared/identities'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { registrationChannelOf } from '@huike/shared/registration-channels'
import { bySurvival } from '../../flows/merge-found-pairs.service.js'
import type { DuplicatePair } from '../../members/duplicate-pair.entity.js'
import type { Member } from '../../members/member.entity.js'
import { MaskedIdentitiesService } from '../../members/masked-identities.service.js'
import { MembersService } from '../../members/members.service.js'
import { MergePairsService } from '../../members/merge-pairs.service.js'
import { PROFILE_FIELDS, ProfilesService, type Profile } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Rx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { MemberRowsService } from '../../segments/member-rows.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { shownAs } from './masked-profile.js'
import { MergesPagesService } from './merges-pages.service.js'

// The queue of pairs that may be one person: evidence side by side, masked, and one decision each.

const IDENTITIES_SHOWN_MAX = 20

@Injectable()
export class PairsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly pairs: MergePairsService,
    private readonly identities: MaskedIdentitiesService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly rows: MemberRowsService,
    private readonly merges: MergesPagesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** A page of pairs in one state, the surest first. */
  async page(query: PairQuery): Promise<PairPage> {
    const { limit, state, verdict = null, memberId = null } = query
    const before = query.cursor === undefined ? null : placeFrom(query.cursor)
    return this.database.read(async (rx) => {
      // One more than the page, to know whether there is another.
      const asked = { before, state, verdict, memberId, limit: limit + 1 }
      const found = await this.pairs.page(rx, asked)
      const shown = found.slice(0, limit)
      const last = shown.at(-1)
      return {
        pairs: await this.#viewsOf(rx, shown),
        nextCursor: found.length > limit && last ? `${String(last.score)}_${last.id}` : null,
      }
    })
  }

  /** One pair, decided or not. Refuses `not_found`. */
  async one(id: string): Promise<{ ok: true; pair: Pair } | Refusal> {
    return this.database.read(async (rx) => {
      const row = isUlid(id) ? await this.pairs.byId(rx, id) : null
      const [pair] = row ? await this.#viewsOf(rx, [row]) : []
      return pair ? { ok: true as const, pair } : refuse('not_found')
    })
  }

  /**
   * Decides a pair, once: merges the two, or notes that they are not one person. Refuses `not_found`,
   * `pair_decided`, `input_invalid` (the survivor is none of the two), and what merging refuses.
   */
  async decide(
    acting: ActingStaff,
    id: string,
    decision: PairDecision,
  ): Promise<{ ok: true; merge: Merge | null } | Refusal> {
    if (decision.verdict === 'reject') return this.#reject(acting, id)
    const pair = isUlid(id) ? await this.database.read((rx) => this.pairs.byId(rx, id)) : null
    if (!pair) return refuse('not_found')
    if (pair.state === 'rejected') return refuse('pair_decided')
    const { survivorId, moveHistory } = decision
    const two = [pair.memberAId, pair.memberBId]
    const absorbedId = two.find((memberId) => memberId !== survivorId)
    if (!two.includes(survivorId) || absorbedId === undefined)
      return refuse('input_invalid', '保留的会员不在这一对之中')
    const ask = { survivorId, absorbedId: absorbedId as typeof survivorId, moveHistory }
    // The pair is the key: deciding it again is answered as the first time.
    const merged = await this.merges.merge(acting, ask, { key: `pair ${id}`, pairId: id })
    if (!merged.ok && merged.code === 'member_merged') return refuse('pair_decided')
    return merged
  }

  /**
   * Takes back that two are not one person: they wait in the queue again, for a person. Refuses
   * `not_found`, and `pair_decided` (they were merged meanwhile).
   */
  async reopen(acting: ActingStaff, id: string): Promise<{ ok: true; pair: Pair } | Refusal> {
    const atMs = this.clock.nowMs()
    const reopened = await this.database.write(async (tx) => {
      const pair = isUlid(id) ? await this.pairs.lock(tx, id) : null
      if (!pair) return refuse('not_found')
      if (pair.state === 'merged') return refuse('pair_decided')
      if (pair.state === 'open') return { ok: true as const }
      await this.pairs.reopen(tx, id)
      await this.audit.append(tx, {
        staffId: acting.id,
        action: 'pair.reopened',
        subjectId: pair.memberAId,
        detail: `与 ${pair.memberBId} 重新判断`,
        atMs,
      })
      return { ok: true as const }
    })
    return reopened.ok ? this.one(id) : reopened
  }

  async #reject(acting: ActingStaff, id: string): Promise<{ ok: true; merge: null } | Refusal> {
    const atMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const pair = isUlid(id) ? await this.pairs.lock(tx, id) : null
      if (!pair) return refuse('not_found')
      if (pair.state === 'rejected') return { ok: true as const, merge: null }
      if (pair.state !== 'open') return refuse('pair_decided')
      const { memberAId, memberBId } = pair
      const decided = { state: 'rejected' as const, by: acting.id, atMs }
      await this.pairs.decide(tx, [memberAId, memberBId], decided)
      await this.audit.append(tx, {
        staffId: acting.id,
        action: 'pair.rejected',
        subjectId: memberAId,
        detail: `与 ${memberBId} 不是同一人`,
        atMs,
      })
      return { ok: true as const, merge: null }
    })
  }

  /** Pairs as staff read them; a bounded number of statements for each side shown. */
  async #viewsOf(rx: Rx, pairs: readonly DuplicatePair[]): Promise<Pair[]> {
    const ids = [...new Set(pairs.flatMap(({ memberAId, memberBId }) => [memberAId, memberBId]))]
    const all = await this.members.rowsByIds(rx, ids)
    const records = all.filter(({ state }) => state !== 'erased')
    const sides = await this.#sidesOf(rx, records)
    const deciders = pairs.flatMap(({ decidedBy }) => decidedBy ?? [])
    const names = await this.staff.namesOf(rx, [...new Set(deciders)])
    return pairs.flatMap((pair): Pair[] => {
      const two = [sides.get(pair.memberAId), sides.get(pair.memberBId)].filter(
        (side) => side !== undefined,
      )
      if (two.length < 2) return []
      return [
        {
          id: pair.id as Id<'DuplicatePairId'>,
          score: pair.score,
          verdict: pair.verdict === 'merge' ? 'merge' : 'review',
          state: pair.state as Pair['state'],
          reasons: reasonsOf(pair.reasons),
          foundAtMs: pair.foundAtMs as EpochMs,
          decidedAtMs: pair.decidedAtMs as EpochMs | null,
          decidedByName: pair.decidedBy === null ? null : (names.get(pair.decidedBy) ?? ''),
          sides: two.sort(bySurvival),
        },
      ]
    })
  }

  async #sidesOf(rx: Rx, records: readonly Member[]): Promise<Map<string, PairSide>> {
    const ids = records.map(({ id }) => id)
    const rows = await this.rows.rowsOf(rx, records)
    const profiles = await this.profiles.profilesOf(rx, ids)
    const identities = await this.identities.ofMembers(rx, ids, IDENTITIES_SHOWN_MAX)
    return new Map(
      rows.map((row, index) => [
        row.memberId,
        {
          ...row,
          registeredChannel: registrationChannelOf(records[index]?.registeredChannel),
          identities: (identities.get(row.memberId) ?? []).map(
            ({ kind, valueMasked, assurance, source }) => ({
              ...{ kind, valueMasked, source },
              assurance: assurance as Assurance,
            }),
          ),
          profile: shownOf(profiles.get(row.memberId)),
        },
      ]),
    )
  }
}

function shownOf(profile: Profile | undefined): PairSide['profile'] {
  return PROFILE_FIELDS.flatMap((field) => {
    const value = profile?.[field] ?? null
    return value === null ? [] : [{ field, shown: shownAs(field, value) }]
  })
}

/** The reasons as they were stored: field → words. */
function reasonsOf(json: string): Pair['reasons'] {
  const stored = JSON.parse(json) as Record<string, unknown>
  return Object.entries(stored).flatMap(([field, words]) =>
    typeof words === 'string' ? [{ field, words }] : [],
  )
}

function placeFrom(cursor: string): { score: number; id: string } {
  const [, score = '', id = ''] = /^(-?\d{1,9})_(\w{26})$/.exec(cursor) ?? []
  if (!isUlid(id)) throw new ProblemError('input_invalid', 'cursor')
  return { score: Number(score), id }
}
