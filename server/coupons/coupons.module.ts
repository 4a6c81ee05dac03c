import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { CouponClaimsService } from './coupon-claims.service.js'
import { CouponOwnersService } from './coupon-owners.service.js'
import { CouponReservationsService } from './coupon-reservations.service.js'
import { CouponTemplatesService } from './coupon-templates.service.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import { CouponsService } from './coupons.service.js'

const services = [
  OfflineAllowancesService,
  CouponTemplatesService,
  CouponsService,
  CouponReservationsService,
  CouponOwnersService,
  CouponClaimsService,
]

@Module({ imports: [MembersModule], providers: services, exports: services })
export class CouponsModule {}
