import { Module } from '@nestjs/common'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { OrderPickupsService } from './order-pickups.service.js'
import { PickupListsService } from './pickup-lists.service.js'

const services = [OrderPickupsService, PickupListsService]

@Module({
  imports: [StoresModule, StaffModule, PurchasesModule],
  providers: services,
  exports: services,
})
export class PickupsModule {}
