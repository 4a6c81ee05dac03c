import { Module } from '@nestjs/common'
import { CouponsModule } from '../coupons/coupons.module.js'
import { MembersModule } from '../members/members.module.js'
import { PackOrdersService } from './pack-orders.service.js'
import { PackOwnersService } from './pack-owners.service.js'
import { PackPaymentsService } from './pack-payments.service.js'
import { PackRefundsService } from './pack-refunds.service.js'
import { PackTemplatesService } from './pack-templates.service.js'
import { PacksWorkerService } from './packs-worker.service.js'
import { PayBillsService } from './pay-bills.service.js'
import { PayFindingsService } from './pay-findings.service.js'
import { PayNoticesService } from './pay-notices.service.js'

const services = [
  PackTemplatesService,
  PackOrdersService,
  PackPaymentsService,
  PackRefundsService,
  PackOwnersService,
  PayNoticesService,
  PayFindingsService,
  PayBillsService,
  PacksWorkerService,
]

@Module({ imports: [MembersModule, CouponsModule], providers: services, exports: services })
export class PacksModule {}
