import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { ImportsModule } from '../imports/imports.module.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { RunImportsService } from './run-imports.service.js'
import { SignInService } from './sign-in.service.js'
import { TakeEventsService } from './take-events.service.js'
import { TakeOrdersService } from './take-orders.service.js'

@Module({
  imports: [
    StoresModule,
    IntegrationsModule,
    ImportsModule,
    MembersModule,
    ConsentModule,
    PurchasesModule,
    PointsModule,
  ],
  providers: [TakeEventsService, TakeOrdersService, SignInService, RunImportsService],
  exports: [TakeEventsService, TakeOrdersService, SignInService, RunImportsService],
})
export class FlowsModule {}
