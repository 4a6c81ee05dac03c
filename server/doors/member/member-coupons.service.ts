import { Injectable } from '@nestjs/common'
import type {
  ClaimableList,
  ClaimRequest,
  HeldCoupon,
  WalletPage,
  WalletQuery,
} from '@huike/shared/contracts/coupons'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { ClaimedCode } from '@huike/shared/contracts/coupon-codes'
import type { OfferClaim } from '@huike/shared/contracts/coupon-offers'
import type { CouponTemplateId } from '@huike/shared/ids'
import { heldCoupon } from '@huike/shared/held-coupon'
import type { Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import { CouponClaimsService } from '../../coupons/coupon-claims.service.js'
import { CouponCodesService } from '../../coupons/coupon-codes.service.js'
import { CouponTemplatesService, versionKey } from '../../coupons/coupon-templates.service.js'
import type { Coupon } from '../../coupons/coupon.entity.js'
import { CouponsService, type Given } from '../../coupons/coupons.service.js'
import { OfflineHistoryService } from '../../coupons/offline-history.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { PurchaseTimesService } from '../../purchases/purchase-times.service.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { MemberOffersService } from './member-offers.service.js'

type Claimed = { ok: true; coupon: HeldCoupon } | Refusal

/** The wallet of the mini-program, and what can be taken into it. */
@Injectable()
export class MemberCouponsService {
  constructor(
    private readonly database: Database,
    private readonly coupons: CouponsService,
    private readonly templates: CouponTemplatesService,
    private readonly claims: CouponClaimsService,
    private readonly codes: CouponCodesService,
    private readonly offers: MemberOffersService,
    private readonly offline: OfflineHistoryService,
    private readonly purchases: PurchaseTimesService,
    private readonly clock: Clock,
  ) {}

  wallet(memberId: string, { state, cursor, limit }: WalletQuery): Promise<WalletPage> {
    const place = placeOf(cursor)
    return this.database.read(async (rx) => {
      const after = place && { validUntilMs: place.atMs, id: place.id }
      const rows = await this.coupons.ofMember(rx, memberId, { state, after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return {
        coupons: await this.#views(rx, shown),
        nextCursor: last ? cursorOf({ atMs: last.validUntilMs, id: last.id }) : null,
      }
    })
  }

  claimable(memberId: string): Promise<ClaimableList> {
    return this.database.read(async (rx) => {
      const templates = await this.claims.claimable(rx)
      const termsOf = await this.templates.termsOf(
        rx,
        templates.map(({ id, version }) => ({ templateId: id, version })),
      )
      const full = await this.coupons.whyNoMore(rx, memberId, templates)
      return {
        offers: await this.offers.waiting(rx, memberId),
        templates: templates.flatMap(({ id, version, claimUntilMs }) => {
          const terms = termsOf.get(versionKey({ templateId: id, version }))
          if (!terms) return []
          return [
            {
              templateId: id as CouponTemplateId,
              name: terms.name,
              headline: couponHeadline(terms),
              conditions: couponConditions(terms),
              claimUntilMs: claimUntilMs === null ? null : epochMs(claimUntilMs),
              why: full.get(id) ?? null,
            },
          ]
        }),
      }
    })
  }

  /** Takes one. Refuses as `CouponClaimsService.give` does. */
  async claim(memberId: string, { requestId, templateId }: ClaimRequest): Promise<Claimed> {
    const given = await this.claims.give({
      templateId,
      memberId,
      sourceKey: `claim|${memberId}|${requestId}`,
      actor: `member:${memberId}`,
      isClaim: true,
    })
    return this.#held(given)
  }

  /** Takes what a purchase gives. Refuses as `ClaimForPurchaseService.claim` does. */
  async claimOffer(memberId: string, claim: OfferClaim): Promise<Claimed> {
    return this.#held(await this.offers.claim(memberId, claim))
  }

  /** Takes the coupon of a code. Refuses as `CouponCodesService.claim` does. */
  async claimCode(
    memberId: string,
    code: string,
  ): Promise<{ ok: true; coupon: ClaimedCode } | Refusal> {
    const given = await this.codes.claim(memberId, code)
    const held = await this.#held(given)
    if (!held.ok || !given.ok) return held
    return { ok: true, coupon: { ...held.coupon, isAgain: !given.isNew } }
  }

  /** With what its holder alone is told: when it was used, or where a till keeps it. */
  async #views(rx: Statements, rows: readonly Coupon[]): Promise<HeldCoupon[]> {
    const inHand = await this.coupons.withTerms(rx, rows)
    const usable = rows.flatMap(({ id, state }) => (state === 'issued' ? [id] : []))
    const left = await this.offline.leftWords(rx, usable, this.clock.nowMs())
    const used = rows.flatMap(({ state, purchaseId }) =>
      state === 'redeemed' && purchaseId !== null ? [purchaseId] : [],
    )
    const times = await this.purchases.of(rx, used)
    return inHand.map((coupon, at) => {
      const row = rows[at]
      const leftWords = left.get(coupon.couponId)
      return {
        ...heldCoupon(coupon),
        ...(leftWords === undefined ? {} : { leftWords }),
        ...(row ? usedView(row, times) : {}),
      }
    })
  }

  async #held(given: Given): Promise<Claimed> {
    if (!given.ok) return given
    const [coupon] = await this.database.read((rx) => this.coupons.withTerms(rx, [given.coupon]))
    if (!coupon) throw new Error('what was given is not there')
    return { ok: true, coupon: heldCoupon(coupon) }
  }
}

/** A receipt that came late was paid when it was printed. */
function usedView(
  { state, purchaseId, endedAtMs, offFen }: Coupon,
  times: ReadonlyMap<string, number>,
): Pick<HeldCoupon, 'used'> {
  const atMs = times.get(purchaseId ?? '') ?? endedAtMs
  if (state !== 'redeemed' || atMs === null || offFen === null) return {}
  return { used: { atMs: epochMs(atMs), offFen: fen(offFen) } }
}
