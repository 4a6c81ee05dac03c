import type { TillReceipt } from '@huike/shared/contracts/cashier'
import type { CashierApi } from './api.js'
import { SETTLE_MS } from './codes.js'
import type { CouponCommand } from './coupon-model.js'
import {
  initialState,
  type Action,
  type CashierState,
  type Command,
  type RefundCommand,
  type SpendCommand,
} from './model.js'
import { reduce } from './reducer.js'
import { runGifts, runPickups } from './counter-runs.js'
import type { GiftCommand } from './gift-model.js'
import type { PickupCommand } from './pickup-model.js'
import { REFUND_SETTLE_MS } from './refund.js'
import { play, soundOf, storedSounds, storeSounds } from './sounds.js'
import { AMOUNT_SETTLE_MS } from './spending.js'
import { lastGiven } from './undo.js'

// The page's engine: holds the state, carries out the reducer's commands and keeps the line to the
// agent. A dead agent is noticed within WATCH_EVERY_MS and the 3 s a state may take, below the 10 s
// the till promises.

/** How often the agent is asked for its state, whatever the live stream says. */
const WATCH_EVERY_MS = 3_000
/** How often a countdown moves; nothing moves while there is none. */
const TICK_MS = 500
/** The same where minutes are counted. */
const HOLD_TICK_MS = 5_000

export interface Runtime {
  state(): CashierState
  subscribe(listener: () => void): () => void
  dispatch(action: Action): void
  /** Starts the line to the agent; the returned function ends it. */
  start(): () => void
}

/** Makes the engine over an API. */
export function createRuntime(api: CashierApi): Runtime {
  let state: CashierState = { ...initialState, sounds: storedSounds() }
  const listeners = new Set<() => void>()
  const dispatch = (action: Action) => {
    const before = state
    const [next, commands] = reduce(before, action)
    if (next !== before) {
      state = next
      tellOutside(before, next)
      for (const listener of listeners) listener()
    }
    for (const command of commands) void run(api, command, dispatch, tick)
  }
  /** Tells the reducer the agent's time: this machine's clock, and how far that is off. */
  const tick = () => {
    dispatch({ type: 'tick', nowMs: Date.now() + (state.till?.clockOffsetMs ?? 0) })
  }
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch,
    start: () => {
      const countdown = setInterval(() => {
        if (lastGiven(state)) tick()
      }, TICK_MS)
      const minutes = setInterval(() => {
        const { desk } = state
        if (desk.kind === 'known' && (desk.hold ?? desk.reservation) !== null) tick()
      }, HOLD_TICK_MS)
      const end = watch(api, dispatch, tick)
      return () => {
        clearInterval(countdown)
        clearInterval(minutes)
        end()
      }
    },
  }
}

/** What is heard and kept of a change. */
function tellOutside(before: CashierState, after: CashierState): void {
  if (after.sounds !== before.sounds) storeSounds(after.sounds)
  const sound = after.sounds ? soundOf(before, after) : null
  if (sound !== null) play(sound)
}

type PanelCommand = RefundCommand | CouponCommand | PickupCommand | GiftCommand | SpendCommand

