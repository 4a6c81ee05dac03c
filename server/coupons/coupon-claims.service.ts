import { Injectable } from '@nestjs/common'
import { refuse } from '@huike/shared/outcomes'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../platform/database.js'
import { GroupCommit } from '../platform/group-commit.js'
import type { CouponTemplate } from './coupon-template.entity.js'
import { CouponsService, type Given, type Gift } from './coupons.service.js'

// Giving coupons one at a time, by many at once: what queued while the last transaction flew goes into
// the next, so that a template everybody wants is held once for all of them.

/** Two requests may meet at a unique key; the later one then finds what the earlier wrote. */
const RACES_MAX = 3
const CLAIMABLE_MAX = 50

@Injectable()
export class CouponClaimsService {
  readonly #group: GroupCommit<Gift, Given>

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly coupons: CouponsService,
  ) {
    this.#group = new GroupCommit(database, (tx, gifts) => this.#give(tx, gifts), {
      // Groups of one template wait for each other from its row to their commit.
      groupsAtOnce: 1,
    })
  }

  /** Gives one coupon. Refuses as `CouponsService.give` does, and `member_not_found`. */
  async give(gift: Gift): Promise<Given> {
    for (let race = 1; ; race += 1) {
      try {
        const given = await this.#group.submit(gift)
        crashPoint('coupons.after-claim')
        return given
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** What members can take for themselves now. */
  claimable(statements: Statements): Promise<CouponTemplate[]> {
    const nowMs = this.clock.nowMs()
    return statements.rows<CouponTemplate>(
      `SELECT * FROM coupon_template
       WHERE state = 'open' AND claimFromMs <= ? AND (claimUntilMs IS NULL OR claimUntilMs > ?)
         AND (stock IS NULL OR issued < stock)
       ORDER BY id DESC LIMIT ${String(CLAIMABLE_MAX)}`,
      [nowMs, nowMs],
    )
  }

  /** Members are held first, so that none of them becomes another's record meanwhile. */
  async #give(tx: Tx, gifts: readonly Gift[]): Promise<Given[]> {
    const ids = [...new Set(gifts.map(({ memberId }) => memberId))].sort()
    const present = new Set((await this.members.lockPresent(tx, ids)).map(({ id }) => id))
    const able = gifts.filter(({ memberId }) => present.has(memberId))
    const given = await this.coupons.give(tx, able, this.clock.nowMs())
    for (const [at, { also }] of able.entries()) {
      const one = given[at]
      if (one?.ok && one.isNew) await also?.(tx, one.coupon)
    }
    crashPoint('coupons.inside-claim')
    const answers = new Map(able.map((gift, at) => [gift, given[at]]))
    return gifts.map((gift) => answers.get(gift) ?? refuse('member_not_found'))
  }
}
