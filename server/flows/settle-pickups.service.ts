import { Injectable, type OnModuleInit } from '@nestjs/common'
import { isPresent, MembersService } from '../members/members.service.js'
import { MessagesService } from '../messages/messages.service.js'
import { OrderPickupsService } from '../pickups/order-pickups.service.js'
import { PickupListsService } from '../pickups/pickup-lists.service.js'
import { Clock } from '../platform/clock.js'
import { inList, listParameter, type Tx } from '../platform/database.js'
import { EventLogService, type DomainEvent, type StoredEvent } from '../platform/event-log.js'
import { KeptSalesService } from '../purchases/kept-sales.service.js'

// What becomes of orders that are fetched in a store: one that came back whole waits no longer, and
// whoever owns one is told that it is ready. Events only say which purchase to look at; what is right
// follows from it as it is now, in whatever order they come.

@Injectable()
export class SettlePickupsService implements OnModuleInit {
  constructor(
    private readonly eventLog: EventLogService,
    private readonly pickups: OrderPickupsService,
    private readonly lists: PickupListsService,
    private readonly sales: KeptSalesService,
    private readonly members: MembersService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.eventLog.register({
      name: 'order-pickups',
      types: ['purchase.recorded', 'order.ready'],
      isWanted: (tx) => this.lists.isAnyWaiting(tx),
      concerns,
      consume: (tx, events) => this.#consume(tx, events),
    })
  }

  async #consume(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const told = (type: DomainEvent['type']) =>
      events.flatMap((event) => (event.type === type ? [event.aggregateId] : []))
    const nowMs = this.clock.nowMs()
    const sales = await this.sales.idsBehind(tx, told('purchase.recorded'))
    await this.pickups.settle(tx, sales, nowMs)
    await this.#tell(tx, told('order.ready'), nowMs)
  }

  /** Whoever owns it now; nobody, where it was fetched or cancelled meanwhile. */
  async #tell(tx: Tx, purchaseIds: readonly string[], nowMs: number): Promise<void> {
    if (purchaseIds.length === 0) return
    const ready = await tx.rows<{ memberId: string; storeName: string }>(
      `SELECT p.memberId, s.name AS storeName FROM order_pickup k
         JOIN purchase p ON p.id = k.purchaseId JOIN store s ON s.id = k.storeId
       WHERE k.purchaseId IN ${inList(tx)} AND k.state = 'ready' AND p.memberId IS NOT NULL`,
      [listParameter(tx, purchaseIds)],
    )
    const members = await this.members.findByIds(
      tx,
      ready.map(({ memberId }) => memberId),
    )
    const notices = ready.flatMap(({ memberId, storeName }) => {
      const member = members.get(memberId)
      if (!member || !isPresent(member)) return []
      const body = `您的订单已在${storeName}备好。到店出示“消费记录”里的取货码即可取走。`
      return [{ memberId: member.id, title: '可以自提了', body }]
    })
    if (notices.length > 0) await this.messages.writeNotices(tx, notices, nowMs)
  }
}

/** A refund may answer an order; an order may come after its refund. */
function concerns(event: DomainEvent): boolean {
  if (event.type !== 'purchase.recorded') return event.type === 'order.ready'
  return event.payload.kind === 'refund' || event.payload.channel === 'online'
}
