import { Injectable } from '@nestjs/common'
import type {
  ConsolePickup,
  ConsolePickupsPage,
  ConsolePickupsQuery,
  FindPickup,
  FoundPickups,
  HandOverPickup,
} from '@huike/shared/contracts/console-pickups'
import { PICKUP_CODE_DIGITS } from '@huike/shared/contracts/pickups'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { normalisePhone } from '@huike/shared/phone'
import { MembersService } from '../../members/members.service.js'
import { OrderPickupsService, type PickupChanged } from '../../pickups/order-pickups.service.js'
import { PickupListsService } from '../../pickups/pickup-lists.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Tx } from '../../platform/database.js'
import { EventLogService } from '../../platform/event-log.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { PickupViewsService } from '../pickup-views.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { placeOf } from './pages.js'

type PickupShown = { ok: true; pickup: ConsolePickup } | Refusal

/** Spaces and hyphens between the digits of a code or a phone. */
const BETWEEN_DIGITS = /[\s-]/g

/** Orders that are fetched in a store, in the console. */
@Injectable()
export class PickupsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly pickups: OrderPickupsService,
    private readonly lists: PickupListsService,
    private readonly views: PickupViewsService,
    private readonly members: MembersService,
    private readonly audit: StaffAuditService,
    private readonly eventLog: EventLogService,
  ) {}

  /** Orders in one state, within the stores of the person; of another store there are none. */
  page(by: ActingStaff, query: ConsolePickupsQuery): Promise<ConsolePickupsPage> {
    const { state, storeId } = query
    const { beforeId: after, limit } = placeOf(query)
    const isTheirs = by.storeIds === null || storeId === undefined || by.storeIds.includes(storeId)
    const scope = storeId === undefined ? by.storeIds : isTheirs ? [storeId] : []
    return this.database.read(async (rx) => {
      const rows = await this.lists.listed(rx, { scope, state, after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        pickups: await this.views.ofStaff(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.purchaseId ?? null) : null,
      }
    })
  }

  /** One order, as it is now, within the stores of the person. Refuses `not_found`. */
  one(by: ActingStaff, purchaseId: string): Promise<PickupShown> {
    return this.database.read(async (rx) => {
      const row = (await this.lists.of(rx, [purchaseId])).get(purchaseId)
      const isTheirs = row && (by.storeIds === null || by.storeIds.includes(row.storeId))
      const [pickup] = await this.views.ofStaff(rx, isTheirs ? [row] : [])
      return pickup ? { ok: true as const, pickup } : refuse('not_found')
    })
  }

  /** By the code of one, in whatever store; or all that waits for a phone in theirs. */
  find(by: ActingStaff, { text }: FindPickup): Promise<FoundPickups> {
    const digits = text.normalize('NFKC').replace(BETWEEN_DIGITS, '')
    return this.database.read(async (rx) => {
      if (digits.length === PICKUP_CODE_DIGITS) {
        const found = await this.lists.byCode(rx, digits)
        return { pickups: await this.views.ofStaff(rx, found ? [found] : []) }
      }
      const phone = normalisePhone(digits)
      const member = phone && (await this.members.findByPhone(rx, phone))
      if (!member) return { pickups: [] }
      const at = { scope: by.storeIds, nowMs: this.clock.nowMs() }
      const waiting = await this.lists.waitingOf(rx, member.id, at)
      return { pickups: await this.views.ofStaff(rx, waiting) }
    })
  }

  /** Refuses as `OrderPickupsService.markReady` does. */
  markReady(by: ActingStaff, purchaseId: string): Promise<PickupShown> {
    const nowMs = this.clock.nowMs()
    return this.#change(by, { action: 'pickup.ready', nowMs }, (tx) =>
      this.pickups.markReady(tx, purchaseId, { staffId: by.id, scope: by.storeIds, nowMs }),
    )
  }

  /** Refuses as `OrderPickupsService.handOver` does. */
  handOver(
    by: ActingStaff,
    purchaseId: string,
    { refundsSeen }: HandOverPickup,
  ): Promise<PickupShown> {
    const nowMs = this.clock.nowMs()
    return this.#change(by, { action: 'pickup.handed_over', nowMs }, (tx) =>
      this.pickups.handOver(tx, purchaseId, {
        ...{ actor: { staffId: by.id }, scope: by.storeIds, refundsSeen, nowMs },
      }),
    )
  }

  async #change(
    by: ActingStaff,
    { action, nowMs }: { action: 'pickup.ready' | 'pickup.handed_over'; nowMs: number },
    work: (tx: Tx) => Promise<PickupChanged>,
  ): Promise<PickupShown> {
    const changed = await this.database.write(async (tx) => {
      const done = await work(tx)
      if (!done.ok) return done
      const [pickup] = await this.views.ofStaff(tx, [done.pickup])
      if (!pickup) return refuse('not_found')
      if (done.isNew)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action, subjectId: pickup.purchaseId, atMs: nowMs },
          detail: `订单 ${pickup.orderNo ?? ''}，${pickup.storeName}`,
        })
      return { ok: true as const, pickup }
    })
    this.eventLog.appended()
    return changed
  }
}
