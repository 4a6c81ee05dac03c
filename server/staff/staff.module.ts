import { Module } from '@nestjs/common'
import { StoresModule } from '../stores/stores.module.js'
import { StaffAuditService } from './staff-audit.service.js'
import { StaffTeamService } from './staff-team.service.js'
import { StaffService } from './staff.service.js'

const services = [StaffService, StaffAuditService, StaffTeamService]

@Module({ imports: [StoresModule], providers: services, exports: services })
export class StaffModule {}
