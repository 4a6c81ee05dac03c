import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { PageQuery } from '@huike/shared/contracts/common'
import {
  packOrderRequestSchema,
  packOrderWholeSchema,
  packOrdersPageSchema,
  packOrdersQuerySchema,
  packPaymentSchema,
  packRefundRequestSchema,
  packShelfSchema,
  packViewSchema,
  type PackOrderRequest,
  type PackOrderWhole,
  type PackOrdersPage,
  type PackPayment,
  type PackRefundRequest,
  type PackShelf,
  type PackView,
} from '@huike/shared/contracts/packs'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingMember, MemberGuard, SandboxGuard } from '../caller.js'
import { MemberPacksService } from './member-packs.service.js'

/** Coupon packs, as a shopper buys them and gives them back. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1/packs')
export class MemberPacksController {
  constructor(private readonly packs: MemberPacksService) {}

  /** What is for sale now. */
  @Get()
  @Answers(packShelfSchema)
  shelf(@CallingMember() memberId: string): Promise<PackShelf> {
    return this.packs.shelf(memberId)
  }

  /** A shopper's orders, the newest first. */
  @Get('orders')
  @Answers(packOrdersPageSchema)
  orders(
    @CallingMember() memberId: string,
    @Query({ schema: packOrdersQuerySchema }) query: PageQuery,
  ): Promise<PackOrdersPage> {
    return this.packs.page(memberId, query)
  }

  /** Orders one, once per request; answers what the phone pays with. */
  @Post('orders')
  @HttpCode(200)
  @Answers(packPaymentSchema)
  async order(
    @CallingMember() memberId: string,
    @Body({ schema: packOrderRequestSchema }) request: PackOrderRequest,
  ): Promise<PackPayment> {
    const ordered = await this.packs.order(memberId, request)
    return ordered.ok ? ordered.payment : raise(ordered)
  }

  /** One order with its coupons: what became of a payment is asked here. */
  @Get('orders/:id')
  @Answers(packOrderWholeSchema)
  async one(@CallingMember() memberId: string, @Param('id') id: string): Promise<PackOrderWhole> {
    const found = await this.packs.whole(memberId, id)
    return found.ok ? found.order : raise(found)
  }

  /** What the phone pays an open order with, once more. */
  @Post('orders/:id/payment')
  @HttpCode(200)
  @Answers(packPaymentSchema)
  async payment(@CallingMember() memberId: string, @Param('id') id: string): Promise<PackPayment> {
    const payable = await this.packs.payAgain(memberId, id)
    return payable.ok ? payable.payment : raise(payable)
  }

  /** Pays without WeChat: only where the sandbox runs; elsewhere there is no such route. */
  @Post('orders/:id/sandbox-payment')
  @HttpCode(200)
  @Answers(packOrderWholeSchema)
  @UseGuards(SandboxGuard)
  async sandbox(
    @CallingMember() memberId: string,
    @Param('id') id: string,
  ): Promise<PackOrderWhole> {
    const paid = await this.packs.payInSandbox(memberId, id)
    return paid.ok ? paid.order : raise(paid)
  }

  /** Gives unused coupons back for their share of the price, once per request. */
  @Post('orders/:id/refunds')
  @HttpCode(200)
  @Answers(packOrderWholeSchema)
  async refund(
    @CallingMember() memberId: string,
    @Param('id') id: string,
    @Body({ schema: packRefundRequestSchema }) request: PackRefundRequest,
  ): Promise<PackOrderWhole> {
    const asked = await this.packs.refund(memberId, id, request)
    return asked.ok ? asked.order : raise(asked)
  }

  /** One pack of the shelf. */
  @Get(':id')
  @Answers(packViewSchema)
  async pack(@CallingMember() memberId: string, @Param('id') id: string): Promise<PackView> {
    const found = await this.packs.pack(memberId, id)
    return found.ok ? found.pack : raise(found)
  }
}
