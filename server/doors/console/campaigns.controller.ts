import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger'
import {
  audienceAskSchema,
  audiencePreviewSchema,
  campaignMessagesPageSchema,
  campaignMessagesQuerySchema,
  campaignSchema,
  campaignsPageSchema,
  campaignStartSchema,
  type AudienceAsk,
  type AudiencePreview,
  type Campaign,
  type CampaignMessagesPage,
  type CampaignMessagesQuery,
  type CampaignsPage,
  type CampaignStart,
} from '@huike/shared/contracts/console-campaigns'
import { pageQuerySchema, type PageQuery } from '@huike/shared/contracts/common'
import { Answers } from '../answers.js'
import { IdempotencyKey } from '../open/api-key.guard.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { CampaignsPagesService } from './campaigns-pages.service.js'

/** Campaigns: who would be written to, sending, and what came of it. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/campaigns')
export class CampaignsController {
  constructor(private readonly campaigns: CampaignsPagesService) {}

  @Get()
  @Answers(campaignsPageSchema)
  @UseGuards(StaffGuard('campaigns.view'))
  page(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: pageQuerySchema }) query: PageQuery,
  ): Promise<CampaignsPage> {
    return this.campaigns.page(by, query)
  }

  /** What sending now would come to; nothing is written and nobody is written to. */
  @Post('preview')
  @Answers(audiencePreviewSchema)
  @UseGuards(StaffGuard('campaigns.send'))
  preview(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: audienceAskSchema }) ask: AudienceAsk,
  ): Promise<AudiencePreview> {
    return this.campaigns.preview(by, ask)
  }

  /** Makes and starts a campaign, once for each key; nothing of it can be changed afterwards. */
  @Post()
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: '1 to 64 characters' })
  @Answers(campaignSchema)
  @UseGuards(StaffGuard('campaigns.send'))
  start(
    @CallingStaff() by: ActingStaff,
    @IdempotencyKey() key: string,
    @Body({ schema: campaignStartSchema }) start: CampaignStart,
  ): Promise<Campaign> {
    return this.campaigns.start(by, start, key)
  }

  @Get(':id')
  @Answers(campaignSchema)
  @UseGuards(StaffGuard('campaigns.view'))
  one(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<Campaign> {
    return this.campaigns.one(by, id)
  }

  /** Who was written to, masked: for those who may look at members. */
  @Get(':id/messages')
  @Answers(campaignMessagesPageSchema)
  @UseGuards(StaffGuard('campaigns.view', 'members.view'))
  messages(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Query({ schema: campaignMessagesQuerySchema }) query: CampaignMessagesQuery,
  ): Promise<CampaignMessagesPage> {
    return this.campaigns.messages(by, id, query)
  }

  /** Stops a campaign: who waits is not written to, what was sent stays sent. */
  @Post(':id/cancel')
  @Answers(campaignSchema)
  @UseGuards(StaffGuard('campaigns.send'))
  cancel(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<Campaign> {
    return this.campaigns.cancel(by, id)
  }
}
