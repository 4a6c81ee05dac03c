import { Module } from '@nestjs/common'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { QualityIssuesService } from './quality-issues.service.js'
import { QualityRunsService } from './quality-runs.service.js'
import { QualitySamplesService } from './quality-samples.service.js'
import { QualityWantedService } from './quality-wanted.service.js'
import { QualityWorkerService } from './quality-worker.service.js'

const services = [
  QualityIssuesService,
  QualityRunsService,
  QualitySamplesService,
  QualityWantedService,
  QualityWorkerService,
]

@Module({ imports: [StaffModule, StoresModule], providers: services, exports: services })
export class QualityModule {}
