import { Module } from '@nestjs/common'
import { OnlineOrdersService } from './online-orders.service.js'
import { PurchasesService } from './purchases.service.js'

@Module({
  providers: [PurchasesService, OnlineOrdersService],
  exports: [PurchasesService, OnlineOrdersService],
})
export class PurchasesModule {}
