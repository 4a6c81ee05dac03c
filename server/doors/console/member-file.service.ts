import { Injectable } from '@nestjs/common'
import type { MemberFile, MemberRow } from '@huike/shared/contracts/console-members'
import type { Assurance } from '@huike/shared/identities'
import type { Id, StaffId } from '@huike/shared/ids'
import { fen, type EpochMs } from '@huike/shared/quantities'
import { CONSENT_PURPOSES } from '@huike/shared/purposes'
import { registrationChannelOf } from '@huike/shared/registration-channels'
import { ConsentService } from '../../consent/consent.service.js'
import { LevelsService } from '../../levels/levels.service.js'
import type { Member } from '../../members/member.entity.js'
import { MaskedIdentitiesService } from '../../members/masked-identities.service.js'
import { MembersService } from '../../members/members.service.js'
import { MergeJournalService } from '../../members/merge-journal.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import type { Rx } from '../../platform/database.js'
import { PointsService } from '../../points/points.service.js'
import { MemberMetricsService } from '../../segments/member-metrics.service.js'
import { MemberRowsService } from '../../segments/member-rows.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { StoresService } from '../../stores/stores.service.js'

// One member as staff see them, but for the timeline. What identifies a person is masked here.

/** A person who shops everywhere has this many of a chain's stores at the most shown. */
const STORES_SHOWN_MAX = 50
const IDENTITIES_SHOWN_MAX = 50
const MERGES_SHOWN_MAX = 20
/** `YYYY-MM-DD` without the year. */
const MONTH_DAY_START = 5

@Injectable()
export class MemberFileService {
  constructor(
    private readonly identities: MaskedIdentitiesService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly consents: ConsentService,
    private readonly metrics: MemberMetricsService,
    private readonly rows: MemberRowsService,
    private readonly stores: StoresService,
    private readonly staff: StaffService,
    private readonly journal: MergeJournalService,
    private readonly levels: LevelsService,
    private readonly points: PointsService,
    private readonly clock: Clock,
  ) {}

  /** The file of a member; a bounded number of statements. */
  async fileOf(
    rx: Rx,
    member: Member,
    allowed: Pick<MemberFile, 'mayShowPhone' | 'mayAssign'>,
  ): Promise<MemberFile> {
    const [row] = (await this.rows.rowsOf(rx, [member])) as [MemberRow]
    const profile = (await this.profiles.profilesOf(rx, [member.id])).get(member.id)
    const stat = (await this.metrics.memberStats(rx, [member.id])).get(member.id)
    const pending = await this.points.pendingOf(rx, [member.id], this.clock.nowMs())
    return {
      ...row,
      registeredChannel: registrationChannelOf(member.registeredChannel),
      registeredCashier: member.registeredCashier,
      birthdayMonthDay: profile?.birthday?.slice(MONTH_DAY_START) ?? null,
      onlinePurchaseCount: Math.max(0, stat?.onlineCount ?? 0),
      stores: await this.#stores(rx, member.id),
      ...(await this.#whoIsWho(rx, member.id)),
      consents: await this.#consents(rx, member.id),
      subscriptionCredits: await creditsOf(rx, member.id),
      level: (await this.levels.standingOf(rx, member)).level,
      owner: await this.#owner(rx, member.ownerStaffId),
      pending: pending.get(member.id) ?? null,
      ...allowed,
    }
  }

  async #owner(rx: Rx, staffId: string | null): Promise<MemberFile['owner']> {
    if (staffId === null) return null
    const name = (await this.staff.namesOf(rx, [staffId])).get(staffId)
    return name === undefined ? null : { staffId: staffId as StaffId, name }
  }

  async #stores(rx: Rx, memberId: string): Promise<MemberFile['stores']> {
    const ties = await this.metrics.storesOf(rx, memberId, STORES_SHOWN_MAX)
    const names = await this.stores.namesOf(
      rx,
      ties.map(({ storeId }) => storeId),
    )
    return ties.map((tie) => ({
      storeName: names.get(tie.storeId) ?? '',
      purchaseCount: Math.max(0, tie.purchaseCount),
      totalFen: fen(Math.max(0, tie.totalFen)),
      lastPurchaseAtMs: tie.lastPurchaseAtMs as EpochMs | null,
    }))
  }

  /** What identifies the member, with the record each came from, and the merges behind it. */
  async #whoIsWho(rx: Rx, memberId: string): Promise<Pick<MemberFile, 'identities' | 'merges'>> {
    const found = await this.identities.ofMember(rx, memberId, IDENTITIES_SHOWN_MAX)
    const merges = await this.journal.page(rx, { memberId, before: null, limit: MERGES_SHOWN_MAX })
    const done = merges.filter(({ state }) => state === 'done')
    const origins = await this.journal.originsOf(
      rx,
      done.map(({ id }) => id),
    )
    const others = merges.flatMap(({ survivorId, absorbedId }) => [survivorId, absorbedId])
    const records = await this.members.rowsByIds(rx, [...new Set([...others, ...origins.values()])])
    const numbers = new Map(records.map(({ id, memberNo }) => [id, memberNo]))
    const numberOf = (id: string) => numbers.get(id) ?? ''
    return {
      identities: found.map((identity) => {
        const origin = origins.get(identity.id)
        const { kind, valueMasked, source } = identity
        return {
          ...{ kind, valueMasked, source },
          assurance: identity.assurance as Assurance,
          fromMemberNo: origin === undefined ? null : numberOf(origin),
          firstSeenAtMs: identity.firstSeenAtMs as EpochMs,
          lastSeenAtMs: identity.lastSeenAtMs as EpochMs,
        }
      }),
      merges: merges.map((merge) => {
        const isSurvivor = merge.survivorId === memberId
        return {
          id: merge.id as Id<'MemberMergeId'>,
          state: merge.state as 'done' | 'undone',
          role: isSurvivor ? ('survivor' as const) : ('absorbed' as const),
          otherMemberNo: numberOf(isSurvivor ? merge.absorbedId : merge.survivorId),
          mergedAtMs: merge.mergedAtMs as EpochMs,
          undoneAtMs: merge.undoneAtMs as EpochMs | null,
        }
      }),
    }
  }

  async #consents(rx: Rx, memberId: string): Promise<MemberFile['consents']> {
    const said = await this.consents.saidBy(rx, memberId, CONSENT_PURPOSES)
    return CONSENT_PURPOSES.map((purpose) => ({
      purpose,
      state: said.get(purpose)?.state ?? 'never_asked',
      changedAtMs: (said.get(purpose)?.changedAtMs ?? null) as EpochMs | null,
    }))
  }
}

/** Subscription messages that WeChat would still let through to this member. */
async function creditsOf(rx: Rx, memberId: string): Promise<number> {
  const [row] = await rx.rows<{ credits: number | string | null }>(
    `SELECT SUM(b.credits) AS credits FROM identity i
     JOIN subscription_balance b ON b.identityId = i.id WHERE i.memberId = ?`,
    [memberId],
  )
  return Number(row?.credits ?? 0)
}
