import { expect } from '@jest/globals'
import type { Database } from '../../server/platform/database.js'
import { freshId } from '../rig/events.js'
import type { Random } from '../rig/random.js'

// Points that are exchanged at a server that is killed meanwhile: a story of coupons.spec.ts.

/** How many exchanges are cancelled. */
const CANCELLED = 0.5

/** Asks until there is an answer. */
interface Asking {
  readonly isLastLife: boolean
  post(path: string, json: object, token: string): Promise<{ status: number; body: any }>
}

/** What each request in the mall came to. */
export type Taken = Map<string, { exchangeId: string; state: string }>

/** Shoppers exchange a point for goods, and cancel some of it. */
export async function exchange(
  { itemId, shoppers }: { itemId: string; shoppers: readonly { token: string }[] },
  caller: Asking,
  random: Random,
): Promise<Taken> {
  const taken: Taken = new Map()
  for (let n = 0; !caller.isLastLife || taken.size < shoppers.length; n += 1) {
    const requestId = freshId()
    const token = shoppers[n % shoppers.length]?.token ?? ''
    const wanted = { requestId, itemId, quantity: 1, pricePoints: 1 }
    const made = await caller.post('/member/v1/mall/exchanges', wanted, token)
    expect([made.status, made.body.exchange?.state]).toEqual([200, 'waiting'])
    const exchangeId = made.body.exchange.exchangeId as string
    const path = `/member/v1/mall/exchanges/${exchangeId}/cancel`
    const isCancelled = random.next() < CANCELLED
    const ended = isCancelled ? await caller.post(path, {}, token) : made
    expect(ended.status).toBe(200)
    taken.set(requestId, { exchangeId, state: ended.body.exchange.state as string })
  }
  return taken
}

/**
 * Every request is one exchange, and what was answered is what is there. That each has its points, and
 * the stock its pieces, the verifier says.
 */
export async function expectExchanges(database: Database, taken: Taken): Promise<void> {
  const rows = await database.read((rx) =>
    rx.rows<{ id: string; state: string }>('SELECT id, state FROM mall_exchange ORDER BY id'),
  )
  const said = [...taken.values()].map(({ exchangeId, state }) => `${exchangeId} ${state}`)
  expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual(said.sort())
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['waiting', 'cancelled']))
}
