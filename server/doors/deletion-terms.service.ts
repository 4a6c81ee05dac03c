import { Injectable } from '@nestjs/common'
import type { Deletion } from '@huike/shared/contracts/rights'
import type { EpochMs } from '@huike/shared/quantities'
import { LevelSchemesService } from '../levels/level-schemes.service.js'
import { MallOwnersService } from '../mall/mall-owners.service.js'
import type { Member } from '../members/member.entity.js'
import { InboxService } from '../messages/inbox.service.js'
import { PickupListsService } from '../pickups/pickup-lists.service.js'
import { Clock } from '../platform/clock.js'
import type { Rx } from '../platform/database.js'
import { PointsService } from '../points/points.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { DeletionsService } from '../rights/deletions.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'

/** What deleting a membership would take away: the same to the member and to the shop. */
@Injectable()
export class DeletionTermsService {
  constructor(
    private readonly deletions: DeletionsService,
    private readonly points: PointsService,
    private readonly purchases: PurchasesService,
    private readonly inbox: InboxService,
    private readonly settings: ChainSettingsService,
    private readonly levels: LevelSchemesService,
    private readonly mall: MallOwnersService,
    private readonly pickups: PickupListsService,
    private readonly clock: Clock,
  ) {}

  /** What would be lost, by today's count, and whether a deletion waits. */
  async termsOf(rx: Rx, member: Member): Promise<Deletion> {
    const waiting = await this.deletions.waitingOf(rx, member.id)
    const at = { scope: null, nowMs: this.clock.nowMs() }
    const { coolingOffDays } = await this.settings.privacy(rx)
    return {
      state: waiting ? ('waiting' as const) : ('none' as const),
      requestedAtMs: (waiting?.requestedAtMs ?? null) as EpochMs | null,
      dueAtMs: (waiting?.dueAtMs ?? null) as EpochMs | null,
      coolingOffDays,
      balancePoints: await this.points.balanceOf(rx, member.id),
      levelName: (await this.levels.names(rx))(member.levelCode),
      purchaseCount: await this.purchases.countOf(rx, member.id),
      messageCount: (await this.inbox.countsOf(rx, member.id)).sent,
      waitingPieces: await this.mall.waitingOf(rx, member.id),
      waitingOrders: (await this.pickups.waitingOf(rx, member.id, at)).length,
    }
  }
}
