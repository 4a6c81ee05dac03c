import { Module } from '@nestjs/common'
import { CouponsModule } from '../coupons/coupons.module.js'
import { MembersModule } from '../members/members.module.js'
import { MessagesModule } from '../messages/messages.module.js'
import { SegmentsModule } from '../segments/segments.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { CampaignGiftsService } from './campaign-gifts.service.js'
import { CampaignPreviewService } from './campaign-preview.service.js'
import { CampaignResultsService } from './campaign-results.service.js'
import { CampaignRunnerService } from './campaign-runner.service.js'
import { CampaignsService } from './campaigns.service.js'

const services = [
  CampaignsService,
  CampaignGiftsService,
  CampaignPreviewService,
  CampaignResultsService,
  CampaignRunnerService,
]

@Module({
  imports: [
    CouponsModule,
    MembersModule,
    MessagesModule,
    SegmentsModule,
    StaffModule,
    StoresModule,
  ],
  providers: services,
  exports: services,
})
export class CampaignsModule {}
