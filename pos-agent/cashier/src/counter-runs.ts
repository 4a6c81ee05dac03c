import type { Answer, CashierApi } from './api.js'
import { SETTLE_MS } from './codes.js'
import type { GiftCommand } from './gift-model.js'
import type { Action } from './model.js'
import type { PickupCommand } from './pickup-model.js'

// What the reducer wants done about what is fetched and what is given at the counter.

/** Finds what a code stands for or what waits for a member, and hands it over. */
export async function runPickups(
  api: CashierApi,
  command: PickupCommand,
  dispatch: (action: Action) => void,
): Promise<void> {
  if (command.do === 'wait_for_pickup') {
    setTimeout(() => {
      dispatch({ type: 'pickup_silence', atMs: performance.now() })
    }, SETTLE_MS)
    return
  }
  const { seq } = command
  const failed = ({ code, sentence }: Extract<Answer<never>, { ok: false }>) => {
    dispatch({ type: 'pickups_failed', seq, code, sentence })
  }
  if (command.do === 'pickup_hand_over') {
    const answer = await api.handOver(command.pickup)
    if (answer.ok) dispatch({ type: 'pickup_handed', seq, answer: answer.value })
    else failed(answer)
    return
  }
  const { asked } = command
  const answer = await api.findPickups(asked)
  const atMs = performance.now()
  if (answer.ok)
    dispatch({ type: 'pickups_found', seq, by: asked.by, pickups: answer.value.pickups, atMs })
  else failed(answer)
}

/** Lists what a cashier may give, and gives it. */
export async function runGifts(
  api: CashierApi,
  command: GiftCommand,
  dispatch: (action: Action) => void,
): Promise<void> {
  const { seq } = command
  if (command.do === 'gifts_list') {
    const answer = await api.counterCoupons()
    if (answer.ok) dispatch({ type: 'gifts_listed', seq, coupons: answer.value.coupons })
    else dispatch({ type: 'gift_failed', seq, sentence: answer.sentence })
    return
  }
  const answer = await api.giveCoupon(command.gift)
  if (answer.ok) dispatch({ type: 'gift_given', seq, answer: answer.value })
  else dispatch({ type: 'gift_failed', seq, sentence: answer.sentence })
}
