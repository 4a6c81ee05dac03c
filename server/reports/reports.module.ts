import { Module } from '@nestjs/common'
import { LevelsModule } from '../levels/levels.module.js'
import { MallModule } from '../mall/mall.module.js'
import { PointsModule } from '../points/points.module.js'
import { SegmentsModule } from '../segments/segments.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { AuditExportsService } from './audit-exports.service.js'
import { ExportWorkerService } from './export-worker.service.js'
import { ExportsService } from './exports.service.js'
import { HotItemsService } from './hot-items.service.js'
import { LevelTrialRunsService } from './level-trial-runs.service.js'
import { PointsOwedService } from './points-owed.service.js'
import { PointsJobsWorkerService } from './points-jobs-worker.service.js'
import { ReportsService } from './reports.service.js'
import { StatisticsService } from './statistics.service.js'

const services = [
  AuditExportsService,
  ExportsService,
  ExportWorkerService,
  HotItemsService,
  LevelTrialRunsService,
  PointsJobsWorkerService,
  PointsOwedService,
  ReportsService,
  StatisticsService,
]

@Module({
  imports: [LevelsModule, MallModule, PointsModule, SegmentsModule, StaffModule],
  providers: services,
  exports: services,
})
export class ReportsModule {}
