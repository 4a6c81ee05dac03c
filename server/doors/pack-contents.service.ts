import { Injectable } from '@nestjs/common'
import type { PackGrantView } from '@huike/shared/contracts/packs'
import { couponHeadline } from '@huike/shared/coupon-words'
import { epochMs, fen, type Fen } from '@huike/shared/quantities'
import { CouponTemplatesService, versionKey } from '../coupons/coupon-templates.service.js'
import type { Coupon } from '../coupons/coupon.entity.js'
import { SoldCouponsService } from '../coupons/sold-coupons.service.js'
import type { PackGrant } from '../packs/pack-grant.entity.js'
import type { PackOrder } from '../packs/pack-order.entity.js'
import { packGrants } from '../packs/pack-orders.service.js'
import { PackRefundsService } from '../packs/pack-refunds.service.js'
import type { Statements } from '../platform/database.js'

/** What became of each coupon of an order, the same for its shopper and for staff. */
@Injectable()
export class PackContentsService {
  constructor(
    private readonly refunds: PackRefundsService,
    private readonly coupons: CouponTemplatesService,
    private readonly sold: SoldCouponsService,
  ) {}

  /** The coupons of an order, and what could be refunded now. */
  async of(
    rx: Statements,
    order: PackOrder,
  ): Promise<{ grants: PackGrantView[]; refundableFen: Fen }> {
    const grants = await packGrants(rx, [order.id])
    const ids = grants.flatMap(({ couponId }) => (couponId === null ? [] : [couponId]))
    const coupons = new Map((await this.sold.byIds(rx, ids)).map((one) => [one.id, one]))
    const able = this.refunds.refundable(order, grants, coupons)
    const terms = await this.coupons.termsOf(rx, grants)
    return {
      grants: grants.map((grant) =>
        grantView(grant, { coupons, terms, isRefundable: able.includes(grant) }),
      ),
      refundableFen: fen(able.reduce((sum, { shareFen }) => sum + shareFen, 0)),
    }
  }
}

function grantView(
  grant: PackGrant,
  of: {
    coupons: ReadonlyMap<string, Coupon>
    terms: Awaited<ReturnType<CouponTemplatesService['termsOf']>>
    isRefundable: boolean
  },
): PackGrantView {
  const { seq, dueAtMs, shareFen, state, couponId } = grant
  const promised = of.terms.get(versionKey(grant))
  const coupon = couponId === null ? undefined : of.coupons.get(couponId)
  return {
    seq,
    name: promised?.name ?? '',
    headline: promised ? couponHeadline(promised) : '',
    state: (state === 'issued' ? (coupon?.state ?? state) : state) as PackGrantView['state'],
    dueAtMs: epochMs(dueAtMs),
    shareFen: fen(shareFen),
    isRefundable: of.isRefundable,
  }
}