async function run(
  api: CashierApi,
  command: Command,
  dispatch: (action: Action) => void,
  tick: () => void,
): Promise<void> {
  switch (command.do) {
    case 'wait_for_silence':
      setTimeout(() => {
        dispatch({ type: 'silence', atMs: performance.now() })
      }, SETTLE_MS)
      return
    case 'lookup': {
      const { seq } = command
      const answer = await api.lookup(command.input)
      tick()
      if (answer.ok)
        dispatch({ type: 'lookup_answered', seq, answer: answer.value, atMs: performance.now() })
      else dispatch({ type: 'lookup_failed', seq, sentence: answer.sentence })
      return
    }
    case 'register': {
      const { seq, phone, policyVersion, textSha256 } = command
      const answer = await api.register({ phone, policyVersion, textSha256 })
      if (answer.ok) dispatch({ type: 'registered', seq, answer: answer.value })
      else dispatch({ type: 'register_failed', seq, sentence: answer.sentence })
      return
    }
    case 'assign': {
      const { receiptId, memberId } = command
      const answer = await api.assign(receiptId, memberId)
      tick()
      if (answer.ok) dispatch({ type: 'assigned', receipt: answer.value.receipt })
      else dispatch({ type: 'receipt_failed', receiptId, sentence: answer.sentence })
      return
    }
    case 'undo': {
      const { receiptId, taken } = command
      const answer = await api.undo(receiptId)
      if (answer.ok) dispatch({ type: 'undone', receipt: answer.value.receipt, taken })
      else dispatch({ type: 'receipt_failed', receiptId, sentence: answer.sentence })
      return
    }
    case 'confirm': {
      const { receiptId, body, memberId } = command
      const answer = await api.confirm(receiptId, body)
      const { decision } = body
      if (answer.ok)
        dispatch({ type: 'confirmed', receipt: answer.value.receipt, decision, memberId })
      else dispatch({ type: 'receipt_failed', receiptId, sentence: answer.sentence })
      return
    }
    default:
      await runPanel(api, command, dispatch, tick)
  }
}

/** What the panels ask. */
async function runPanel(
  api: CashierApi,
  command: PanelCommand,
  dispatch: (action: Action) => void,
  tick: () => void,
): Promise<void> {
  switch (command.do) {
    case 'wait_for_refund':
    case 'preview_refund':
    case 'confirm_refund':
    case 'withdraw_refund':
      await runRefund(api, command, dispatch)
      return
    case 'coupons_quote':
    case 'coupons_reserve':
    case 'coupons_release':
    case 'coupons_settle':
      tick()
      await runCoupons(api, command, dispatch)
      return
    case 'wait_for_pickup':
    case 'pickups_find':
    case 'pickup_hand_over':
      tick()
      await runPickups(api, command, dispatch)
      return
    case 'gifts_list':
    case 'gift_give':
      tick()
      await runGifts(api, command, dispatch)
      return
    default:
      tick()
      await runSpend(api, command, dispatch)
  }
}

async function runSpend(
  api: CashierApi,
  command: SpendCommand,
  dispatch: (action: Action) => void,
): Promise<void> {
  if (command.do === 'wait_for_amount') {
    setTimeout(() => {
      dispatch({ type: 'amount_silence', atMs: performance.now() })
    }, AMOUNT_SETTLE_MS)
    return
  }
  const { seq } = command
  const failed = ({ sentence }: { sentence: string }) => {
    dispatch({ type: 'spend_failed', seq, sentence })
  }
  switch (command.do) {
    case 'quote': {
      const { memberId, orderFen } = command
      const answer = await api.quote({ memberId, orderFen })
      if (answer.ok) dispatch({ type: 'quoted', seq, orderFen, quote: answer.value.quote })
      else failed(answer)
      return
    }
    case 'hold': {
      const { memberId, orderFen, points } = command
      const answer = await api.hold({ memberId, orderFen, points })
      if (answer.ok) dispatch({ type: 'held', seq, memberId, hold: answer.value.hold })
      else failed(answer)
      return
    }
    case 'release': {
      const answer = await api.release(command.holdId)
      if (answer.ok) dispatch({ type: 'released', seq, ...answer.value })
      else failed(answer)
    }
  }
}

