import { Injectable } from '@nestjs/common'
import type { CouponOffer, OfferClaim } from '@huike/shared/contracts/coupon-offers'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { CouponRuleId, PurchaseId } from '@huike/shared/ids'
import type { EpochMs } from '@huike/shared/quantities'
import {
  CouponSaleAwardsService,
  type OfferedTerms,
} from '../../coupons/coupon-sale-awards.service.js'
import type { Given } from '../../coupons/coupons.service.js'
import { ClaimForPurchaseService } from '../../flows/claim-for-purchase.service.js'
import { PersonService } from '../../members/person.service.js'
import { Clock } from '../../platform/clock.js'
import type { Rx } from '../../platform/database.js'
import { KeptSalesService } from '../../purchases/kept-sales.service.js'
import { StoresService } from '../../stores/stores.service.js'

/** Coupons that purchases let their buyer take, as the mini-program shows them. */
@Injectable()
export class MemberOffersService {
  constructor(
    private readonly clock: Clock,
    private readonly person: PersonService,
    private readonly awards: CouponSaleAwardsService,
    private readonly sales: KeptSalesService,
    private readonly stores: StoresService,
    private readonly claims: ClaimForPurchaseService,
  ) {}

  /** What can be taken now, what ends first before the others. */
  async waiting(rx: Rx, memberId: string): Promise<CouponOffer[]> {
    const personIds = await this.person.idsOfPerson(rx, memberId)
    return this.#views(rx, await this.awards.waitingOf(rx, personIds, this.clock.nowMs()))
  }

  /** How many can be taken now. */
  async waitingCount(rx: Rx, memberId: string): Promise<number> {
    const personIds = await this.person.idsOfPerson(rx, memberId)
    return this.awards.waitingCount(rx, personIds, this.clock.nowMs())
  }

  /** Those of one purchase, taken or over by now too. */
  async ofPurchase(rx: Rx, memberId: string, purchaseId: string): Promise<CouponOffer[]> {
    const personIds = await this.person.idsOfPerson(rx, memberId)
    return this.#views(rx, await this.awards.ofPurchase(rx, purchaseId, personIds))
  }

  /** Takes one. Refuses as `ClaimForPurchaseService.claim` does. */
  claim(memberId: string, claim: OfferClaim): Promise<Given> {
    return this.claims.claim(memberId, claim)
  }

  async #views(rx: Rx, offered: readonly OfferedTerms[]): Promise<CouponOffer[]> {
    if (offered.length === 0) return []
    const ids = [...new Set(offered.map(({ offer }) => offer.purchaseId))]
    const sales = await this.sales.byIds(rx, ids)
    const names = await this.stores.namesOf(
      rx,
      [...sales.values()].map(({ storeId }) => storeId),
    )
    const nowMs = this.clock.nowMs()
    return offered.map(({ offer, terms }): CouponOffer => {
      const { ruleId, purchaseId, soldAtMs, claimUntilMs, couponId } = offer
      const sale = sales.get(purchaseId)
      return {
        ...{ ruleId: ruleId as CouponRuleId, purchaseId: purchaseId as PurchaseId },
        name: terms.name,
        headline: couponHeadline(terms),
        conditions: couponConditions(terms),
        storeName: names.get(sale?.storeId ?? '') ?? '',
        // What counts for a rule may be when it was fetched, in another store.
        boughtAtMs: (sale?.occurredAtMs ?? soldAtMs) as EpochMs,
        claimUntilMs: claimUntilMs as EpochMs,
        state: couponId !== null ? 'claimed' : nowMs < claimUntilMs ? 'waiting' : 'over',
      }
    })
  }
}
