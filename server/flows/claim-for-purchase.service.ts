import { Injectable } from '@nestjs/common'
import type { OfferClaim } from '@huike/shared/contracts/coupon-offers'
import { refuse } from '@huike/shared/outcomes'
import { CouponSaleAwardsService } from '../coupons/coupon-sale-awards.service.js'
import type { Given } from '../coupons/coupons.service.js'
import { MembersService } from '../members/members.service.js'
import { PersonService } from '../members/person.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database } from '../platform/database.js'
import { KeptSalesService } from '../purchases/kept-sales.service.js'

// A member takes what a purchase lets them take. The member is held first, as by whoever takes it back:
// of a claim and a refund one comes first, and the other finds what it left.

@Injectable()
export class ClaimForPurchaseService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly person: PersonService,
    private readonly sales: KeptSalesService,
    private readonly awards: CouponSaleAwardsService,
  ) {}

  /** Refuses as `CouponSaleAwardsService.claim` does, and `member_not_found`. */
  async claim(memberId: string, { ruleId, purchaseId }: OfferClaim): Promise<Given> {
    const given = await this.database.write(async (tx): Promise<Given> => {
      const [member] = await this.members.lockPresent(tx, [memberId])
      if (!member) return refuse('member_not_found')
      const sale = (await this.sales.byIds(tx, [purchaseId])).get(purchaseId)
      if (!sale) return refuse('not_found')
      const personIds = await this.person.idsOfPerson(tx, memberId)
      const of = { ruleId, memberId, personIds, sale }
      const answer = await this.awards.claim(tx, of, this.clock.nowMs())
      crashPoint('coupons.inside-claim')
      return answer
    })
    crashPoint('coupons.after-claim')
    return given
  }
}
