import { createReadStream } from 'node:fs'
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  StreamableFile,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  exportJobSchema,
  exportJobsSchema,
  memberFilterSchema,
  type ExportJob,
  type MemberFilter,
} from '@huike/shared/contracts/console-members'
import { raise } from '../../platform/problems.js'
import { ExportsService } from '../../reports/exports.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'

/** Members as a file: asked for, written in the background, fetched within a week. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(StaffGuard('members.export'))
@Controller('console/v1/members/exports')
export class ConsoleExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Post()
  @Answers(exportJobSchema)
  async ask(
    @CallingStaff() staff: ActingStaff,
    @Body({ schema: memberFilterSchema }) filter: MemberFilter,
  ): Promise<ExportJob> {
    const asked = await this.exports.ask(staff, filter)
    if (!asked.ok) raise(asked)
    return asked.job
  }

  @Get()
  @Answers(exportJobsSchema)
  @Header('cache-control', 'no-store')
  async list(@CallingStaff() staff: ActingStaff): Promise<{ exports: ExportJob[] }> {
    return { exports: await this.exports.list(staff) }
  }

  /** The file itself: CSV in UTF-8 with a byte order mark. */
  @Get(':id/file')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async file(@CallingStaff() staff: ActingStaff, @Param('id') id: string): Promise<StreamableFile> {
    const found = await this.exports.file(staff, id)
    if (!found.ok) raise(found)
    return new StreamableFile(createReadStream(found.path), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="members-${id}.csv"`,
    })
  }
}
