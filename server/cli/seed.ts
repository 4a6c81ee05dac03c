import type { INestApplicationContext } from '@nestjs/common'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import type { SpendingTerms } from '@huike/shared/contracts/spending'
import type { Phone } from '@huike/shared/phone'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ConsentService } from '../consent/consent.service.js'
import { MembersService } from '../members/members.service.js'
import type { Database } from '../platform/database.js'
import { TakeEventsService } from '../flows/take-events.service.js'
import { localDate } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import type { Keyring } from '../platform/keyring.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { Relay } from '../platform/relay.js'
import { StaffService } from '../staff/staff.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { Store } from '../stores/store.entity.js'
import type { Terminal } from '../stores/terminal.entity.js'
import { TerminalsService, type TerminalContext } from '../stores/terminals.service.js'
import { demoBasket, DEMO_MEMBERS, DEMO_STORES, Random } from './seed-data.js'
import { seedMall } from './seed-mall.js'
import { seedPickups } from './seed-pickups.js'
import { seedPacks } from './seed-packs.js'
import { DemoClock, seedStory } from './seed-story.js'
import { scaleOf, seedScale } from './seed-scale.js'
import { withApp } from './with-app.js'

// Demo data for an instant trial: two stores, a manager, members and two months of purchases, put in
// through the same flow as a till's. Refused outside the sandbox.

