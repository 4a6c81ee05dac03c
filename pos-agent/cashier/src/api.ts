import type {
  CashierHoldAnswer,
  CashierLookupAnswer,
  CashierMember,
  CashierQuoteAnswer,
  CashierRefundAnswer,
  CashierRefundConfirmed,
  CashierRefundWithdrawn,
  CashierRegisterAnswer,
  CashierReleaseAnswer,
  OtherMember,
  TillReceipt,
  TillState,
} from '@huike/shared/contracts/cashier'
import type {
  CashierCouponOrder,
  CashierCouponQuote,
  CashierReservationAnswer,
  CashierReservationReleased,
  CashierSettled,
} from '@huike/shared/contracts/cashier-coupons'
import type {
  CashierHandedOver,
  CashierHandOver,
  CashierPickups,
} from '@huike/shared/contracts/cashier-pickups'
import type { ReservationSettle } from '@huike/shared/contracts/coupons'
import type {
  CashierCounter,
  CashierGift,
  CashierGiven,
} from '@huike/shared/contracts/counter-gifts'
import type { PickupFind } from '@huike/shared/contracts/till-pickups'
import { OUTCOME_CODES, outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import type { Fen } from '@huike/shared/quantities'
import type { ConfirmBody } from './model.js'
import { renewSession } from './session.js'
import { strings } from './strings.js'

// Everything the page says to the agent on this machine. A call always comes back: with the answer,
// with the agent's own sentence, or with "no answer" when its time is up.

const BASE = '/cashier/v1'
/** A page elsewhere cannot set this header without the agent's leave: it guards against CSRF. */
const HEADERS = { 'x-huike-cashier': '1' }
/** Longer than the agent itself waits for the server before it answers from its cache. */
const CALL_MS_MAX = 10_000
/** The state comes out of the agent's memory: no answer in this time is no agent. */
const STATE_MS_MAX = 3_000

/** The answer, or why there is none, in words for the cashier. */
export type Answer<T> =
  | { ok: true; value: T }
  /** `code` is null when the agent did not answer, or not as agreed. */
  | { ok: false; code: OutcomeCode | null; sentence: string }

export interface CashierApi {
  state(): Promise<Answer<TillState>>
  receipts(): Promise<Answer<{ receipts: TillReceipt[] }>>
  lookup(input: string): Promise<Answer<CashierLookupAnswer>>
  register(request: {
    phone: string
    policyVersion: string
    textSha256: string
  }): Promise<Answer<CashierRegisterAnswer>>
  assign(receiptId: string, memberId: string): Promise<Answer<{ receipt: TillReceipt }>>
  undo(receiptId: string): Promise<Answer<{ receipt: TillReceipt }>>
  confirm(receiptId: string, body: ConfirmBody): Promise<Answer<{ receipt: TillReceipt }>>
  quote(order: { memberId: string; orderFen: Fen }): Promise<Answer<CashierQuoteAnswer>>
  hold(order: {
    memberId: string
    orderFen: Fen
    points: number
  }): Promise<Answer<CashierHoldAnswer>>
  release(holdId: string): Promise<Answer<CashierReleaseAnswer>>
  previewRefund(refund: {
    receiptNo: string
    refundFen: Fen | null
  }): Promise<Answer<CashierRefundAnswer>>
  confirmRefund(refundId: string): Promise<Answer<CashierRefundConfirmed>>
  withdrawRefund(refundId: string): Promise<Answer<CashierRefundWithdrawn>>
  quoteCoupons(order: CashierCouponOrder): Promise<Answer<CashierCouponQuote>>
  reserveCoupons(order: CashierCouponOrder): Promise<Answer<CashierReservationAnswer>>
  releaseCoupons(reservationId: string): Promise<Answer<CashierReservationReleased>>
  settleCoupons(request: ReservationSettle): Promise<Answer<CashierSettled>>
  counterCoupons(): Promise<Answer<CashierCounter>>
  giveCoupon(gift: CashierGift): Promise<Answer<CashierGiven>>
  findPickups(asked: PickupFind): Promise<Answer<CashierPickups>>
  handOver(pickup: CashierHandOver): Promise<Answer<CashierHandedOver>>
  /** Opens the live stream; the returned function closes it. */
  live(on: LiveHandlers): () => void
}

export interface LiveHandlers {
  state(till: TillState): void
  receipts(receipts: TillReceipt[]): void
  member(member: CashierMember): void
  otherMember(change: OtherMember): void
  /** The stream broke; `closed` when the browser will not open it again by itself. */
  broken(closed: boolean): void
}

/** The real thing: same origin, cookie session. */
export const cashierApi: CashierApi = {
  state: () => call('GET', '/state', undefined, STATE_MS_MAX),
  receipts: () => call('GET', '/receipts'),
  lookup: (input) => call('POST', '/lookup', { input }),
  register: (request) => call('POST', '/register', request),
  assign: (receiptId, memberId) =>
    call('POST', `/receipts/${encodeURIComponent(receiptId)}/assign`, { memberId }),
  undo: (receiptId) => call('POST', `/receipts/${encodeURIComponent(receiptId)}/undo`),
  confirm: (receiptId, body) =>
    call('POST', `/receipts/${encodeURIComponent(receiptId)}/confirm`, body),
  quote: (order) => call('POST', '/points/quote', order),
  hold: (order) => call('POST', '/points/hold', order),
  release: (holdId) => call('POST', '/points/release', { holdId }),
  previewRefund: (refund) => call('POST', '/refunds/preview', refund),
  confirmRefund: (refundId) => call('POST', '/refunds/confirm', { refundId }),
  withdrawRefund: (refundId) => call('POST', '/refunds/withdraw', { refundId }),
  quoteCoupons: (order) => call('POST', '/coupons/quote', order),
  reserveCoupons: (order) => call('POST', '/coupons/reserve', order),
  releaseCoupons: (reservationId) => call('POST', '/coupons/release', { reservationId }),
  settleCoupons: (request) => call('POST', '/coupons/settle', request),
  counterCoupons: () => call('POST', '/coupons/counter', {}),
  giveCoupon: (gift) => call('POST', '/coupons/give', gift),
  findPickups: (asked) => call('POST', '/pickups/find', asked),
  handOver: (pickup) => call('POST', '/pickups/hand-over', pickup),
  live: openLive,
}

/** One call; where the agent was restarted meanwhile, once more with a session of the new one. */
async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  waitMs = CALL_MS_MAX,
): Promise<Answer<T>> {
  const answer = await callOnce<T>(method, path, body, waitMs)
  if (answer.ok || !isSessionDead(answer.code)) return answer
  // Without a session the agent has done nothing: asking again does nothing twice.
  return (await renewSession()) ? callOnce<T>(method, path, body, waitMs) : answer
}

