import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { ImportsModule } from '../imports/imports.module.js'
import { MessagesModule } from '../messages/messages.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { AskDeletionService } from './ask-deletion.service.js'
import { ErasureService } from './erasure.service.js'
import { ErasureWorkerService } from './erasure-worker.service.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { RunImportsService } from './run-imports.service.js'
import { RetentionWorkerService } from './retention-worker.service.js'
import { SignInService } from './sign-in.service.js'
import { TakeEventsService } from './take-events.service.js'
import { TakeOrdersService } from './take-orders.service.js'

const SERVICES = [
  TakeEventsService,
  TakeOrdersService,
  SignInService,
  RunImportsService,
  AskDeletionService,
  ErasureWorkerService,
  RetentionWorkerService,
]

@Module({
  imports: [
    StoresModule,
    IntegrationsModule,
    ImportsModule,
    MembersModule,
    ConsentModule,
    RightsModule,
    MessagesModule,
    PurchasesModule,
    PointsModule,
  ],
  providers: [...SERVICES, ErasureService],
  exports: SERVICES,
})
export class FlowsModule {}
