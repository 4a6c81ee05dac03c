import { Body, Controller, Get, Put, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  securitySettingsSchema,
  type SecuritySettings,
} from '@huike/shared/contracts/console-access'
import {
  messageSettingsSchema,
  type MessageSettings,
} from '@huike/shared/contracts/console-campaigns'
import {
  duplicateSettingsSchema,
  type DuplicateSettings,
} from '@huike/shared/contracts/console-identity'
import {
  resolutionChangeSchema,
  resolutionShownSchema,
  type ResolutionChange,
  type ResolutionSettings,
  type ResolutionShown,
} from '@huike/shared/contracts/console-resolution'
import { pointsSettingsSchema, type PointsSettings } from '@huike/shared/contracts/spending'
import { Clock } from '../../platform/clock.js'
import { Database, type Tx } from '../../platform/database.js'
import { raise } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffSessionsService } from '../../staff/staff-sessions.service.js'
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
    private readonly sessions: StaffSessionsService,
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
    await this.database.write((tx) =>
      this.#changed(tx, by, 'settings.messages_changed', settings, (set) =>
        this.settings.setMessages(tx, settings, set),
      ),
    )
    return settings
  }

  /** How staff sign in. */
  @Get('security')
  @UseGuards(StaffGuard('settings.view'))
  @Answers(securitySettingsSchema)
  security(): Promise<SecuritySettings> {
    return this.database.read((rx) => this.settings.security(rx))
  }

  /** Sets it: whoever lacks a second factor then gets no further than their own account. */
  @Put('security')
  @UseGuards(StaffGuard('settings.manage'))
  @Answers(securitySettingsSchema)
  async setSecurity(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: securitySettingsSchema }) settings: SecuritySettings,
  ): Promise<SecuritySettings> {
    await this.database.write((tx) =>
      this.#changed(tx, by, 'settings.security_changed', settings, (set) =>
        this.settings.setSecurity(tx, settings, set),
      ),
    )
    this.sessions.forgetAll()
    return settings
  }

  /** Whether records that are one person are merged without one. */
  @Get('duplicates')
  @UseGuards(StaffGuard('settings.view'))
  @Answers(duplicateSettingsSchema)
  duplicates(): Promise<DuplicateSettings> {
    return this.database.read((rx) => this.settings.duplicates(rx))
  }

  /** Sets it: from the next pair on. */
  @Put('duplicates')
  @UseGuards(StaffGuard('settings.manage'))
  @Answers(duplicateSettingsSchema)
  async setDuplicates(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: duplicateSettingsSchema }) settings: DuplicateSettings,
  ): Promise<DuplicateSettings> {
    await this.database.write((tx) =>
      this.#changed(tx, by, 'settings.duplicates_changed', settings, (set) =>
        this.settings.setDuplicates(tx, settings, set),
      ),
    )
    return settings
  }

  /** How points are spent and taken back. */
  @Get('points')
  @UseGuards(StaffGuard('points.view'))
  @Answers(pointsSettingsSchema)
  points(): Promise<PointsSettings> {
    return this.database.read((rx) => this.settings.points(rx))
  }

  /** Sets it: from the next order and the next refund on. */
  @Put('points')
  @UseGuards(StaffGuard('points.manage'))
  @Answers(pointsSettingsSchema)
  async setPoints(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: pointsSettingsSchema }) settings: PointsSettings,
  ): Promise<PointsSettings> {
    await this.database.write((tx) =>
      this.#changed(tx, by, 'settings.points_changed', settings, (set) =>
        this.settings.setPoints(tx, settings, set),
      ),
    )
    return settings
  }

  /** How people are recognised: what is believed first, and when a number is somebody else's. */
  @Get('resolution')
  @UseGuards(StaffGuard('settings.view'))
  @Answers(resolutionShownSchema)
  async resolution(): Promise<ResolutionShown> {
    return shown(await this.database.read((rx) => this.settings.resolution(rx)))
  }

  /** Sets it, for everybody who is met from now on. What platforms append is told to nobody. */
  @Put('resolution')
  @UseGuards(StaffGuard('settings.manage'))
  @Answers(resolutionShownSchema)
  async setResolution(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: resolutionChangeSchema }) change: ResolutionChange,
  ): Promise<ResolutionShown> {
    const atMs = this.clock.nowMs()
    const set = await this.database.write(async (tx) => {
      const answer = await this.settings.setResolution(tx, change, { staffId: by.id, atMs })
      if (!answer.ok) return answer
      const detail = JSON.stringify(shown(answer.settings))
      const action = 'settings.resolution_changed'
      await this.audit.append(tx, { staffId: by.id, action, subjectId: null, detail, atMs })
      return answer
    })
    if (!set.ok) raise(set)
    return shown(set.settings)
  }

  async #changed(
    tx: Tx,
    by: ActingStaff,
    action: string,
    settings: object,
    set: (by: { staffId: string; atMs: number }) => Promise<void>,
  ): Promise<void> {
    const atMs = this.clock.nowMs()
    await set({ staffId: by.id, atMs })
    const detail = JSON.stringify(settings)
    await this.audit.append(tx, { staffId: by.id, action, subjectId: null, detail, atMs })
  }
}

function shown({ salts, ...rules }: ResolutionSettings): ResolutionShown {
  return { ...rules, platforms: salts.map(({ platform }) => platform) }
}
