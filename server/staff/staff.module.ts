import { Module } from '@nestjs/common'
import { StoresModule } from '../stores/stores.module.js'
import { SecondFactorService } from './second-factor.service.js'
import { SignInAttemptsService } from './sign-in-attempts.service.js'
import { StaffAuditLogService } from './staff-audit-log.service.js'
import { StaffAuditService } from './staff-audit.service.js'
import { StaffColleaguesService } from './staff-colleagues.service.js'
import { StaffHandoversService } from './staff-handovers.service.js'
import { StaffPasswordsService } from './staff-passwords.service.js'
import { StaffSessionsService } from './staff-sessions.service.js'
import { StaffSignInService } from './staff-sign-in.service.js'
import { StaffTeamService } from './staff-team.service.js'
import { StaffService } from './staff.service.js'

const services = [
  SecondFactorService,
  SignInAttemptsService,
  StaffAuditLogService,
  StaffAuditService,
  StaffColleaguesService,
  StaffHandoversService,
  StaffPasswordsService,
  StaffService,
  StaffSessionsService,
  StaffSignInService,
  StaffTeamService,
]

@Module({ imports: [StoresModule], providers: services, exports: services })
export class StaffModule {}