async function runRefund(
  api: CashierApi,
  command: RefundCommand,
  dispatch: (action: Action) => void,
): Promise<void> {
  if (command.do === 'wait_for_refund') {
    setTimeout(() => {
      dispatch({ type: 'refund_silence', atMs: performance.now() })
    }, REFUND_SETTLE_MS)
    return
  }
  const { seq } = command
  const failed = ({ sentence }: { sentence: string }) => {
    dispatch({ type: 'refund_failed', seq, failed: command.do, sentence })
  }
  switch (command.do) {
    case 'preview_refund': {
      const { receiptNo, refundFen } = command
      const answer = await api.previewRefund({ receiptNo, refundFen })
      if (answer.ok)
        dispatch({ type: 'refund_shown', seq, askedFen: refundFen, answer: answer.value })
      else failed(answer)
      return
    }
    case 'confirm_refund': {
      const answer = await api.confirmRefund(command.refundId)
      if (answer.ok) dispatch({ type: 'refund_confirmed', seq, answer: answer.value })
      else failed(answer)
      return
    }
    case 'withdraw_refund': {
      const { refundId, refundFen } = command
      const answer = await api.withdrawRefund(refundId)
      if (answer.ok) dispatch({ type: 'refund_withdrawn', refundFen, ...answer.value })
      else failed(answer)
    }
  }
}

async function runCoupons(
  api: CashierApi,
  command: CouponCommand,
  dispatch: (action: Action) => void,
): Promise<void> {
  const { seq } = command
  const failed = ({ sentence }: { sentence: string }) => {
    dispatch({ type: 'coupons_failed', seq, sentence })
  }
  switch (command.do) {
    case 'coupons_quote': {
      const answer = await api.quoteCoupons(command.order)
      const { goodsFen } = command.order
      if (answer.ok) dispatch({ type: 'coupons_told', seq, goodsFen, answer: answer.value })
      else failed(answer)
      return
    }
    case 'coupons_reserve': {
      const answer = await api.reserveCoupons(command.order)
      const { memberId } = command.order
      if (answer.ok) dispatch({ type: 'coupons_reserved', seq, memberId, ...answer.value })
      else failed(answer)
      return
    }
    case 'coupons_release': {
      const answer = await api.releaseCoupons(command.reservationId)
      if (answer.ok) dispatch({ type: 'coupons_released', seq, ...answer.value })
      else failed(answer)
      return
    }
    case 'coupons_settle': {
      const { reservationId, isUsed } = command
      const answer = await api.settleCoupons({ reservationId, isUsed })
      if (answer.ok) dispatch({ type: 'coupons_settled', seq, isUsed: answer.value.isUsed })
      else failed(answer)
    }
  }
}

function watch(api: CashierApi, dispatch: (action: Action) => void, tick: () => void): () => void {
  let closeLive: (() => void) | null = null
  /** True while pushes may have been missed. */
  let behind = true
  let asking = false
  const takeReceipts = (receipts: readonly TillReceipt[]) => {
    tick()
    dispatch({ type: 'receipts', receipts, atMs: performance.now() })
  }
  const open = () =>
    api.live({
      state: (till) => {
        dispatch({ type: 'till', till })
      },
      receipts: takeReceipts,
      member: (member) => {
        dispatch({ type: 'member', member })
      },
      otherMember: (change) => {
        dispatch({ type: 'other_member', ...change })
      },
      broken: (closed) => {
        behind = true
        if (closed) {
          closeLive?.()
          closeLive = null
        }
        void ask()
      },
    })
  const ask = async () => {
    if (asking) return
    asking = true
    try {
      await askOnce()
    } finally {
      // Whatever goes wrong once, the page asks again: it must never stop looking for its agent.
      asking = false
    }
  }
  const askOnce = async () => {
    const till = await api.state()
    if (till.ok) {
      closeLive ??= open()
      dispatch({ type: 'till', till: till.value })
      const receipts = behind ? await api.receipts() : null
      if (receipts?.ok) {
        behind = false
        takeReceipts(receipts.value.receipts)
      }
    } else behind = true
    dispatch({ type: 'link', link: till.ok ? 'live' : 'gone' })
  }
  void ask()
  const timer = setInterval(() => void ask(), WATCH_EVERY_MS)
  return () => {
    clearInterval(timer)
    closeLive?.()
  }
}
