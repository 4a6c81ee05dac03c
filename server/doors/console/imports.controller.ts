import { Readable } from 'node:stream'
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  IMPORT_BYTES_MAX,
  importJobSchema,
  importMappingSchema,
  importSampleSchema,
  importsPageSchema,
  importTemplateInputSchema,
  importTemplateSchema,
  importTemplatesSchema,
  importUploadedSchema,
  importUploadQuerySchema,
  type ImportJob,
  type ImportMapping,
  type ImportSample,
  type ImportsPage,
  type ImportTemplate,
  type ImportTemplateInput,
  type ImportTemplates,
  type ImportUploaded,
  type ImportUploadQuery,
} from '@huike/shared/contracts/console-imports'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import { ImportTemplatesService } from '../../imports/import-templates.service.js'
import { ImportsService } from '../../imports/imports.service.js'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { hangUp, UPLOAD_TYPE, uploadOf } from '../uploads.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'

/** Members and orders from files: uploaded, mapped, checked as a whole, and then taken. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly templates: ImportTemplatesService,
  ) {}

  /** The file itself is the body; it is sealed while it streams in. */
  @Post()
  @ApiConsumes(UPLOAD_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Answers(importUploadedSchema)
  @UseGuards(StaffGuard('imports.run'))
  async upload(
    @CallingStaff() staff: ActingStaff,
    @Query({ schema: importUploadQuerySchema }) query: ImportUploadQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportUploaded> {
    try {
      const body = uploadOf(request, IMPORT_BYTES_MAX)
      const received = await this.imports.receive(staff.id, query.name, body)
      if (!received.ok) raise(received)
      return { job: received.job, isNew: received.isNew }
    } catch (error) {
      hangUp(request, reply)
      throw error
    }
  }

  @Get()
  @Answers(importsPageSchema)
  @Header('cache-control', 'no-store')
  @UseGuards(StaffGuard('imports.view'))
  async page(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<ImportsPage> {
    const found = await this.imports.page(placeOf(query.cursor), query.limit + 1)
    const imports = found.slice(0, query.limit)
    const last = imports.at(-1)
    const hasMore = found.length > query.limit && last !== undefined
    return {
      imports,
      nextCursor: hasMore ? cursorOf({ atMs: last.createdAtMs, id: last.id }) : null,
    }
  }

  @Get('templates')
  @Answers(importTemplatesSchema)
  @UseGuards(StaffGuard('imports.view'))
  async list(): Promise<ImportTemplates> {
    return { templates: await this.templates.list() }
  }

  /** Saves a mapping for the next file of its kind; the same name gives way. */
  @Post('templates')
  @Answers(importTemplateSchema)
  @UseGuards(StaffGuard('imports.run'))
  async keep(
    @CallingStaff() staff: ActingStaff,
    @Body({ schema: importTemplateInputSchema }) input: ImportTemplateInput,
  ): Promise<ImportTemplate> {
    const kept = await this.templates.keep(staff.id, input)
    if (!kept.ok) raise(kept)
    return kept.template
  }

  @Get(':id')
  @Answers(importJobSchema)
  @Header('cache-control', 'no-store')
  @UseGuards(StaffGuard('imports.view'))
  async one(@Param('id') id: string): Promise<ImportJob> {
    return jobIn(await this.imports.one(id))
  }

  /** The first rows, masked. */
  @Get(':id/sample')
  @Answers(importSampleSchema)
  @Header('cache-control', 'no-store')
  @UseGuards(StaffGuard('imports.run'))
  async sample(@Param('id') id: string): Promise<ImportSample> {
    const found = await this.imports.sample(id)
    if (!found.ok) raise(found)
    return { rows: found.rows }
  }

  /** Says how the file is read, and has all of it checked; nothing is taken. */
  @Post(':id/mapping')
  @Answers(importJobSchema)
  @UseGuards(StaffGuard('imports.run'))
  async map(
    @CallingStaff() staff: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: importMappingSchema }) mapping: ImportMapping,
  ): Promise<ImportJob> {
    return jobIn(await this.imports.map(staff.id, id, mapping))
  }

  @Post(':id/start')
  @Answers(importJobSchema)
  @UseGuards(StaffGuard('imports.run'))
  async start(@CallingStaff() staff: ActingStaff, @Param('id') id: string): Promise<ImportJob> {
    return jobIn(await this.imports.start(staff.id, id))
  }

  /** Calls an import off: what was taken stays. */
  @Post(':id/cancel')
  @Answers(importJobSchema)
  @UseGuards(StaffGuard('imports.run'))
  async cancel(@CallingStaff() staff: ActingStaff, @Param('id') id: string): Promise<ImportJob> {
    return jobIn(await this.imports.cancel(staff.id, id))
  }

  /** The rows that were not taken, masked, as a CSV file; fetching it is written down. */
  @Get(':id/rejected')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @UseGuards(StaffGuard('imports.run'))
  async rejected(
    @CallingStaff() staff: ActingStaff,
    @Param('id') id: string,
  ): Promise<StreamableFile> {
    const found = await this.imports.rejected(staff.id, id)
    if (!found.ok) raise(found)
    return new StreamableFile(Readable.from(found.csv, { objectMode: false }), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="rejected-${id}.csv"`,
    })
  }
}

function jobIn(answer: Awaited<ReturnType<ImportsService['one']>>): ImportJob {
  if (!answer.ok) raise(answer)
  return answer.job
}
