import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import {
  memberCardSchema,
  pointsPageSchema,
  purchaseDetailSchema,
  purchasePageSchema,
  purchaseQuerySchema,
  refreshSchema,
  sessionSchema,
  sandboxSignInSchema,
  wechatPhoneSchema,
  wechatSignInSchema,
  type MemberCard,
  type PointsPage,
  type PurchaseDetail,
  type PurchasePage,
  type PurchaseQuery,
  type SandboxSignIn,
  type Session,
  type WechatPhone,
} from '@huike/shared/contracts/member'
import { levelPageSchema, type LevelPage } from '@huike/shared/contracts/levels'
import { waitingPickupsSchema, type WaitingPickups } from '@huike/shared/contracts/pickups'
import { isUlid } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import { SignInService } from '../../flows/sign-in.service.js'
import type { AccessClaims } from '../../platform/auth.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { Caller, CallingMember, MemberGuard, SandboxGuard } from '../caller.js'
import { MemberPagesService } from './member-pages.service.js'

/** The door of the mini-program: /member/v1. */
@ApiTags('member')
@Controller('member/v1')
export class MemberController {
  constructor(
    private readonly signIn: SignInService,
    private readonly pages: MemberPagesService,
  ) {}

  @Post('session/wechat')
  @Answers(sessionSchema)
  async wechat(@Body({ schema: wechatSignInSchema }) body: { code: string }): Promise<Session> {
    return sessionOf(await this.signIn.withWechat(body.code))
  }

  @Post('session/refresh')
  @Answers(sessionSchema)
  async refresh(@Body({ schema: refreshSchema }) body: { refreshToken: string }): Promise<Session> {
    return sessionOf(await this.signIn.refresh(body.refreshToken))
  }

  /** Only where the sandbox runs; elsewhere there is no such route. */
  @Post('session/sandbox')
  @Answers(sessionSchema)
  @UseGuards(SandboxGuard)
  async sandbox(@Body({ schema: sandboxSignInSchema }) body: SandboxSignIn): Promise<Session> {
    return sessionOf(await this.signIn.withPhone(body))
  }

  @Post('phone')
  @Answers(sessionSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async phone(
    @Caller() claims: AccessClaims,
    @Body({ schema: wechatPhoneSchema }) body: WechatPhone,
  ): Promise<Session> {
    return sessionOf(await this.signIn.givePhone(claims.sub, body))
  }

  @Delete('session')
  @HttpCode(204)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async signOut(@Caller() claims: AccessClaims): Promise<void> {
    await this.signIn.signOut(claims.sub)
  }

  @Get('me')
  @Answers(memberCardSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async me(@CallingMember() memberId: string): Promise<MemberCard> {
    const card = await this.pages.card(memberId)
    if (!card) throw new ProblemError('member_not_found')
    return card
  }

  @Get('level')
  @Answers(levelPageSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async level(@CallingMember() memberId: string): Promise<LevelPage> {
    const page = await this.pages.level(memberId)
    if (!page) throw new ProblemError('member_not_found')
    return page
  }

  @Get('points')
  @Answers(pointsPageSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  points(
    @CallingMember() memberId: string,
    @Query({ schema: pageQuerySchema }) query: PageQuery,
  ): Promise<PointsPage> {
    return this.pages.points(memberId, query)
  }

  @Get('purchases')
  @Answers(purchasePageSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  purchases(
    @CallingMember() memberId: string,
    @Query({ schema: purchaseQuerySchema }) query: PurchaseQuery,
  ): Promise<PurchasePage> {
    return this.pages.purchases(memberId, query)
  }

  /** What waits for them in a store. */
  @Get('pickups')
  @Answers(waitingPickupsSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  pickups(@CallingMember() memberId: string): Promise<WaitingPickups> {
    return this.pages.pickupsWaiting(memberId)
  }

  @Get('purchases/:id')
  @Answers(purchaseDetailSchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async purchase(
    @CallingMember() memberId: string,
    @Param('id') id: string,
  ): Promise<PurchaseDetail> {
    const detail = isUlid(id) ? await this.pages.purchase(memberId, id) : null
    if (!detail) throw new ProblemError('purchase_not_found')
    return detail
  }
}

function sessionOf(outcome: { ok: true; session: Session } | Refusal): Session {
  if (!outcome.ok) raise(outcome)
  return outcome.session
}
