import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { SignInService } from './sign-in.service.js'
import { TakeEventsService } from './take-events.service.js'
import { TakeOrdersService } from './take-orders.service.js'

@Module({
  imports: [
    StoresModule,
    IntegrationsModule,
    MembersModule,
    ConsentModule,
    PurchasesModule,
    PointsModule,
  ],
  providers: [TakeEventsService, TakeOrdersService, SignInService],
  exports: [TakeEventsService, TakeOrdersService, SignInService],
})
export class FlowsModule {}
