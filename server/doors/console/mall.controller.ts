import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import {
  cancelExchangeSchema,
  consoleExchangeSchema,
  consoleExchangesPageSchema,
  consoleExchangesQuerySchema,
  consoleMallItemSchema,
  consoleMallPageSchema,
  findExchangeSchema,
  foundExchangesSchema,
  handOverSchema,
  mallChangeSchema,
  mallDraftSchema,
  type CancelExchange,
  type ConsoleExchange,
  type ConsoleExchangesPage,
  type ConsoleExchangesQuery,
  type ConsoleMallItem,
  type ConsoleMallPage,
  type FindExchange,
  type FoundExchanges,
  type HandOver,
  type MallChange,
  type MallDraft,
} from '@huike/shared/contracts/console-mall'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { MallPagesService } from './mall-pages.service.js'

/** The points mall: what is in it, and what members exchanged and fetch in the stores. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/mall')
export class ConsoleMallController {
  constructor(private readonly pages: MallPagesService) {}

  /** Every item, the newest first. */
  @Get('items')
  @Answers(consoleMallPageSchema)
  @UseGuards(StaffGuard('mall.view'))
  items(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<ConsoleMallPage> {
    return this.pages.items(query)
  }

  /** Makes an item, once per request. */
  @Post('items')
  @HttpCode(200)
  @Answers(consoleMallItemSchema)
  @UseGuards(StaffGuard('mall.manage'))
  async create(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: mallDraftSchema }) draft: MallDraft,
  ): Promise<ConsoleMallItem> {
    const created = await this.pages.create(by, draft)
    return created.ok ? created.item : raise(created)
  }

  @Get('items/:id')
  @Answers(consoleMallItemSchema)
  @UseGuards(StaffGuard('mall.view'))
  async item(@Param('id') id: string): Promise<ConsoleMallItem> {
    const found = await this.pages.item(id)
    return found.ok ? found.item : raise(found)
  }

  /** Publishes a new version, once per request. */
  @Post('items/:id')
  @HttpCode(200)
  @Answers(consoleMallItemSchema)
  @UseGuards(StaffGuard('mall.manage'))
  async change(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: mallChangeSchema }) change: MallChange,
  ): Promise<ConsoleMallItem> {
    const changed = await this.pages.change(by, id, change)
    return changed.ok ? changed.item : raise(changed)
  }

  /** Goods in one state, as far as they are of the person's stores. */
  @Get('exchanges')
  @Answers(consoleExchangesPageSchema)
  @UseGuards(StaffGuard('mall.settle'))
  exchanges(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: consoleExchangesQuerySchema }) query: ConsoleExchangesQuery,
  ): Promise<ConsoleExchangesPage> {
    return this.pages.exchanges(by, query)
  }

  /** By a code, or by a phone. */
  @Post('exchanges/find')
  @HttpCode(200)
  @Answers(foundExchangesSchema)
  @UseGuards(StaffGuard('mall.hand_over'))
  find(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: findExchangeSchema }) asked: FindExchange,
  ): Promise<FoundExchanges> {
    return this.pages.find(by, asked)
  }

  /** The member has it. */
  @Post('exchanges/:id/hand-over')
  @HttpCode(200)
  @Answers(consoleExchangeSchema)
  @UseGuards(StaffGuard('mall.hand_over'))
  async handOver(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: handOverSchema }) at: HandOver,
  ): Promise<ConsoleExchange> {
    const handed = await this.pages.handOver(by, id, at)
    return handed.ok ? handed.exchange : raise(handed)
  }

  /** The points go back, and the goods to the stock. */
  @Post('exchanges/:id/cancel')
  @HttpCode(200)
  @Answers(consoleExchangeSchema)
  @UseGuards(StaffGuard('mall.settle'))
  async cancel(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: cancelExchangeSchema }) why: CancelExchange,
  ): Promise<ConsoleExchange> {
    const cancelled = await this.pages.cancel(by, id, why)
    return cancelled.ok ? cancelled.exchange : raise(cancelled)
  }
}
