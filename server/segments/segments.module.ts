import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { LevelsModule } from '../levels/levels.module.js'
import { MembersModule } from '../members/members.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { AudienceService } from './audience.service.js'
import { MemberMetricsService } from './member-metrics.service.js'
import { MemberRowsService } from './member-rows.service.js'
import { MemberSelectionService } from './member-selection.service.js'
import { MetricsMovesService } from './metrics-moves.service.js'

const services = [
  AudienceService,
  MemberMetricsService,
  MemberRowsService,
  MemberSelectionService,
  MetricsMovesService,
]

@Module({
  imports: [ConsentModule, LevelsModule, MembersModule, StoresModule],
  providers: services,
  exports: services,
})
export class SegmentsModule {}
