import { Injectable } from '@nestjs/common'
import { referralRules } from '@huike/shared/activities'
import type { PageQuery } from '@huike/shared/contracts/common'
import type { ReferralPage } from '@huike/shared/contracts/referrals'
import type { ReferralId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { PointsActivitiesService } from '../../points/points-activities.service.js'
import { ReferralBondsService } from '../../referrals/referral-bonds.service.js'
import { ReferralsService } from '../../referrals/referrals.service.js'

/** What a friend is called of whom no name is known. */
const NAMELESS = '好友'

/** Whom a member brought, as they may see it: of a friend only the first character of the name. */
@Injectable()
export class ReferralPagesService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly activities: PointsActivitiesService,
    private readonly bonds: ReferralBondsService,
    private readonly referrals: ReferralsService,
    private readonly clock: Clock,
  ) {}

  /** A page of them, with the member's own code. Refuses `member_not_found`. */
  async page(
    memberId: string,
    { cursor, limit }: PageQuery,
  ): Promise<{ ok: true; page: ReferralPage } | Refusal> {
    const nowMs = this.clock.nowMs()
    const { terms, known, rows } = await this.database.read(async (rx) => ({
      terms: await this.activities.referralTerms(rx, nowMs),
      known: await this.bonds.codeOf(rx, memberId),
      rows: await this.referrals.broughtBy(rx, { memberId, beforeId: cursor ?? null, limit }),
    }))
    const code = terms === null ? null : (known ?? (await this.#makeCode(memberId, nowMs)))
    if (terms !== null && code === null) return refuse('member_not_found')
    const page: ReferralPage = {
      code,
      rules: terms === null ? [] : referralRules(terms),
      referrals: rows.map(({ id, name, state, points, boundAtMs }) => ({
        ...{ id: id as ReferralId, state, points, boundAtMs: boundAtMs as EpochMs },
        friend: name === null ? NAMELESS : maskName(name),
      })),
      nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
    }
    return { ok: true, page }
  }

  /** Null when the member is gone. */
  #makeCode(memberId: string, nowMs: number): Promise<string | null> {
    return this.database.write(async (tx) => {
      const [member] = await this.members.lockPresent(tx, [memberId])
      return member ? this.bonds.makeCode(tx, memberId, nowMs) : null
    })
  }
}
