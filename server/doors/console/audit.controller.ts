import { createReadStream } from 'node:fs'
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  StreamableFile,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  auditExportSchema,
  auditExportsSchema,
  auditFilterSchema,
  auditPageSchema,
  auditQuerySchema,
  type AuditExport,
  type AuditFilter,
  type AuditPage,
  type AuditQuery,
} from '@huike/shared/contracts/console-audit'
import { Database } from '../../platform/database.js'
import { raise } from '../../platform/problems.js'
import { AuditExportsService } from '../../reports/audit-exports.service.js'
import { StaffAuditLogService } from '../../staff/staff-audit-log.service.js'
import { Answers } from '../answers.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'

/** What staff did: to be looked through, and as a file. Nothing here can be changed. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(StaffGuard('audit.view'))
@Controller('console/v1/audit')
export class AuditController {
  constructor(
    private readonly database: Database,
    private readonly log: StaffAuditLogService,
    private readonly exports: AuditExportsService,
  ) {}

  @Get()
  @Answers(auditPageSchema)
  @Header('cache-control', 'no-store')
  async page(@Query({ schema: auditQuerySchema }) query: AuditQuery): Promise<AuditPage> {
    const { cursor, limit, ...filter } = query
    const before = placeOf(cursor)
    // One more than the page, to know whether there is another.
    const found = await this.database.read((rx) =>
      this.log.page(rx, filter, { before, limit: limit + 1 }),
    )
    const entries = found.slice(0, limit)
    const last = entries.at(-1)
    return { entries, nextCursor: found.length > limit && last ? cursorOf(last) : null }
  }

  @Post('exports')
  @Answers(auditExportSchema)
  async ask(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: auditFilterSchema }) filter: AuditFilter,
  ): Promise<AuditExport> {
    const asked = await this.exports.ask(by.id, filter)
    if (!asked.ok) raise(asked)
    return asked.job
  }

  @Get('exports')
  @Answers(auditExportsSchema)
  @Header('cache-control', 'no-store')
  async list(@CallingStaff() by: ActingStaff): Promise<{ exports: AuditExport[] }> {
    return { exports: await this.exports.list(by.id) }
  }

  /** The file itself: CSV in UTF-8 with a byte order mark. */
  @Get('exports/:id/file')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async file(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<StreamableFile> {
    const found = await this.exports.file(by.id, id)
    if (!found.ok) raise(found)
    return new StreamableFile(createReadStream(found.path), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="audit-${id}.csv"`,
    })
  }
}
