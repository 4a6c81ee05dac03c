import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { CounterGiftsService } from './counter-gifts.service.js'
import { CouponClaimsService } from './coupon-claims.service.js'
import { CouponCodesService } from './coupon-codes.service.js'
import { CouponOffersService } from './coupon-offers.service.js'
import { CouponOwnersService } from './coupon-owners.service.js'
import { CouponPostersService } from './coupon-posters.service.js'
import { CouponReservingService } from './coupon-reserving.service.js'
import { CouponReservationsService } from './coupon-reservations.service.js'
import { CouponRuleAwardsService } from './coupon-rule-awards.service.js'
import { CouponRulesService } from './coupon-rules.service.js'
import { CouponSaleAwardsService } from './coupon-sale-awards.service.js'
import { CouponTemplatesService } from './coupon-templates.service.js'
import { PosterClaimsService } from './poster-claims.service.js'
import { SoldCouponsService } from './sold-coupons.service.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { OfflineHistoryService } from './offline-history.service.js'
import { CouponsService } from './coupons.service.js'

const services = [
  OfflineAllowancesService,
  OfflineHistoryService,
  CouponTemplatesService,
  CouponsService,
  CouponReservingService,
  CouponReservationsService,
  CouponOwnersService,
  CounterGiftsService,
  CouponClaimsService,
  SoldCouponsService,
  CouponCodesService,
  CouponPostersService,
  PosterClaimsService,
  CouponRulesService,
  CouponRuleAwardsService,
  CouponSaleAwardsService,
  CouponOffersService,
]

@Module({ imports: [StoresModule, MembersModule], providers: services, exports: services })
export class CouponsModule {}
