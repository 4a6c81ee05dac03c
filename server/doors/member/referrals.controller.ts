import { Controller, Get, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { PageQuery } from '@huike/shared/contracts/common'
import {
  referralPageSchema,
  referralQuerySchema,
  type ReferralPage,
} from '@huike/shared/contracts/referrals'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingMember, MemberGuard } from '../caller.js'
import { ReferralPagesService } from './referral-pages.service.js'

/** Whom a member brought, and the code to bring them with. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1/referrals')
export class ReferralsController {
  constructor(private readonly pages: ReferralPagesService) {}

  @Get()
  @Answers(referralPageSchema)
  async page(
    @CallingMember() memberId: string,
    @Query({ schema: referralQuerySchema }) query: PageQuery,
  ): Promise<ReferralPage> {
    const told = await this.pages.page(memberId, query)
    return told.ok ? told.page : raise(told)
  }
}
