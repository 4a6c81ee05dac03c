import type { OfflineUse } from '@huike/shared/contracts/offline-use'
import type { AgentEvent } from '../stores/agent-event.entity.js'
import { checkoutOf, type IncomingCheckout, type Whom } from './incoming-checkout.js'
import type { IncomingEvent } from './ingest-state.js'

// What a group of events may touch, known before anything is read.

/** What a group may touch, by the names it comes under. */
export interface Wanted {
  checkouts: readonly IncomingCheckout[]
  whos: Whom[]
  /** Phone numbers and ids of people being registered. */
  phones: string[]
  memberIds: string[]
  /** Purchases that are being given to a member, or taken back. */
  purchaseIds: string[]
  /** Givings that are being taken back. */
  assignmentIds: string[]
  /** Points set aside that pay purchases being given. */
  holdIds: string[]
  /** Coupons set aside for them. */
  reservationIds: string[]
  /** What tills redeemed without a network. */
  allowanceIds: string[]
}

/** Nothing yet. */
export function nothingWanted(): Wanted {
  return {
    ...{ checkouts: [], whos: [], phones: [], memberIds: [] },
    ...{ purchaseIds: [], assignmentIds: [], holdIds: [], reservationIds: [] },
    allowanceIds: [],
  }
}

/** What events may touch; `answered` are those that came before and are referred to. */
export function wantedBy(
  open: readonly IncomingEvent[],
  answered: ReadonlyMap<string, AgentEvent>,
): Wanted {
  const checkouts: IncomingCheckout[] = []
  const wanted = { ...nothingWanted(), checkouts }
  for (const incoming of open) {
    const { event } = incoming
    switch (event.type) {
      case 'checkout.captured':
        checkouts.push(checkoutOf({ ...incoming, event }))
        if (event.who !== null) wanted.whos.push(event.who)
        break
      case 'receipt.assigned': {
        const purchaseId = answered.get(event.checkoutEventId)?.purchaseId
        if (purchaseId) wanted.purchaseIds.push(purchaseId)
        wanted.whos.push(event.who)
        if (event.holdId !== undefined) wanted.holdIds.push(event.holdId)
        if (event.couponReservationId !== undefined)
          wanted.reservationIds.push(event.couponReservationId)
        if (event.offline) wantOffline(wanted, event.offline)
        break
      }
      case 'receipt.assignment_undone': {
        const given = answered.get(event.assignmentEventId)
        if (!given) break
        wanted.assignmentIds.push(event.assignmentEventId)
        if (given.purchaseId !== null) wanted.purchaseIds.push(given.purchaseId)
        if (given.memberId !== null) wanted.memberIds.push(given.memberId)
        break
      }
      case 'member.registered':
        wanted.phones.push(event.phone)
        wanted.memberIds.push(event.memberId)
    }
  }
  return wanted
}

function wantOffline(wanted: Wanted, { memberCode, codeReadAtMs, ...of }: OfflineUse): void {
  wanted.whos.push({ by: 'member_code', memberCode, readAtMs: codeReadAtMs })
  for (const { allowanceId } of of.coupons?.applied ?? []) wanted.allowanceIds.push(allowanceId)
  if (of.points) wanted.allowanceIds.push(of.points.allowanceId)
}

/** Whether members may lose points by these: refunds, givings taken back, redemptions offline. */
export function mayTakeBack({ checkouts, purchaseIds, allowanceIds }: Wanted): boolean {
  const isKnown = purchaseIds.length > 0 || allowanceIds.length > 0
  return isKnown || checkouts.some(({ receipt }) => receipt.kind === 'refund')
}

/** The ids of these events, and of those they refer to. */
export function idsToLookUp(incoming: readonly IncomingEvent[]): string[] {
  return incoming.flatMap(({ event }) => {
    switch (event.type) {
      case 'receipt.assigned':
        return [event.eventId, event.checkoutEventId]
      case 'receipt.assignment_undone':
        return [event.eventId, event.assignmentEventId]
      case 'checkout.captured':
      case 'member.registered':
        return [event.eventId]
    }
  })
}

/** Receipt numbers to look for: sales that refunds name, and sales that refunds may wait for. */
export function numbersByStore(
  checkouts: readonly IncomingCheckout[],
): Map<string, { originals: string[]; sales: string[] }> {
  const byStore = new Map<string, { originals: string[]; sales: string[] }>()
  for (const { storeId, receipt } of checkouts) {
    const numbers = byStore.get(storeId) ?? { originals: [], sales: [] }
    byStore.set(storeId, numbers)
    const { kind, receiptNo, originalReceiptNo } = receipt
    if (kind === 'refund' && originalReceiptNo !== null) numbers.originals.push(originalReceiptNo)
    if (kind === 'sale' && receiptNo !== null) numbers.sales.push(receiptNo)
  }
  return byStore
}
