import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { PageQuery } from '@huike/shared/contracts/common'
import {
  couponPosterSchema,
  posterDraftSchema,
  postersPageSchema,
  postersQuerySchema,
  type CouponPosterView,
  type PosterDraft,
  type PostersPage,
} from '@huike/shared/contracts/coupon-posters'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { CouponPostersPagesService } from './coupon-posters-pages.service.js'

/** Codes on posters, for everybody. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/coupons/posters')
export class CouponPostersController {
  constructor(private readonly pages: CouponPostersPagesService) {}

  /** The newest first, with what each did: of the caller's stores, and of no one store. */
  @Get()
  @Answers(postersPageSchema)
  @UseGuards(StaffGuard('coupons.view'))
  all(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: postersQuerySchema }) query: PageQuery,
  ): Promise<PostersPage> {
    return this.pages.page(by, query)
  }

  /** Makes one, once per request. */
  @Post()
  @HttpCode(200)
  @Answers(couponPosterSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async create(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: posterDraftSchema }) draft: PosterDraft,
  ): Promise<CouponPosterView> {
    const made = await this.pages.create(by, draft)
    return made.ok ? made.poster : raise(made)
  }

  /** Nobody takes anything with it from now on; what was taken stays good. */
  @Post(':id/stop')
  @HttpCode(200)
  @Answers(couponPosterSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async stop(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<CouponPosterView> {
    const stopped = await this.pages.stop(by, id)
    return stopped.ok ? stopped.poster : raise(stopped)
  }
}
