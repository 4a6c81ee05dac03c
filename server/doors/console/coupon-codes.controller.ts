import { Controller, Get, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger'
import {
  codesReportSchema,
  codesSummarySchema,
  COUPON_CODES_BYTES_MAX,
  type CodesReport,
  type CodesSummary,
} from '@huike/shared/contracts/coupon-codes'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { CouponCodesService } from '../../coupons/coupon-codes.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { hangUp, UPLOAD_TYPE, uploadOf } from '../uploads.js'

/** Codes that were printed or sold elsewhere, for a kind of coupon. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/coupons/templates/:id/codes')
export class CouponCodesController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly codes: CouponCodesService,
    private readonly audit: StaffAuditService,
  ) {}

  /** How many there are. */
  @Get()
  @Answers(codesSummarySchema)
  @UseGuards(StaffGuard('coupons.view'))
  async summary(@Param('id') id: string): Promise<CodesSummary> {
    const summary = await this.database.read((rx) => this.codes.summaryOf(rx, id))
    if (!summary) throw new ProblemError('not_found')
    return summary
  }

  /** The file itself is the body, a code in the first cell of each row; the same again adds nothing. */
  @Post()
  @HttpCode(200)
  @ApiConsumes(UPLOAD_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Answers(codesReportSchema)
  @UseGuards(StaffGuard('coupons.manage'))
  async take(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CodesReport> {
    try {
      const body = uploadOf(request, COUPON_CODES_BYTES_MAX)
      const taken = await this.codes.take(id, by.id, body)
      if (!taken.ok) raise(taken)
      const { added } = taken.report
      await this.database.write((tx) =>
        this.audit.append(tx, {
          ...{ staffId: by.id, action: 'coupon.codes_imported', subjectId: id },
          ...{ detail: `新增 ${String(added)} 个`, atMs: this.clock.nowMs() },
        }),
      )
      return taken.report
    } catch (error) {
      hangUp(request, reply)
      throw error
    }
  }
}
