import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import {
  consolePackOrdersPageSchema,
  consolePackOrderWholeSchema,
  packChangeSchema,
  packDraftSchema,
  packTemplateSchema,
  packTemplatesPageSchema,
  payFindingSchema,
  payFindingsPageSchema,
  payFindingsQuerySchema,
  settleFindingSchema,
  staffRefundRequestSchema,
  type ConsolePackOrdersPage,
  type ConsolePackOrderWhole,
  type PackChange,
  type PackDraft,
  type PackTemplatesPage,
  type PackTemplateView,
  type PayFindingsPage,
  type PayFindingsQuery,
  type PayFindingView,
  type SettleFinding,
  type StaffRefundRequest,
} from '@huike/shared/contracts/console-packs'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { PackOrdersPagesService } from './pack-orders-pages.service.js'
import { PacksPagesService } from './packs-pages.service.js'

/** Coupon packs: what is sold, its orders, and what does not agree with WeChat Pay. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/packs')
export class PacksController {
  constructor(
    private readonly pages: PacksPagesService,
    private readonly ordered: PackOrdersPagesService,
  ) {}

  /** Every pack, the newest first. */
  @Get('templates')
  @Answers(packTemplatesPageSchema)
  @UseGuards(StaffGuard('packs.view'))
  templates(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<PackTemplatesPage> {
    return this.pages.templates(query)
  }

  @Post('templates')
  @HttpCode(200)
  @Answers(packTemplateSchema)
  @UseGuards(StaffGuard('packs.manage'))
  async create(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: packDraftSchema }) draft: PackDraft,
  ): Promise<PackTemplateView> {
    const created = await this.pages.create(by, draft)
    return created.ok ? created.pack : raise(created)
  }

  @Get('templates/:id')
  @Answers(packTemplateSchema)
  @UseGuards(StaffGuard('packs.view'))
  async template(@Param('id') id: string): Promise<PackTemplateView> {
    const found = await this.pages.template(id)
    return found.ok ? found.pack : raise(found)
  }

  /** Changes limits, and publishes the terms where they are others. */
  @Post('templates/:id')
  @HttpCode(200)
  @Answers(packTemplateSchema)
  @UseGuards(StaffGuard('packs.manage'))
  async change(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: packChangeSchema }) change: PackChange,
  ): Promise<PackTemplateView> {
    const changed = await this.pages.change(by, id, change)
    return changed.ok ? changed.pack : raise(changed)
  }

  /** Every order, the newest first. */
  @Get('orders')
  @Answers(consolePackOrdersPageSchema)
  @UseGuards(StaffGuard('packs.view'))
  orders(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<ConsolePackOrdersPage> {
    return this.ordered.page(query)
  }

  /** One order with its coupons, and the money that went back. */
  @Get('orders/:id')
  @Answers(consolePackOrderWholeSchema)
  @UseGuards(StaffGuard('packs.view'))
  async order(@Param('id') id: string): Promise<ConsolePackOrderWhole> {
    const found = await this.ordered.one(id)
    return found.ok ? found.order : raise(found)
  }

  /** Gives unused coupons back for their share of the price, once per request, with a reason. */
  @Post('orders/:id/refunds')
  @HttpCode(200)
  @Answers(consolePackOrderWholeSchema)
  @UseGuards(StaffGuard('packs.refund'))
  async refund(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: staffRefundRequestSchema }) request: StaffRefundRequest,
  ): Promise<ConsolePackOrderWhole> {
    const asked = await this.ordered.refund(by, id, request)
    return asked.ok ? asked.order : raise(asked)
  }

  /** What does not agree about money. */
  @Get('findings')
  @Answers(payFindingsPageSchema)
  @UseGuards(StaffGuard('packs.view'))
  findings(
    @Query({ schema: payFindingsQuerySchema }) query: PayFindingsQuery,
  ): Promise<PayFindingsPage> {
    return this.pages.findingsPage(query)
  }

  /** Somebody saw to it, with what was done. */
  @Post('findings/:id/settle')
  @HttpCode(200)
  @Answers(payFindingSchema)
  @UseGuards(StaffGuard('packs.manage'))
  async settle(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: settleFindingSchema }) body: SettleFinding,
  ): Promise<PayFindingView> {
    const settled = await this.pages.settle(by, id, body)
    return settled.ok ? settled.finding : raise(settled)
  }
}
