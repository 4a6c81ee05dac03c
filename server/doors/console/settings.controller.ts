import { Body, Controller, Get, Put, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  messageSettingsSchema,
  type MessageSettings,
} from '@huike/shared/contracts/console-campaigns'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'

/** What an owner sets for the whole chain, and whoever plans a campaign has to know. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/settings')
export class SettingsController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly audit: StaffAuditService,
  ) {}

  /** Quiet hours and the cap: the one gate before every channel. */
  @Get('messages')
  @UseGuards(StaffGuard('settings.view'))
  @Answers(messageSettingsSchema)
  messages(): Promise<MessageSettings> {
    return this.database.read((rx) => this.settings.messages(rx))
  }

  /** Sets them, for every message that is not sent yet. */
  @Put('messages')
  @UseGuards(StaffGuard('settings.manage'))
  @Answers(messageSettingsSchema)
  async setMessages(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: messageSettingsSchema }) settings: MessageSettings,
  ): Promise<MessageSettings> {
    const atMs = this.clock.nowMs()
    await this.database.write(async (tx) => {
      await this.settings.setMessages(tx, settings, { staffId: by.id, atMs })
      await this.audit.append(tx, {
        staffId: by.id,
        action: 'settings.messages_changed',
        subjectId: null,
        detail: JSON.stringify(settings),
        atMs,
      })
    })
    return settings
  }
}
