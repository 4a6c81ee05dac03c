import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Param,
  Post,
  Put,
  Query,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import {
  consentCountsQuerySchema,
  consentCountsSchema,
  type ConsentCounts,
  type ConsentCountsQuery,
} from '@huike/shared/contracts/console-rights'
import {
  consentPageSchema,
  consentQuerySchema,
  deletionForSchema,
  deletionPageSchema,
  deletionQuerySchema,
  deletionRowSchema,
  deletionSchema,
  privacySettingsSchema,
  retentionChangeSchema,
  retentionRunsSchema,
  retentionSchema,
  type ConsentPage,
  type ConsentQuery,
  type Deletion,
  type DeletionPage,
  type DeletionQuery,
  type DeletionRow,
  type PrivacySettings,
  type Retention,
  type RetentionChange,
  type RetentionRuns,
} from '@huike/shared/contracts/rights'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { RetentionPagesService } from './retention-pages.service.js'
import { RightsPagesService } from './rights-pages.service.js'

/** Consents, deletions and how long things are kept, as staff see and set them. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class ConsoleRightsController {
  constructor(
    private readonly rights: RightsPagesService,
    private readonly retention: RetentionPagesService,
  ) {}

  @Get('consents')
  @Answers(consentPageSchema)
  @UseGuards(StaffGuard('consents.view'))
  @Header('cache-control', 'no-store')
  consents(
    @CallingStaff() staff: ActingStaff,
    @Query({ schema: consentQuerySchema }) query: ConsentQuery,
  ): Promise<ConsentPage> {
    return this.rights.consents(staff, query)
  }

  @Get('consents/counts')
  @Answers(consentCountsSchema)
  @UseGuards(StaffGuard('consents.view'))
  async consentCounts(
    @CallingStaff() staff: ActingStaff,
    @Query({ schema: consentCountsQuerySchema }) query: ConsentCountsQuery,
  ): Promise<ConsentCounts> {
    const counted = await this.rights.consentCounts(staff, query)
    return counted.ok ? counted.counts : raise(counted)
  }

  @Get('deletions')
  @Answers(deletionPageSchema)
  @UseGuards(StaffGuard('consents.view'))
  @Header('cache-control', 'no-store')
  deletions(
    @CallingStaff() staff: ActingStaff,
    @Query({ schema: deletionQuerySchema }) query: DeletionQuery,
  ): Promise<DeletionPage> {
    return this.rights.deletions(staff, query)
  }

  /** What the member would lose, shown before anybody asks for it. */
  @Get('members/:memberId/deletion')
  @Answers(deletionSchema)
  @UseGuards(StaffGuard('members.view', 'consents.view'))
  @Header('cache-control', 'no-store')
  async deletion(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
  ): Promise<Deletion> {
    const found = await this.rights.deletionOf(staff, memberId)
    return found.ok ? found.deletion : raise(found)
  }

  /** For a member who asks in the shop; the cooling-off days are the same. */
  @Post('members/:memberId/deletion')
  @Answers(deletionRowSchema)
  @UseGuards(StaffGuard('members.phone'))
  async askDeletion(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
    @Body({ schema: deletionForSchema }) { why }: { why: string },
  ): Promise<DeletionRow> {
    const asked = await this.rights.askDeletion(staff, memberId, why)
    return asked.ok ? asked.deletion : raise(asked)
  }

  /** Takes it back for a member who stays after all. */
  @Delete('members/:memberId/deletion')
  @Answers(deletionRowSchema)
  @UseGuards(StaffGuard('members.phone'))
  async takeDeletionBack(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
  ): Promise<DeletionRow> {
    const taken = await this.rights.takeDeletionBack(staff, memberId)
    return taken.ok ? taken.deletion : raise(taken)
  }

  @Get('settings/privacy')
  @Answers(privacySettingsSchema)
  @UseGuards(StaffGuard('settings.view'))
  privacy(): Promise<PrivacySettings> {
    return this.retention.privacy()
  }

  /** Sets the cooling-off days, for deletions asked for from now on. */
  @Put('settings/privacy')
  @Answers(privacySettingsSchema)
  @UseGuards(StaffGuard('settings.manage'))
  setPrivacy(
    @CallingStaff() staff: ActingStaff,
    @Body({ schema: privacySettingsSchema }) settings: PrivacySettings,
  ): Promise<PrivacySettings> {
    return this.retention.setPrivacy(staff, settings)
  }

  @Get('retention')
  @Answers(retentionSchema)
  @UseGuards(StaffGuard('settings.view'))
  rules(): Promise<Retention> {
    return this.retention.rules()
  }

  @Put('retention')
  @Answers(retentionSchema)
  @UseGuards(StaffGuard('settings.manage'))
  async setRule(
    @CallingStaff() staff: ActingStaff,
    @Body({ schema: retentionChangeSchema }) change: RetentionChange,
  ): Promise<Retention> {
    const changed = await this.retention.setRule(staff, change)
    return changed.ok ? changed.retention : raise(changed)
  }

  @Get('retention/runs')
  @Answers(retentionRunsSchema)
  @UseGuards(StaffGuard('settings.view'))
  runs(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<RetentionRuns> {
    return this.retention.runs(query)
  }
}
