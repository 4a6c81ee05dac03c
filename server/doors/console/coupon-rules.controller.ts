import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  couponRuleChangeSchema,
  couponRuleDraftSchema,
  couponRuleSchema,
  couponRulesSchema,
  type CouponRule,
  type CouponRuleChange,
  type CouponRuleDraft,
  type CouponRules,
} from '@huike/shared/contracts/console-coupon-rules'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { CouponRulesPagesService } from './coupon-rules-pages.service.js'

/** Rules that give coupons by themselves. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/coupons/rules')
export class CouponRulesController {
  constructor(private readonly pages: CouponRulesPagesService) {}

  /** All there are, with what they gave and why not. */
  @Get()
  @Answers(couponRulesSchema)
  @UseGuards(StaffGuard('coupons.view'))
  all(): Promise<CouponRules> {
    return this.pages.all()
  }

  @Post()
  @HttpCode(200)
  @Answers(couponRuleSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async create(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: couponRuleDraftSchema }) draft: CouponRuleDraft,
  ): Promise<CouponRule> {
    const made = await this.pages.create(by, draft)
    return made.ok ? made.rule : raise(made)
  }

  /** Changes what a rule says from now on, or turns it on or off. */
  @Post(':id')
  @HttpCode(200)
  @Answers(couponRuleSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async change(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: couponRuleChangeSchema }) change: CouponRuleChange,
  ): Promise<CouponRule> {
    const changed = await this.pages.change(by, id, change)
    return changed.ok ? changed.rule : raise(changed)
  }
}
