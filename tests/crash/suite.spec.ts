import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { CRASH_POINTS } from '../../pos-agent/platform/crash-points.js'
import { SERVER_CRASH_POINTS } from '../../server/platform/crash-points.js'
import type { Database } from '../../server/platform/database.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { CashierDesk, compilePrograms, startAgent, type TillMachine } from '../rig/agent.js'
import { withKit, type DatabaseKit, type OpenedDatabase } from '../rig/databases.js'
import { IS_LONG } from '../rig/long.js'
import { LossyProxy } from '../rig/lossy-proxy.js'
import { freePort, type Program } from '../rig/processes.js'
import { seededRandom, type Random } from '../rig/random.js'
import { firstTill, prepareDatabase, ServerProcess } from '../rig/server-process.js'
import { Shop } from '../rig/shop.js'

// Everything real, and everything failing: the till prints through the tap, the agent and the server
// are killed with kill -9 at every labelled place, and one answer in five is lost between them.
// At the end each sale is there once and every shopper has what the arithmetic says.
// HUIKE_TEST_LONG=1 does it on MariaDB too; HUIKE_TEST_SEED repeats what a failure names.

const SEED = Number(process.env['HUIKE_TEST_SEED'] ?? 20_260_302)
const SALES_MIN = 200
const REPLIES_LOST = 0.2
const REFUND_SHARE = 0.08
const PHONES = ['13800138001', '13800138002', '13800138003', '13800138004']
/** Somebody with each of these shares of the sales; the rest is nobody's. */
const MEMBER_SHARE = 0.7
const TEST_MS_MAX = 300_000
/** Each waits for the other to come back: a till looks for its server every five seconds. */
const DEATH_MS_MAX = 60_000
const SALE_EVERY_MS = 80

beforeAll(compilePrograms, 120_000)

describe('the whole suite, killed and cut (sqlite)', () => {
  withKit('sqlite', story)
})
const mariadb = IS_LONG && process.env['TEST_MYSQL_URL'] !== undefined ? describe : describe.skip
mariadb('the whole suite, killed and cut (mariadb, with HUIKE_TEST_LONG=1)', () => {
  withKit('mariadb', story)
})

function story(kit: DatabaseKit): void {
  let world: World | null = null
  afterEach(async () => {
    await world?.close()
  })

  it(
    `has each sale once in the end, and every point (seed ${String(SEED)})`,
    async () => {
      const opened = await kit.open()
      world = await openWorld(opened)
      await world.registerAll()
      await world.sellWhileDying()
      await world.settleAll()
      expect(world.proxy.answersLost).toBeGreaterThan(0)
      await expectTheTruth(opened, world.shop)
    },
    TEST_MS_MAX,
  )
}

async function openWorld(opened: OpenedDatabase): Promise<World> {
  const random = seededRandom(SEED)
  const shop = new Shop(SEED)
  const [serverPort, proxyPort] = [await freePort(), await freePort()]
  const proxy = new LossyProxy(serverPort, random)
  await proxy.listen(proxyPort)
  const code = await prepareDatabase(opened, firstTill)
  const server = new ServerProcess(opened, serverPort)
  await server.start()
  const directory = join(dirname(opened.directory), 'till')
  mkdirSync(directory)
  const machine = await startAgent({
    serverUrl: `http://127.0.0.1:${String(proxyPort)}`,
    code,
    directory,
    printerPort: await shop.open(),
  })
  shop.printTo(machine.tapPort)
  return new World(server, machine, proxy, shop, random)
}

class World {
  constructor(
    private readonly server: ServerProcess,
    private readonly machine: TillMachine,
    readonly proxy: LossyProxy,
    readonly shop: Shop,
    private readonly random: Random,
  ) {}

  async registerAll(): Promise<void> {
    const desk = new CashierDesk(this.machine.url)
    for (const phone of PHONES) await desk.register(phone)
    this.proxy.lostShare = REPLIES_LOST
  }

  /** Agent and server each die at every label of theirs, while the till goes on selling. */
  async sellWhileDying(): Promise<void> {
    let isOver = false
    const deaths = Promise.all([this.agentDies(), this.serverDies()]).finally(() => {
      isOver = true
    })
    const selling = this.sellUntil(() => isOver)
    await Promise.all([deaths, selling])
  }

