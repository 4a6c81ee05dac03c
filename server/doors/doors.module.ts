import { Module } from '@nestjs/common'
import { FlowsModule } from '../flows/flows.module.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { ReportsModule } from '../reports/reports.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { AgentController } from './agent/agent.controller.js'
import { AgentMembersService } from './agent/agent-members.service.js'
import { ConsoleController } from './console/console.controller.js'
import { ConsoleSourcesController } from './console/sources.controller.js'
import { ConsoleSourcesService } from './console/sources.service.js'
import { MemberController } from './member/member.controller.js'
import { MemberPagesService } from './member/member-pages.service.js'
import { OpenMembersService } from './open/open-members.service.js'
import { OpenController } from './open/open.controller.js'
import { OpsController } from './ops/ops.controller.js'

@Module({
  imports: [
    FlowsModule,
    IntegrationsModule,
    MembersModule,
    PointsModule,
    PurchasesModule,
    ReportsModule,
    StaffModule,
    StoresModule,
  ],
  controllers: [
    AgentController,
    MemberController,
    ConsoleController,
    ConsoleSourcesController,
    OpenController,
    OpsController,
  ],
  providers: [AgentMembersService, ConsoleSourcesService, MemberPagesService, OpenMembersService],
})
export class DoorsModule {}
