import { Body, Controller, Get, HttpCode, Post, Put, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  consentChangeSchema,
  inboxPageSchema,
  inboxQuerySchema,
  inboxReadSchema,
  privacySchema,
  profileChangeSchema,
  profileSchema,
  subscriptionAnswerSchema,
  subscriptionsSchema,
  type ConsentChange,
  type InboxPage,
  type Privacy,
  type Profile,
  type ProfileChange,
  type SubscriptionAnswer,
  type Subscriptions,
} from '@huike/shared/contracts/account'
import { signInAnswerSchema, type SignInAnswer } from '@huike/shared/contracts/sign-in'
import type { PageQuery } from '@huike/shared/contracts/common'
import type { AccessClaims } from '../../platform/auth.js'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { Caller, CallingMember, MemberGuard } from '../caller.js'
import { AccountService } from './account.service.js'

/** The shopper's own corner of /member/v1. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1')
export class AccountController {
  constructor(private readonly account: AccountService) {}

  @Get('messages')
  @Answers(inboxPageSchema)
  messages(
    @CallingMember() memberId: string,
    @Query({ schema: inboxQuerySchema }) query: PageQuery,
  ): Promise<InboxPage> {
    return this.account.messages(memberId, query)
  }

  @Post('messages/read')
  @HttpCode(204)
  async read(
    @CallingMember() memberId: string,
    @Body({ schema: inboxReadSchema }) body: { ids: string[] },
  ): Promise<void> {
    await this.account.read(memberId, body.ids)
  }

  @Get('profile')
  @Answers(profileSchema)
  profile(@CallingMember() memberId: string): Promise<Profile> {
    return this.account.profile(memberId)
  }

  @Put('profile')
  @Answers(profileSchema)
  async changeProfile(
    @CallingMember() memberId: string,
    @Body({ schema: profileChangeSchema }) body: ProfileChange,
  ): Promise<Profile> {
    const changed = await this.account.changeProfile(memberId, body)
    return changed.ok ? changed.profile : raise(changed)
  }

  /** Once a day. */
  @Post('sign-in')
  @Answers(signInAnswerSchema)
  async signIn(@CallingMember() memberId: string): Promise<SignInAnswer> {
    const done = await this.account.signIn(memberId)
    return done.ok ? done.answer : raise(done)
  }

  @Get('privacy')
  @Answers(privacySchema)
  privacy(@CallingMember() memberId: string): Promise<Privacy> {
    return this.account.privacy(memberId)
  }

  @Post('consents')
  @Answers(privacySchema)
  async consent(
    @CallingMember() memberId: string,
    @Caller() claims: AccessClaims,
    @Body({ schema: consentChangeSchema }) body: ConsentChange,
  ): Promise<Privacy> {
    const changed = await this.account.consent({ memberId, sessionId: claims.sub }, body)
    return changed.ok ? changed.privacy : raise(changed)
  }

  @Get('subscriptions')
  @Answers(subscriptionsSchema)
  subscriptions(
    @CallingMember() memberId: string,
    @Caller() claims: AccessClaims,
  ): Promise<Subscriptions> {
    return this.account.subscriptions({ memberId, sessionId: claims.sub })
  }

  @Post('subscriptions')
  @Answers(subscriptionsSchema)
  async answerSubscriptions(
    @CallingMember() memberId: string,
    @Caller() claims: AccessClaims,
    @Body({ schema: subscriptionAnswerSchema }) body: SubscriptionAnswer,
  ): Promise<Subscriptions> {
    const shopper = { memberId, sessionId: claims.sub }
    const noted = await this.account.answerSubscriptions(shopper, body)
    return noted.ok ? noted.subscriptions : raise(noted)
  }
}