const DAYS = 60
const SALES_PER_DAY = 6
const DAY_MS = 86_400_000
/** Every third member stopped coming so long ago: somebody to write to. */
const QUIET_SINCE_DAYS = 35
const QUIET_EVERY = 3
/** Three of four agreed to be written to. */
const SILENT_EVERY = 4
/** A hundred points are ¥1.00, and pay up to half of an order. */
const DEMO_SPENDING: SpendingTerms = {
  ...{ points: 100, fen: 100, leastPoints: 100, stepPoints: 100, orderPercentMax: 50 },
  ...{ orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
}
export const DEMO_STAFF = { username: 'demo', name: '演示店长', password: 'huike-demo' }

/**
 * Seeds an empty database; a seeded one is left as it is. `--members N --purchases M` writes a big
 * chain instead (seed-scale.ts).
 */
export function seed(
  config: Config,
  words: string[],
  say: (line: string) => void,
): Promise<number> {
  if (!config.sandbox) {
    say('seed 只用于试用环境(HUIKE_SANDBOX=1)')
    return Promise.resolve(2)
  }
  if (words.length > 0) {
    const scale = scaleOf(words)
    if (scale) return withApp(config, (app, database) => seedScale(app, database, scale, say))
    say('用法：seed [--members 会员数 --purchases 消费数]')
    return Promise.resolve(2)
  }
  return seedChain(config, say)
}

async function seedChain(config: Config, say: (line: string) => void): Promise<number> {
  const ownerId = await withApp(config, async (app, database) => {
    const staff = app.get(StaffService, { strict: false })
    if (await staff.exists(DEMO_STAFF.username)) {
      say('演示数据已存在')
      return null
    }
    const terminals = await seedStores(app)
    const events = demoEvents(terminals, config.keyring)
    const flow = app.get(TakeEventsService, { strict: false })
    for (const day of events) await flow.take(day)
    await app.get(Relay, { strict: false }).drain()
    await agree(app, database)
    const ownerId = await staff.create({ ...DEMO_STAFF, role: 'owner' })
    await spendAtTills(app, database, ownerId)
    await seedPacks(app, database, ownerId)
    await seedMall(app, database, ownerId)
    await seedPickups(app, database, ownerId)
    const sales = events.flat().length - DEMO_MEMBERS.length
    say(
      `已写入 ${String(DEMO_STORES.length)} 家店、${String(DEMO_MEMBERS.length)} 位会员、${String(sales)} 笔消费`,
    )
    return ownerId
  })
  if (ownerId !== null) await playYesterday(config, ownerId)
  return 0
}

/** A campaign that was sent yesterday, and coupons in several states. */
async function playYesterday(config: Config, staffId: string): Promise<void> {
  const clock = DemoClock.yesterday(Date.now())
  await withApp(
    config,
    async (app, database) => {
      const [store] = await app.get(TerminalsService, { strict: false }).list()
      const [terminal] = store?.terminals ?? []
      if (!store || !terminal) throw new Error('the demo needs a terminal')
      const stage = { app, database, config, clock, staffId }
      await seedStory({ ...stage, terminal: { store, terminal } })
    },
    clock,
  )
}

/** What most members said in the mini-program: they may be written to. */
async function agree(app: INestApplicationContext, database: Database): Promise<void> {
  const members = app.get(MembersService, { strict: false })
  const consents = app.get(ConsentService, { strict: false })
  const purpose = 'marketing'
  const { policyVersion } = PURPOSE_TEXTS[purpose]
  await database.write(async (tx) => {
    for (const [index, phone] of DEMO_MEMBERS.entries()) {
      const member = await members.findByPhone(tx, phone as Phone)
      if (!member || index % SILENT_EVERY === 0) continue
      const nowMs = member.createdAtMs
      await members.activate(tx, member.id, nowMs)
      await consents.change(tx, {
        ...{ memberId: member.id, purpose, isGranted: true, policyVersion, nowMs },
        ...{ how: 'member_page', evidence: member.id },
      })
    }
  })
}

/** Points are cash at the demo's tills, on terms that can be tried by hand. */
async function spendAtTills(
  app: INestApplicationContext,
  database: Database,
  staffId: string,
): Promise<void> {
  const chain = app.get(ChainSettingsService, { strict: false })
  const settings = { spending: DEMO_SPENDING, refunds: 'negative' as const }
  const by = { staffId, atMs: Date.now() }
  await database.write((tx) => chain.setPoints(tx, settings, by))
}

async function seedStores(app: INestApplicationContext): Promise<TerminalContext[]> {
  const service = app.get(TerminalsService, { strict: false })
  for (const { code, name, tills } of DEMO_STORES) {
    const known = await service.storeByCode(code)
    const store = known ?? (await service.createStore({ code, name, timeZone: CHAIN_TIME_ZONE }))
    for (const till of tills) await service.issueEnrolmentCode(store, till)
  }
  return (await service.list()).flatMap((store: Store & { terminals: Terminal[] }) =>
    store.terminals.map((terminal) => ({ store, terminal })),
  )
}

type Incoming = {
  from: TerminalContext
  event: AgentEvent
  contentSha256: string
  receivedAtMs: number
}

/** Two months of a small chain's days, the oldest first; one list for each day. */
function demoEvents(terminals: readonly TerminalContext[], keyring: Keyring): Incoming[][] {
  const incoming = (index: number, event: AgentEvent, receivedAtMs: number): Incoming => {
    const from = terminals[index]
    if (!from) throw new Error('the demo needs a terminal')
    const contentSha256 = keyring.contentHash(JSON.stringify(event))
    return { from, event, contentSha256, receivedAtMs }
  }
  const random = new Random(20_260_302)
  const todayMs = Date.now()
  const days: Incoming[][] = []
  for (let ago = DAYS; ago >= 1; ago -= 1) {
    const openMs = todayMs - ago * DAY_MS
    const day: Incoming[] = []
    for (const [index, phone] of DEMO_MEMBERS.entries())
      if (index % DAYS === DAYS - ago) day.push(incoming(0, registered(phone, openMs), openMs))
    for (let n = 0; n < SALES_PER_DAY; n += 1) {
      const atMs = openMs + n * 3_600_000
      const known = DEMO_MEMBERS.slice(0, DAYS - ago + 1).filter(
        (_, index) => ago > QUIET_SINCE_DAYS || index % QUIET_EVERY !== QUIET_EVERY - 1,
      )
      const phone = random.below(4) === 0 ? null : random.pick(known)
      const sale = sold({ random, atMs, number: ago * 100 + n, phone })
      day.push(incoming(random.below(terminals.length), sale, atMs))
    }
    days.push(day)
  }
  return days
}

function registered(phone: string, atMs: number): AgentEvent {
  return {
    type: 'member.registered',
    eventId: mintId(atMs),
    memberId: mintId(atMs),
    occurredAtMs: atMs,
    phone,
    notice: { policyVersion: 'demo', textSha256: sha256Hex('demo'), shownAtMs: atMs },
    cashier: '1001',
  } as AgentEvent
}

function sold(sale: {
  random: Random
  atMs: number
  number: number
  phone: string | null
}): AgentEvent {
  const lines = demoBasket(sale.random)
  const totalFen = lines.reduce((sum, line) => sum + line.amountFen, 0)
  return {
    type: 'checkout.captured',
    eventId: mintId(sale.atMs),
    occurredAtMs: sale.atMs,
    who: sale.phone === null ? null : { by: 'phone', phone: sale.phone },
    receipt: {
      kind: 'sale',
      receiptNo: `D${String(sale.number).padStart(7, '0')}`,
      surrogateKey: null,
      businessDate: localDate(sale.atMs, CHAIN_TIME_ZONE),
      printedAt: null,
      cashier: '1001',
      lines,
      totalFen,
      payments: [{ method: 'wechat', amountFen: totalFen }],
      changeFen: null,
      originalReceiptNo: null,
    },
    source: {
      kind: 'escpos_tap',
      template: 'demo',
      confidence: 1,
      confirmed: false,
      capturedAtMs: sale.atMs,
    },
  } as AgentEvent
}
