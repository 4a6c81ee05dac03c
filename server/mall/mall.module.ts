import { Module } from '@nestjs/common'
import { CouponsModule } from '../coupons/coupons.module.js'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { ExchangeEndingsService } from './exchange-endings.service.js'
import { MallExchangesService } from './mall-exchanges.service.js'
import { MallItemsService } from './mall-items.service.js'
import { MallListsService } from './mall-lists.service.js'
import { MallOwnersService } from './mall-owners.service.js'

const services = [
  MallItemsService,
  MallExchangesService,
  ExchangeEndingsService,
  MallListsService,
  MallOwnersService,
]

@Module({
  imports: [MembersModule, PointsModule, CouponsModule, RightsModule, StoresModule],
  providers: services,
  exports: services,
})
export class MallModule {}
