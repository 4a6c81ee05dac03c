import type { CapturedReceipt, CheckoutCaptured, Who } from '@huike/shared/contracts/agent'
import type { PhoneHashKind } from '@huike/shared/phone-hash'
import { normalisePhone } from '@huike/shared/phone'
import { businessKey } from '@huike/shared/receipt'
import { PHONE_NAMESPACE, type IdentityValue } from '../members/members.service.js'
import type { IncomingEvent } from './ingest-state.js'

// A checkout of any channel, in the one form the rules are written for. A till's event and an online
// order differ in how they name themselves and who sent them, and in nothing else.

/** Who a checkout belongs to, as its channel knows it. */
export type Whom =
  | Who
  | { by: 'member_no'; memberNo: string }
  /** A platform's hash of a number, within the platform. */
  | { by: 'phone_hash'; kind: PhoneHashKind; namespace: string; value: string }

export interface IncomingCheckout {
  channel: 'pos' | 'online'
  /** How it was captured; captures of one kind must agree word for word. */
  sourceKind: string
  storeId: string
  /** The till; an online shop has none, and stands in for it itself. */
  terminalId: string
  /** What names the document for good; unique over all channels. */
  businessKey: string
  receipt: CapturedReceipt
  who: Whom | null
  occurredAtMs: number
  receivedAtMs: number
}

/** A till's captured receipt as a checkout. */
export function checkoutOf({
  from,
  event,
  receivedAtMs,
}: IncomingEvent & { event: CheckoutCaptured }): IncomingCheckout {
  const { receipt, source, who, occurredAtMs } = event
  const storeId = from.store.id
  const terminalId = from.terminal.id
  return {
    channel: 'pos',
    sourceKind: source.kind,
    storeId,
    terminalId,
    businessKey: businessKey({
      storeId,
      terminalId,
      businessDate: receipt.businessDate,
      receiptNo: receipt.receiptNo,
      surrogateKey: receipt.surrogateKey,
      kind: receipt.kind,
    }),
    receipt,
    who,
    occurredAtMs,
    receivedAtMs,
  }
}

/** What names an online order for good: its number is the shop's, whatever the day. */
export function onlineKey(storeId: string, orderNo: string, kind: string): string {
  return ['online', storeId, orderNo, kind].join('|')
}

/** Who acts in the book when this checkout, or the purchase made of it, moves points. */
export function actorOf(checkout: {
  channel: string
  storeId: string
  terminalId: string
}): string {
  return checkout.channel === 'online'
    ? `online:${checkout.storeId}`
    : `terminal:${checkout.terminalId}`
}

/** What names somebody who may prove it later; null where there is nothing to prove. */
export function provableIdentity(who: Whom): IdentityValue | null {
  switch (who.by) {
    case 'phone': {
      const value = normalisePhone(who.phone)
      return value === null ? null : { kind: 'phone', namespace: PHONE_NAMESPACE, value }
    }
    case 'phone_hash':
      return who
    case 'member_code':
    case 'member_no':
    case 'member':
      return null
  }
}
