// What a chain does all day, over HTTP and all at once: sales, sign-ins, pages, changes of profile, the
// console, exports, orders that are sent twice. Every answer that should not have been is kept.
import { setTimeout as pause } from 'node:timers/promises'
import type { ConsolePerson } from './console-staff.js'
import { checkout, freshId, registration } from './events.js'
import { onlineOrder, type TestShop } from './open.js'
import type { Reply, TestServer, TestTill } from './server.js'
import { newWechatShopper, type WechatShopper } from './wechat-shopper.js'

const PAUSE_MS = 20

export interface Traffic {
  /** How often each kind of thing was done. */
  counts: Record<string, number>
  failures: string[]
  stop(): Promise<void>
}

export interface TrafficParts {
  server: TestServer
  till: TestTill
  shop: TestShop
  owner: ConsolePerson
  shopper: WechatShopper
}

/** Begins, and goes on until it is stopped. */
export function startTraffic(parts: TrafficParts): Traffic {
  const counts: Record<string, number> = {}
  const failures: string[] = []
  let isStopped = false
  const caller = async ([name, once]: [string, Ask]) => {
    for (let n = 0; !isStopped; n += 1) {
      try {
        await once(n)
        counts[name] = (counts[name] ?? 0) + 1
      } catch (error) {
        failures.push(`${name} ${String(n)}: ${(error as Error).message}`)
      }
      await pause(PAUSE_MS)
    }
  }
  const callers = Promise.all(Object.entries(asksOf(parts)).map(caller))
  return {
    counts,
    failures,
    stop: async () => {
      isStopped = true
      await callers
    },
  }
}

type Ask = (n: number) => Promise<unknown>

function asksOf({ server, till, shop, owner, shopper }: TrafficParts): Record<string, Ask> {
  return {
    sale: async (n) => {
      const phone = freshPhone()
      const sale = checkout(till, { who: { by: 'phone', phone } })
      const { results } = await till.send([registration(till, phone), sale])
      if (results.some(({ status }) => status !== 'accepted')) throw odd(results)
      const other = { receipt: { receiptNo: sale.receipt.receiptNo, totalFen: 100 + n } }
      const parked = await till.sendOne(checkout(till, other))
      if (parked.code !== 'receipt_conflict') throw odd(parked)
    },
    'sign-in': async () => {
      const fresh = await newWechatShopper(server)
      fine(await fresh.send('profile', { name: '新来的客人', birthday: null }, 'PUT'))
    },
    profile: async (n) => {
      const told = { name: `客人${String(n)}`, birthday: '1991-02-03' }
      fine(await shopper.send('profile', told, 'PUT'))
      const { name } = fine(await shopper.get('profile')).body as { name: string }
      if (name !== told.name) throw odd(name)
    },
    pages: async () => {
      for (const path of ['me', 'points', 'purchases']) fine(await shopper.get(path))
    },
    console: async () => {
      fine(await owner.get('members'))
      const page = fine(await owner.get(`members?search=${shopper.phone}`))
      const [member] = (page.body as { members: { memberId: string }[] }).members
      const shown = await owner.post(`members/${member?.memberId ?? ''}/phone`, { why: '顾客来电' })
      if ((fine(shown).body as { phone: string }).phone !== shopper.phone) throw odd(shown.body)
      fine(await owner.get('parked'))
    },
    export: async () => {
      const { id } = fine(await owner.post('members/exports', {})).body as { id: string }
      for (let state = ''; state !== 'done';) {
        await pause(PAUSE_MS * 10)
        const { exports } = fine(await owner.get('members/exports')).body as {
          exports: { id: string; state: string }[]
        }
        state = exports.find((one) => one.id === id)?.state ?? 'gone'
        if (state === 'failed' || state === 'gone') throw odd(state)
      }
    },
    order: async () => {
      const key = freshId()
      const order = onlineOrder(server, { phone: shopper.phone })
      fine(await shop.call('POST', 'orders', order, key))
      fine(await shop.call('POST', 'orders', order, key))
    },
  }
}

let phones = 0

function freshPhone(): string {
  phones += 1
  return `1371${String(phones).padStart(7, '0')}`
}

function fine(reply: Reply): Reply {
  if (reply.status !== 200) throw odd({ status: reply.status, body: reply.body as unknown })
  return reply
}

function odd(what: unknown): Error {
  return new Error(JSON.stringify(what))
}
