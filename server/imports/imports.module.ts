import { Module } from '@nestjs/common'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { ImportReadingService } from './import-reading.service.js'
import { ImportRejectionsService } from './import-rejections.service.js'
import { ImportTemplatesService } from './import-templates.service.js'
import { ImportWorkService } from './import-work.service.js'
import { ImportsService } from './imports.service.js'

const SERVICES = [
  ImportReadingService,
  ImportRejectionsService,
  ImportTemplatesService,
  ImportWorkService,
  ImportsService,
]

@Module({ imports: [StaffModule, StoresModule], providers: SERVICES, exports: SERVICES })
export class ImportsModule {}
