import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { PageQuery } from '@huike/shared/contracts/common'
import {
  exchangeAnswerSchema,
  exchangeRequestSchema,
  exchangesPageSchema,
  exchangesQuerySchema,
  mallItemAnswerSchema,
  mallShelfSchema,
  type ExchangeAnswer,
  type ExchangeRequest,
  type ExchangesPage,
  type MallItemAnswer,
  type MallShelf,
} from '@huike/shared/contracts/mall'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingMember, MemberGuard } from '../caller.js'
import { MemberMallService } from './member-mall.service.js'

/** The points mall, as a shopper takes goods and coupons for points. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1/mall')
export class MemberMallController {
  constructor(private readonly mall: MemberMallService) {}

  /** Everything on the shelf, in the chain's order. */
  @Get()
  @Answers(mallShelfSchema)
  shelf(@CallingMember() memberId: string): Promise<MallShelf> {
    return this.mall.shelf(memberId)
  }

  /** One item of the shelf. */
  @Get('items/:id')
  @Answers(mallItemAnswerSchema)
  async item(@CallingMember() memberId: string, @Param('id') id: string): Promise<MallItemAnswer> {
    const found = await this.mall.item(memberId, id)
    return found.ok ? found.answer : raise(found)
  }

  /** A shopper's exchanges, the newest first. */
  @Get('exchanges')
  @Answers(exchangesPageSchema)
  exchanges(
    @CallingMember() memberId: string,
    @Query({ schema: exchangesQuerySchema }) query: PageQuery,
  ): Promise<ExchangesPage> {
    return this.mall.page(memberId, query)
  }

  /** Exchanges points, once per request. */
  @Post('exchanges')
  @HttpCode(200)
  @Answers(exchangeAnswerSchema)
  async exchange(
    @CallingMember() memberId: string,
    @Body({ schema: exchangeRequestSchema }) request: ExchangeRequest,
  ): Promise<ExchangeAnswer> {
    const exchanged = await this.mall.exchange(memberId, request)
    return exchanged.ok ? exchanged.answer : raise(exchanged)
  }

  /** One exchange: what became of it is asked here. */
  @Get('exchanges/:id')
  @Answers(exchangeAnswerSchema)
  async one(@CallingMember() memberId: string, @Param('id') id: string): Promise<ExchangeAnswer> {
    const found = await this.mall.one(memberId, id)
    return found.ok ? found.answer : raise(found)
  }

  /** The points come back, the goods go back to the stock. */
  @Post('exchanges/:id/cancel')
  @HttpCode(200)
  @Answers(exchangeAnswerSchema)
  async cancel(
    @CallingMember() memberId: string,
    @Param('id') id: string,
  ): Promise<ExchangeAnswer> {
    const cancelled = await this.mall.cancel(memberId, id)
    return cancelled.ok ? cancelled.answer : raise(cancelled)
  }
}
