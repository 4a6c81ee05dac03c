import { isSameContent, receiptContentText } from '@huike/shared/receipt'
import { fen } from '@huike/shared/quantities'
import type { ImportBatch, ImportItem } from '../imports/import-reading.service.js'
import type { ImportedDocument, ImportedOrder } from '../imports/rows/order-group.js'
import type { Statements, Tx } from '../platform/database.js'
import type { DomainEvent } from '../platform/event-log.js'
import { sha256Hex } from '../platform/ids.js'
import type { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import type { PointsHoldsService } from '../points/points-holds.service.js'
import type { PointsRulesService } from '../points/points-rules.service.js'
import type { OnlineOrdersService } from '../purchases/online-orders.service.js'
import type { KnownContent, PurchasesService } from '../purchases/purchases.service.js'
import type { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import type { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import { BatchOutcome, type ImportScene } from './import-batch.js'
import { FreshPeople, seenBefore, type MemberServices } from './import-members.js'
import { ImportedPeople } from './imported-people.js'
import { onlineKey, type IncomingCheckout } from './incoming-checkout.js'
import { IngestState } from './ingest-state.js'
import type { SeenKeys } from './seen-keys.js'
import { takeCheckout } from './take-checkout.js'

// Orders of a file, by the rules of every other channel. An order that is there already, whether it
// came from a file or from the shop itself, is recognised by its number and counted once. Orders of
// the past earn no points unless the import says so.

export interface OrderServices extends MemberServices {
  inbox: TerminalInboxService
  purchases: PurchasesService
  orders: OnlineOrdersService
  strays: StrayPurchasesService
  holds: PointsHoldsService
  coupons: CouponReservationsService
  settings: ChainSettingsService
  rules: PointsRulesService
}

const SOURCE_KIND = 'import'

type Verdict = 'fresh' | 'duplicate' | 'conflict'

interface Planned {
  item: ImportItem<ImportedOrder>
  order: ImportedOrder
  documents: { checkout: IncomingCheckout; verdict: Verdict }[]
}

/** Takes a batch of orders within `tx`. */
export async function takeOrders(
  tx: Tx,
  services: OrderServices,
  scene: ImportScene,
  batch: ImportBatch<ImportedOrder>,
): Promise<{ outcome: BatchOutcome; events: DomainEvent[] }> {
  const { outcome, items } = BatchOutcome.begin(batch)
  const planned = await plan(tx, services, { scene, items, outcome, seen: null })
  const persons = planned.map(({ order }) => order.person)
  const people = await ImportedPeople.gatherLocked(tx, services.members, {
    people: persons,
    order: scene.order,
    // An order names who receives it.
    names: null,
  })
  const fresh = new FreshPeople(services, scene, 'observed')
  for (const one of planned) {
    const { person } = one.order
    const { memberId: knownId, hasConflict, doubt } = people.resolve(person)
    count(outcome, one, {
      isKnown: knownId !== null,
      hasConflict: hasConflict || doubt !== null,
      scene,
    })
    const memberId = knownId ?? registered(one, fresh, scene)
    if (memberId === null) continue
    // An order sent to somebody else's number says nothing of the number's owner.
    if (doubt === null) fresh.learn(people, person, memberId)
    if (person.name !== null && knownId === null) fresh.tell(memberId, { name: person.name })
    for (const { checkout } of one.documents)
      checkout.who = { by: 'member', memberId: memberId as never }
  }
  const events = await fresh.write(tx)
  events.push(...(await book(tx, services, scene, planned)))
  return { outcome, events }
}

/** What taking a batch of orders would come to; `seen` is what the file has named before. */
export async function checkOrders(
  statements: Statements,
  services: Pick<OrderServices, 'members' | 'purchases'>,
  scene: ImportScene,
  from: { batch: ImportBatch<ImportedOrder>; seen: SeenKeys },
): Promise<BatchOutcome> {
  const { outcome, items } = BatchOutcome.begin(from.batch)
  const planned = await plan(statements, services, { scene, items, outcome, seen: from.seen })
  const persons = planned.map(({ order }) => order.person)
  const people = await ImportedPeople.gather(statements, services.members, {
    people: persons,
    order: scene.order,
    // An order names who receives it.
    names: null,
  })
  for (const one of planned) {
    const { person } = one.order
    const { memberId, hasConflict, doubt } = people.resolve(person)
    const isSeen = scene.options.createsMembers && seenBefore(from.seen, services.members, person)
    const isKnown = memberId !== null || isSeen
    count(outcome, one, { isKnown, hasConflict: hasConflict || doubt !== null, scene })
  }
  return outcome
}

/** Sorts out what is cancelled, known, or known otherwise; answers what may be taken. */
async function plan(
  statements: Statements,
  { purchases }: Pick<OrderServices, 'purchases'>,
  from: {
    scene: ImportScene
    items: readonly { item: ImportItem<ImportedOrder>; read: ImportedOrder }[]
    outcome: BatchOutcome
    seen: SeenKeys | null
  },
): Promise<Planned[]> {
  const { scene, outcome, seen } = from
  const all = from.items.map(({ item, read }) => ({
    item,
    order: read,
    checkouts: read.documents.map((document) => checkoutOf(document, scene)),
  }))
  const keys = all.flatMap(({ checkouts }) => checkouts.map(({ businessKey }) => businessKey))
  const known = await purchases.knownContents(statements, keys)
  const planned: Planned[] = []
  for (const { item, order, checkouts } of all) {
    if (order.isCancelled) {
      outcome.tally.cancelled += 1
      continue
    }
    const documents = checkouts.map((checkout) => ({
      checkout,
      verdict: verdictOf(checkout, known, seen),
    }))
    if (documents.some(({ verdict }) => verdict === 'conflict'))
      outcome.refuse(item, 'order_conflict')
    else planned.push({ item, order, documents })
  }
  return planned
}

/** Is a document there already? From now on it is. */
function verdictOf(
  checkout: IncomingCheckout,
  known: Map<string, KnownContent>,
  seen: SeenKeys | null,
): Verdict {
  const { businessKey, receipt } = checkout
  const contentSha256 = sha256Hex(receiptContentText(receipt))
  const before = known.get(businessKey)
  if (before) {
    const { sourceKind, totalFen, printedAt } = before
    const was = {
      sourceKind,
      totalFen: fen(totalFen),
      printedAt,
      contentSha256: before.contentSha256,
    }
    const is = { ...receipt, sourceKind: SOURCE_KIND, contentSha256 }
    return isSameContent(was, is) ? 'duplicate' : 'conflict'
  }
  if (seen && !seen.add(businessKey))
    return seen.has(`${businessKey}|${contentSha256}`) ? 'duplicate' : 'conflict'
  seen?.add(`${businessKey}|${contentSha256}`)
  const { totalFen, printedAt } = receipt
  known.set(businessKey, {
    ...{ businessKey, sourceKind: SOURCE_KIND, totalFen, printedAt, contentSha256 },
  })
  return 'fresh'
}

/** Makes a member of a buyer nobody knows; null for an order without anybody. */
function registered(one: Planned, fresh: FreshPeople, scene: ImportScene): string | null {
  const isSomebody = one.order.person.identities.length > 0
  if (!isSomebody || !scene.options.createsMembers) return null
  return fresh.register(one.order.documents[0]?.occurredAtMs ?? null)
}

/** Books what was planned: purchases, points, their facts. */
async function book(
  tx: Tx,
  services: OrderServices,
  scene: ImportScene,
  planned: readonly Planned[],
): Promise<DomainEvent[]> {
  const documents = planned.flatMap((one) => one.documents)
  const checkouts = documents.map(({ checkout }) => checkout)
  const earning = scene.options.earnsPoints
    ? await services.rules.published(tx)
    : services.rules.none()
  const state = await IngestState.gatherCheckouts(tx, { ...services, earning }, checkouts)
  for (const { checkout, verdict } of documents) {
    const decision = takeCheckout(state, checkout, services.members)
    const expected = verdict === 'fresh' ? 'accepted' : 'duplicate'
    if (decision.status !== expected)
      throw new Error(`an order was ${decision.status} that should be ${expected}`)
  }
  await state.writePurchases(tx, scene.nowMs)
  await services.orders.insert(
    tx,
    state.freshPurchases.map(({ purchase }) => ({
      purchaseId: purchase.id,
      apiKeyId: scene.importId,
      channelName: scene.channelName,
      placedAtMs: purchase.occurredAtMs,
    })),
  )
  return state.events
}

function checkoutOf(
  { receipt, occurredAtMs }: ImportedDocument,
  scene: ImportScene,
): IncomingCheckout {
  const { store, nowMs } = scene
  return {
    channel: 'online',
    sourceKind: SOURCE_KIND,
    storeId: store.id,
    terminalId: store.id,
    businessKey: onlineKey(store.id, receipt.receiptNo ?? '', receipt.kind),
    receipt,
    who: null,
    occurredAtMs,
    receivedAtMs: nowMs,
  }
}

function count(
  { tally }: BatchOutcome,
  { order, documents }: Planned,
  as: { isKnown: boolean; hasConflict: boolean; scene: ImportScene },
): void {
  const isSomebody = order.person.identities.length > 0
  const isNew = isSomebody && !as.isKnown && as.scene.options.createsMembers
  if (as.isKnown) tally.matched += 1
  if (isNew) tally.newMembers += 1
  if (as.hasConflict) tally.conflicts += 1
  if (order.person.isPhoneMasked) tally.maskedPhones += 1
  const fresh = documents.filter(({ verdict }) => verdict === 'fresh')
  tally.duplicates += documents.length - fresh.length
  if (fresh.length === 0) return
  tally.roundingMilliFen += order.roundingMilliFen
  if (!as.isKnown && !isNew) tally.anonymous += 1
  for (const { checkout } of fresh) {
    const { kind, totalFen, lines } = checkout.receipt
    tally.lines += lines.length
    if (kind === 'sale') {
      tally.sales += 1
      tally.salesFen += totalFen
    } else {
      tally.refunds += 1
      tally.refundsFen += totalFen
    }
  }
}
