import { Module } from '@nestjs/common'
import { LastBuyersService } from './last-buyers.service.js'
import { FirstSalesService } from './first-sales.service.js'
import { KeptGoodsService } from './kept-goods.service.js'
import { KeptSalesService } from './kept-sales.service.js'
import { OnlineOrdersService } from './online-orders.service.js'
import { PurchaseOwnersService } from './purchase-owners.service.js'
import { PurchaseTimesService } from './purchase-times.service.js'
import { PurchasesService } from './purchases.service.js'
import { StrayPurchasesService } from './stray-purchases.service.js'

const SERVICES = [
  PurchasesService,
  FirstSalesService,
  KeptSalesService,
  KeptGoodsService,
  PurchaseOwnersService,
  OnlineOrdersService,
  StrayPurchasesService,
  LastBuyersService,
  PurchaseTimesService,
]

@Module({ providers: SERVICES, exports: SERVICES })
export class PurchasesModule {}