function isSessionDead(code: OutcomeCode | null): boolean {
  return code === 'token_missing' || code === 'token_invalid' || code === 'token_expired'
}

async function callOnce<T>(
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  waitMs: number,
): Promise<Answer<T>> {
  const abort = new AbortController()
  const timer = setTimeout(() => {
    abort.abort()
  }, waitMs)
  try {
    const response = await fetch(BASE + path, {
      method,
      signal: abort.signal,
      cache: 'no-store',
      headers: body === undefined ? HEADERS : { ...HEADERS, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const json: unknown = await response.json()
    if (response.ok) return { ok: true, value: json as T }
    return refusal(json)
  } catch (error) {
    // The agent is gone (TypeError), too slow (AbortError) or not itself (SyntaxError).
    const strange = error instanceof SyntaxError
    const sentence = strange ? strings.failure.strange : strings.failure.gone
    return { ok: false, code: null, sentence }
  } finally {
    clearTimeout(timer)
  }
}

function refusal(json: unknown): Answer<never> {
  const { code, detail } = (json ?? {}) as { code?: unknown; detail?: unknown }
  const known = OUTCOME_CODES.find((one) => one === code)
  if (known === undefined) return { ok: false, code: null, sentence: strings.failure.strange }
  const words = typeof detail === 'string' && detail !== '' ? detail : outcomeSentence(known)
  return { ok: false, code: known, sentence: words }
}

function openLive(on: LiveHandlers): () => void {
  const source = new EventSource(`${BASE}/live`)
  const listen = <T>(name: string, take: (value: T) => void) => {
    source.addEventListener(name, (event) => {
      take(JSON.parse((event as MessageEvent<string>).data) as T)
    })
  }
  listen<TillState>('state', (till) => {
    on.state(till)
  })
  listen<{ receipts: TillReceipt[] }>('receipts', ({ receipts }) => {
    on.receipts(receipts)
  })
  listen<CashierMember>('member', (member) => {
    on.member(member)
  })
  listen<OtherMember>('other_member', (change) => {
    on.otherMember(change)
  })
  source.onerror = () => {
    on.broken(source.readyState === EventSource.CLOSED)
  }
  return () => {
    source.close()
  }
}
