import { Module } from '@nestjs/common'
import { FlowsModule } from '../flows/flows.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { ReportsModule } from '../reports/reports.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { AgentController } from './agent/agent.controller.js'
import { AgentMembersService } from './agent/agent-members.service.js'
import { ConsoleController } from './console/console.controller.js'
import { MemberController } from './member/member.controller.js'
import { MemberPagesService } from './member/member-pages.service.js'
import { OpsController } from './ops/ops.controller.js'

@Module({
  imports: [
    FlowsModule,
    MembersModule,
    PointsModule,
    PurchasesModule,
    ReportsModule,
    StaffModule,
    StoresModule,
  ],
  controllers: [AgentController, MemberController, ConsoleController, OpsController],
  providers: [AgentMembersService, MemberPagesService],
})
export class DoorsModule {}