  /** Until the last event is settled, over a network that still loses answers. */
  async settleAll(): Promise<void> {
    while (this.shop.sales.length < SALES_MIN) await this.sell()
    await this.shop.kitchenSlip()
    const desk = new CashierDesk(this.machine.url)
    await desk.receipt(String(this.shop.sales.at(-1)?.document.receiptNo))
    await desk.settled(DEATH_MS_MAX)
    expect(await desk.state()).toMatchObject({ parkedCount: 0, needsConfirmCount: 0 })
    await this.machine.stop()
    await this.server.stop()
  }

  async close(): Promise<void> {
    await this.machine.stop()
    await this.server.stop()
    await this.proxy.close()
    await this.shop.close()
  }

  private async agentDies(): Promise<void> {
    await this.machine.killAgent()
    for (const label of CRASH_POINTS) {
      await this.machine.start(`${label}:${String(this.random.between(1, 2))}`)
      await expectDeath(this.machine.agent)
    }
    await this.machine.start()
  }

  private async serverDies(): Promise<void> {
    await this.server.kill()
    for (const label of SERVER_CRASH_POINTS) {
      await this.server.start(`${label}:${String(this.random.between(1, 2))}`)
      await expectDeath(this.server.program)
    }
    await this.server.start()
  }

  private async sellUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.sell()
      await new Promise((resolve) => setTimeout(resolve, SALE_EVERY_MS))
    }
  }

  private async sell(): Promise<void> {
    const { random, shop } = this
    const sale = await shop.sell(random.next() < MEMBER_SHARE ? random.pick(PHONES) : null)
    if (random.next() < REFUND_SHARE) await shop.refund(sale)
  }
}

/** Until the armed label killed the program. */
async function expectDeath(dying: Program | null): Promise<void> {
  if (!dying) throw new Error('nothing runs')
  const late = new Promise<'alive'>((resolve) => setTimeout(resolve, DEATH_MS_MAX, 'alive').unref())
  const end = await Promise.race([dying.exited, late])
  if (end === 'alive') throw new Error(`still alive:\n${dying.output()}`)
  expect(end).toEqual({ code: null, signal: 'SIGKILL' })
}

async function expectTheTruth(opened: OpenedDatabase, shop: Shop): Promise<void> {
  await prepareDatabase(opened, async (database) => {
    await expectEachOnce(database, shop)
    await expectPoints(database, shop)
    expect((await verifyBook(database)).findings).toEqual([])
  })
}

async function expectEachOnce(database: Database, shop: Shop): Promise<void> {
  const rows = await database.read((rx) =>
    rx.rows<{ kind: string; receiptNo: string; totalFen: number | string }>(
      'SELECT kind, receiptNo, totalFen FROM purchase ORDER BY receiptNo',
    ),
  )
  const papers = [...shop.sales.map(({ document }) => document), ...shop.refunds]
  const printed = papers
    .map(({ kind, receiptNo, totalFen }) => ({ kind, receiptNo, totalFen: Math.abs(totalFen) }))
    .sort((a, b) => Number(a.receiptNo) - Number(b.receiptNo))
  expect(printed.length).toBeGreaterThanOrEqual(SALES_MIN)
  expect(rows.map((row) => ({ ...row, totalFen: Number(row.totalFen) }))).toEqual(printed)
}

/** Every shopper's balance; the phone is told by the receipts that print it. */
async function expectPoints(database: Database, shop: Shop): Promise<void> {
  const balances = await database.read((rx) =>
    rx.rows<{ receiptNo: string; balancePoints: number | string }>(
      `SELECT MIN(p.receiptNo) AS receiptNo, a.balancePoints FROM points_account a
       JOIN purchase p ON p.memberId = a.memberId AND p.kind = 'sale'
       GROUP BY a.memberId, a.balancePoints`,
    ),
  )
  const phoneOf = new Map(shop.sales.map(({ document, phone }) => [document.receiptNo, phone]))
  const actual = balances.map((row) => [
    phoneOf.get(row.receiptNo) ?? 'nobody',
    Number(row.balancePoints),
  ])
  expect(Object.fromEntries(actual)).toEqual(shop.pointsByPhone())
}
