import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import { CouponTemplatesService } from '../../server/coupons/coupon-templates.service.js'
import { PackTemplatesService } from '../../server/packs/pack-templates.service.js'
import { SystemClock } from '../../server/platform/clock.js'
import { PACK_CRASH_POINTS } from '../../server/platform/crash-points.js'
import type { Database } from '../../server/platform/database.js'
import type { PaySettings } from '../../server/platform/pay-settings.js'
import {
  sandboxPayKeys,
  startWechatPayStandIn,
  type WechatPayStandIn,
} from '../../server/sandbox/wechat-pay-stand-in.js'
import { startWechatStandIn, type WechatStandIn } from '../../server/sandbox/wechat-stand-in.js'
import { couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { IS_LONG, sharedOut } from '../rig/long.js'
import { freePort } from '../rig/processes.js'
import { seededRandom } from '../rig/random.js'
import { repositoryPath } from '../rig/repository.js'
import { prepareDatabase, ServerProcess } from '../rig/server-process.js'

// Packs are ordered, paid and refunded on a phone that never gives up, and the real server is killed
// with SIGKILL between any two steps of it, while WeChat Pay lives on. Afterwards every request is one
// order, every payment gave its coupons once, and every refund went once.
// HUIKE_TEST_LONG=1 kills at every label on both databases; HUIKE_TEST_SEED changes their order.

const SEED = Number(process.env['HUIKE_TEST_SEED'] ?? 20_260_302)
const ROUNDS = IS_LONG ? 5 : 1
const STEP_MS_MAX = 60_000
const TEST_MS_MAX = IS_LONG ? 900_000 : 180_000
const LOOK_MS = 50
const COUPONS = 3
const BY = { staffId: 'S', nowMs: 1 }

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

describeEachDatabase('coupon packs in a server killed with kill -9', (kit) => {
  it(
    `are paid, given and refunded once (seed ${String(SEED)})`,
    async () => {
      const opened = await kit.open()
      const random = seededRandom(SEED)
      const clock = new SystemClock()
      const wechat = await startWechatStandIn({ clock })
      const { appId } = wechat.settings
      const pay = await startWechatPayStandIn({ clock, appId, keys: await sandboxPayKeys() })
      const port = await freePort()
      const server = new ServerProcess(opened, port, environmentOf(wechat, pay.settings, port))
      pay.tellAt(server.url)
      const packId = await prepareDatabase(opened, prepare)
      const labels = Array.from({ length: ROUNDS }, () =>
        sharedOut(PACK_CRASH_POINTS, kit.kind)
          .map((label) => ({ label, at: random.next() }))
          .sort((a, b) => a.at - b.at)
          .map(({ label }) => `${label}:1`),
      ).flat()
      const lives = new Lives(server, [...labels], () => prepareDatabase(opened, endLeases))
      try {
        await server.start()
        const phone = new Phone(lives, wechat, pay)
        await phone.signIn()
        await server.stop()
        await lives.revive()
        let bought = 0
        while (lives.labelsLeft > 0 || bought === 0) {
          await phone.buyAndGiveOneBack(packId)
          bought += 1
        }
        await server.stop()
        expect(lives.deaths).toBe(labels.length)
        expect(pay.book.refundNos()).toHaveLength(bought)
        await prepareDatabase(opened, (database) => expectSums(database, bought))
      } finally {
        await server.stop()
        await wechat.close()
        await pay.close()
      }
    },
    TEST_MS_MAX,
  )
})

/** One life of the server after the other, each but the last with a label to die at. */
class Lives {
  deaths = 0

  constructor(
    readonly server: ServerProcess,
    private readonly labels: string[],
    private readonly endLeases: () => Promise<void>,
  ) {}

  get labelsLeft(): number {
    return this.labels.length + (this.#isArmed ? 1 : 0)
  }
  #isArmed = false

  /** Starts it again where it is dead; the dead one's leases are waited for no longer. */
  async revive(): Promise<void> {
    await this.server.program?.exited
    if (this.#isArmed) this.deaths += 1
    await this.endLeases()
    const label = this.labels.shift()
    this.#isArmed = label !== undefined
    await this.server.start(label)
  }

  /** Does it until it is done, however often the server dies. */
  async persist<T>(what: string, work: () => Promise<T | null>): Promise<T> {
    const deadlineMs = Date.now() + STEP_MS_MAX
    for (;;) {
      const done = await work().catch(async (error: unknown) => {
        // What fetch throws is of another realm here.
        if ((error as Error).name !== 'TypeError') throw error
        await this.revive()
        return null
      })
      if (done !== null) return done
      if (Date.now() > deadlineMs) throw new Error(`not ${what}`)
      await sleep(LOOK_MS)
    }
  }
}

interface Answer {
  status: number
  body: { order?: { orderId: string }; state?: string; accessToken?: string; memberId?: string }
}

/** Somebody's phone: it asks again with the same request until it knows. */
class Phone {
  #token = ''

  constructor(
    private readonly lives: Lives,
    private readonly wechat: WechatStandIn,
    private readonly pay: WechatPayStandIn,
  ) {}

  async signIn(): Promise<void> {
    const login = await this.#ask('session/wechat', { code: this.wechat.loginCode('openid-1') })
    this.#token = login.body.accessToken ?? ''
    const given = await this.#ask('phone', { code: this.wechat.phoneCode('13800138001') })
    this.#token = given.body.accessToken ?? ''
    expect(given.status).toBe(200)
  }

  async buyAndGiveOneBack(packId: string): Promise<void> {
    const order = { requestId: freshId(), packId, version: 1 }
    const orderId = await this.lives.persist('ordered', async () => {
      const { status, body } = await this.#ask('packs/orders', order)
      return status === 200 ? (body.order?.orderId ?? null) : null
    })
    expect(this.pay.pay(`HK${orderId}`)).toBe(true)
    await this.#until(orderId, 'issued')
    const refund = { requestId: freshId(), seqs: [0], refundFen: 333 }
    await this.lives.persist('given back', async () => {
      const { status } = await this.#ask(`packs/orders/${orderId}/refunds`, refund)
      return status === 200 ? true : null
    })
    await this.#until(orderId, 'partly')
  }

  #until(orderId: string, state: string): Promise<true> {
    return this.lives.persist(state, async () => {
      const { body } = await this.#ask(`packs/orders/${orderId}`)
      return body.state === state ? true : null
    })
  }

  async #ask(path: string, json?: object): Promise<Answer> {
    const response = await fetch(`${this.lives.server.url}/member/v1/${path}`, {
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
}

function environmentOf(
  wechat: WechatStandIn,
  pay: PaySettings,
  port: number,
): Record<string, string> {
  const key = pay.keys.get(pay.askedSerial)
  return {
    WECHAT_APPID: wechat.settings.appId,
    WECHAT_SECRET: wechat.settings.secret,
    WECHAT_BASE_URL: wechat.settings.baseUrl,
    WECHAT_PAY_MERCHANT_ID: pay.merchantId,
    WECHAT_PAY_SERIAL: pay.serial,
    WECHAT_PAY_PRIVATE_KEY: pay.privateKeyPem,
    WECHAT_PAY_API_V3_KEY: pay.apiV3Key,
    WECHAT_PAY_KEYS: `${pay.askedSerial}=${String(key?.export({ type: 'spki', format: 'pem' }))}`,
    WECHAT_PAY_NOTIFY_ORIGIN: `http://127.0.0.1:${String(port)}`,
    WECHAT_PAY_BASE_URL: pay.baseUrl,
  }
}

/** A pack of three coupons for ¥10.00. */
async function prepare(database: Database): Promise<string> {
  const coupons = new CouponTemplatesService()
  const packs = new PackTemplatesService(coupons)
  return database.write(async (tx) => {
    const draft = { requestId: freshId() as never, terms: couponTerms(), limits: NO_LIMITS }
    const made = await coupons.create(tx, draft, BY)
    if (!made.ok) throw new Error(made.code)
    const now = { kind: 'now' as const }
    const item = {
      templateId: made.template.id as never,
      count: COUPONS,
      when: now,
      worthFen: fen(1),
    }
    const limits = { state: 'open' as const, stock: null, memberMax: null, untilMs: null }
    const saved = await packs.create(
      tx,
      {
        requestId: freshId() as never,
        terms: { title: '季度券包', priceFen: fen(1_000), items: [item] },
        limits: { ...limits, fromMs: 0 as never },
      },
      BY,
    )
    if (!saved.ok) throw new Error(saved.code)
    return saved.pack.id
  })
}

async function endLeases(database: Database): Promise<void> {
  await database.write(async (tx) => {
    for (const table of ['pack_order', 'pack_refund', 'pay_notice'])
      await tx.run(`UPDATE ${table} SET nextAtMs = 0 WHERE nextAtMs IS NOT NULL`)
  })
}

async function expectSums(database: Database, bought: number): Promise<void> {
  const [sums] = await database.read((rx) =>
    rx.rows(
      `SELECT (SELECT COUNT(*) FROM pack_order WHERE state = 'partly' AND refundedFen = 333) AS orders,
         (SELECT COUNT(*) FROM pack_order) AS allOrders,
         (SELECT sold FROM pack_template) AS sold,
         (SELECT COUNT(*) FROM coupon WHERE state = 'issued') AS issued,
         (SELECT COUNT(*) FROM coupon WHERE state = 'void') AS voided,
         (SELECT COUNT(*) FROM pack_refund WHERE state = 'done') AS refunds,
         (SELECT COUNT(*) FROM pay_finding) AS findings`,
    ),
  )
  const numbers = Object.entries(sums ?? {}).map(([name, value]) => [name, Number(value)])
  expect(Object.fromEntries(numbers)).toEqual({
    ...{ orders: bought, allOrders: bought, sold: bought, refunds: bought, findings: 0 },
    ...{ issued: bought * (COUPONS - 1), voided: bought },
  })
}
