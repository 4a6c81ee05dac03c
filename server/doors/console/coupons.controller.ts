import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import {
  counterCountsSchema,
  couponStorySchema,
  couponTemplateSchema,
  giveCouponSchema,
  templateChangeSchema,
  templateDraftSchema,
  templatesPageSchema,
  type CounterCounts,
  type CouponStory,
  type CouponTemplateView,
  type GiveCoupon,
  type TemplateChange,
  type TemplateDraft,
  type TemplatesPage,
} from '@huike/shared/contracts/console-coupons'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { CouponsPagesService } from './coupons-pages.service.js'

/** Coupons: what there is to give, giving one, and what became of one. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/coupons')
export class CouponsController {
  constructor(private readonly pages: CouponsPagesService) {}

  /** Every template, the newest first. */
  @Get('templates')
  @Answers(templatesPageSchema)
  @UseGuards(StaffGuard('coupons.view'))
  templates(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<TemplatesPage> {
    return this.pages.templates(query)
  }

  /** Makes one, once per request. */
  @Post('templates')
  @HttpCode(200)
  @Answers(couponTemplateSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async create(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: templateDraftSchema }) draft: TemplateDraft,
  ): Promise<CouponTemplateView> {
    const made = await this.pages.create(by, draft)
    return made.ok ? made.template : raise(made)
  }

  @Get('templates/:id')
  @Answers(couponTemplateSchema)
  @UseGuards(StaffGuard('coupons.view'))
  async template(@Param('id') id: string): Promise<CouponTemplateView> {
    const found = await this.pages.template(id)
    return found.ok ? found.template : raise(found)
  }

  /** How many of them each store that the caller may see gave at its counter. */
  @Get('templates/:id/counter')
  @Answers(counterCountsSchema)
  @UseGuards(StaffGuard('coupons.view'))
  async counter(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<CounterCounts> {
    const found = await this.pages.counts(by, id)
    return found.ok ? found.counts : raise(found)
  }

  /** Changes limits, and publishes the terms where they are others. */
  @Post('templates/:id')
  @HttpCode(200)
  @Answers(couponTemplateSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async change(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: templateChangeSchema }) change: TemplateChange,
  ): Promise<CouponTemplateView> {
    const changed = await this.pages.change(by, id, change)
    return changed.ok ? changed.template : raise(changed)
  }

  /** Gives one to a member the caller may see, once per request, with a reason. */
  @Post('given')
  @HttpCode(200)
  @Answers(couponStorySchema)
  @UseGuards(StaffGuard('coupons.give'))
  async give(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: giveCouponSchema }) gift: GiveCoupon,
  ): Promise<CouponStory> {
    const given = await this.pages.give(by, gift)
    return given.ok ? given.story : raise(given)
  }

  /** What happened to one coupon, from its birth to now. */
  @Get('by-code/:code')
  @Answers(couponStorySchema)
  @UseGuards(StaffGuard('coupons.view'))
  async story(@CallingStaff() by: ActingStaff, @Param('code') code: string): Promise<CouponStory> {
    const found = await this.pages.story(by, code)
    return found.ok ? found.story : raise(found)
  }
}
