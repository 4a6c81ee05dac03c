import { Body, Controller, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  claimedCodeSchema,
  codeTypedSchema,
  type ClaimedCode,
  type CodeTyped,
} from '@huike/shared/contracts/coupon-codes'
import { offerClaimSchema, type OfferClaim } from '@huike/shared/contracts/coupon-offers'
import {
  claimRequestSchema,
  claimableListSchema,
  heldCouponSchema,
  walletPageSchema,
  walletQuerySchema,
  type ClaimRequest,
  type ClaimableList,
  type HeldCoupon,
  type WalletPage,
  type WalletQuery,
} from '@huike/shared/contracts/coupons'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingMember, MemberGuard } from '../caller.js'
import { MemberCouponsService } from './member-coupons.service.js'

/** A shopper's coupons. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1/coupons')
export class MemberCouponsController {
  constructor(private readonly coupons: MemberCouponsService) {}

  /** Those in one state, what ends first before the rest. */
  @Get()
  @Answers(walletPageSchema)
  wallet(
    @CallingMember() memberId: string,
    @Query({ schema: walletQuerySchema }) query: WalletQuery,
  ): Promise<WalletPage> {
    return this.coupons.wallet(memberId, query)
  }

  /** What may be taken now. */
  @Get('claimable')
  @Answers(claimableListSchema)
  claimable(@CallingMember() memberId: string): Promise<ClaimableList> {
    return this.coupons.claimable(memberId)
  }

  /** Takes one, once per request. */
  @Post('claims')
  @HttpCode(200)
  @Answers(heldCouponSchema)
  async claim(
    @CallingMember() memberId: string,
    @Body({ schema: claimRequestSchema }) request: ClaimRequest,
  ): Promise<HeldCoupon> {
    const claimed = await this.coupons.claim(memberId, request)
    return claimed.ok ? claimed.coupon : raise(claimed)
  }

  /** Takes what a purchase gives, once for the purchase. */
  @Post('offers/claims')
  @HttpCode(200)
  @Answers(heldCouponSchema)
  async claimOffer(
    @CallingMember() memberId: string,
    @Body({ schema: offerClaimSchema }) claim: OfferClaim,
  ): Promise<HeldCoupon> {
    const claimed = await this.coupons.claimOffer(memberId, claim)
    return claimed.ok ? claimed.coupon : raise(claimed)
  }

  /** The coupon of a code: one that works once, or one of a poster, once for each person. */
  @Post('codes')
  @HttpCode(200)
  @Answers(claimedCodeSchema)
  async claimCode(
    @CallingMember() memberId: string,
    @Body({ schema: codeTypedSchema }) { code }: CodeTyped,
  ): Promise<ClaimedCode> {
    const claimed = await this.coupons.claimCode(memberId, code)
    return claimed.ok ? claimed.coupon : raise(claimed)
  }
}
