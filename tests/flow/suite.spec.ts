import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { PointsSettings } from '@huike/shared/contracts/spending'
import { memberCode } from '@huike/shared/member-code'
import { fen } from '@huike/shared/quantities'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { verifyBook } from '../../server/points/verify-book.js'
import type { TillDocument } from '../../pos-agent/simulator/till-document.js'
import { CashierDesk, compilePrograms, startAgent, until, type TillMachine } from '../rig/agent.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freePort } from '../rig/processes.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { enrolmentCode, startTestServer, type TestServer } from '../rig/server.js'
import { Shop } from '../rig/shop.js'

// The whole suite as a shop has it: a till that prints GB18030 ESC/POS through the real tap to a
// printer, the real agent behind it, a cashier, the server, and the shopper's phone.

const OFFLINE_MS_MAX = 10_000
const SALES_OFFLINE = 60
const SUITE_MS_MAX = 60_000
const SEED = 20_260_302
const ONLINE = '13800138001'
const PRINTED_IN_FULL = '13900139002'
const IN_FILE = '13700137003'
const WRONG = '13600136004'
const SPENDER = '13500135005'
const OFFLINE = ['15000150001', '15000150002', '15000150003', '15000150004', '15000150005']

const ONE_FEN_A_POINT: NonNullable<PointsSettings['spending']> = {
  ...{ points: 1, fen: 1, leastPoints: 1, stepPoints: 1, orderPercentMax: 50 },
  ...{ orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
}

beforeAll(compilePrograms, 120_000)

describeEachDatabase('from the print head to the phone', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let machine: TillMachine
  let desk: CashierDesk
  let shop: Shop
  let environment: Record<string, string>
  let tillDirectory: string
  const memberIds = new Map<string, string>()

  beforeAll(async () => {
    opened = await kit.open()
    environment = { HUIKE_PORT: String(await freePort()), HUIKE_KEYRING: newKeyringJson() }
    server = await startTestServer(opened, environment, { time: 'system' })
    shop = new Shop(SEED)
    const printerPort = await shop.open()
    tillDirectory = join(dirname(opened.directory), 'till')
    mkdirSync(tillDirectory)
    machine = await startAgent({
      serverUrl: server.url,
      code: await enrolmentCode(server),
      directory: tillDirectory,
      printerPort,
    })
    shop.printTo(machine.tapPort)
    desk = new CashierDesk(machine.url)
  }, SUITE_MS_MAX)
  afterAll(async () => {
    await machine.stop()
    await shop.close()
    await server.stop()
  })

  async function register(phone: string): Promise<void> {
    const { member } = await desk.register(phone)
    memberIds.set(phone, member.memberId)
  }
  async function give(sale: TillDocument, phone: string): Promise<void> {
    const { receiptId } = await desk.receipt(String(sale.receiptNo))
    await desk.assign(receiptId, memberIds.get(phone) ?? '')
    shop.gave(sale, phone)
  }
  async function phoneOf(phone: string) {
    const session = await server.fetch('/member/v1/session/sandbox', { json: { phone } })
    const token: string = session.body.accessToken
    return async (path: string) => (await server.fetch(`/member/v1/${path}`, { token })).body
  }
  const rows = <T>(sql: string) => server.database.read((rx) => rx.rows<T>(sql))
  const purchases = () =>
    rows<{ kind: string; receiptNo: string; totalFen: number | string }>(
      'SELECT kind, receiptNo, totalFen FROM purchase ORDER BY id',
    )

  it('shows a sale on the phone that the till printed and the cashier gave away', async () => {
    const sale = await shop.sell()
    expect((await desk.lookup(ONLINE)).result).toBe('new')
    await register(ONLINE)
    await give(sale, ONLINE)
    await desk.settled()
    const points = Math.floor(sale.totalFen / 100)
    const phone = await phoneOf(ONLINE)
    expect(await phone('me')).toMatchObject({ balancePoints: points, phoneMasked: '138****8001' })
    const history = await phone('points')
    expect(history.entries).toMatchObject([{ points, title: '在人民路店消费得积分' }])
    const bought = await phone(`purchases/${String(history.entries[0].purchaseId)}`)
    expect(bought).toMatchObject({
      receiptNo: sale.receiptNo,
      totalFen: sale.totalFen,
      storeName: '人民路店',
      points,
    })
    expect(bought.lines).toEqual(
      sale.lines.map(({ name, quantity, unitPriceFen, amountFen }) => ({
        name,
        quantityMilli: Math.round(quantity * 1000),
        unitPriceFen,
        amountFen,
      })),
    )
  })

  it('tells the cashier the new balance, the member number and the level', async () => {
    const known = await until(async () => {
      const { member } = await desk.lookup(ONLINE)
      return member !== null && member.memberNo !== '' && member.purchaseCount === 1 ? member : null
    }, 'the whole member')
    expect(known).toMatchObject({
      balancePoints: shop.pointsByPhone()[ONLINE],
      levelName: expect.stringMatching(/./),
      phoneMasked: '138****8001',
    })
  })

  it('takes a sale back from the wrong shopper, and the right one gets it', async () => {
    await register(WRONG)
    const sale = await shop.sell()
    await give(sale, WRONG)
    await desk.settled()
    const balanceOf = async (phone: string): Promise<number> =>
      (await (await phoneOf(phone))('me')).balancePoints
    expect(await balanceOf(WRONG)).toBe(shop.pointsByPhone()[WRONG])
    const { receiptId, undoUntilMs } = await desk.receipt(String(sale.receiptNo))
    expect(undoUntilMs).toBeGreaterThan(Date.now())
    expect(await desk.undo(receiptId)).toMatchObject({ member: null, points: null })
    await give(sale, ONLINE)
    await desk.settled()
    expect(await balanceOf(WRONG)).toBe(shop.pointsByPhone()[WRONG] ?? 0)
    expect(await balanceOf(ONLINE)).toBe(shop.pointsByPhone()[ONLINE])
  })

  it('has points pay an order and money kept back of a refund, though the agent is killed before', async () => {
    const owner = await signInAs(server, 'owner')
    const settings = { spending: ONE_FEN_A_POINT, refunds: 'cash' }
    expect((await owner.fetch('settings/points', { method: 'PUT', json: settings })).status).toBe(
      200,
    )
    await register(SPENDER)
    const memberId = memberIds.get(SPENDER) ?? ''
    const bought = await shop.sell()
    const first = await desk.receipt(String(bought.receiptNo))
    await desk.assign(first.receiptId, memberId)
    await desk.settled()
    const earned = Math.floor(Number(first.totalFen) / 100)
    const { quote } = await desk.quote(memberId, 1_000_000)
    expect(quote).toMatchObject({ mostPoints: earned, mostFen: earned, why: null })
    const order = { orderFen: 1_000_000, points: earned }
    const hold = await desk.hold(memberId, order)
    expect((await desk.hold(memberId, order)).holdId).toBe(hold.holdId)
    expect((await desk.lookup(SPENDER)).member?.balancePoints).toBe(0)
    const { refundId, preview } = await desk.previewRefund(String(bought.receiptNo))
    expect(preview).toMatchObject({ memberId, missingPoints: earned, keptBackFen: earned })
    expect(await desk.confirmRefund(refundId)).toMatchObject({ keptFen: earned })
    await machine.killAgent()
    await shop.refund(bought)
    const refund = shop.refunds.at(-1)
    const sale = await shop.sell()
    await machine.start()
    desk = new CashierDesk(machine.url)
    expect((await desk.lookup(SPENDER)).hold).toEqual(hold)
    const { receiptId } = await desk.receipt(String(sale.receiptNo))
    await desk.assign(receiptId, memberId)
    await desk.settled()
    const paid = await desk.receipt(String(sale.receiptNo))
    expect(paid.spent).toMatchObject({ points: earned, valueFen: earned, isOwed: false })
    const kept = await until(async () => {
      const told = (await desk.receipt(String(refund?.receiptNo))).kept
      return told?.state === 'settled' ? told : null
    }, 'the money kept back to be booked')
    // One line of it was refunded: the money pays for the points of that, and no more.
    const taken = Math.floor((earned * -Number(refund?.totalFen)) / bought.totalFen)
    expect(kept).toMatchObject({ keptFen: earned, points: taken, settledFen: taken })
    const phone = await phoneOf(SPENDER)
    const more = Math.floor(sale.totalFen / 100)
    expect((await phone('me')).balancePoints).toBe(more)
    const { entries } = await phone('points')
    expect(entries.map((entry: { points: number }) => entry.points).sort()).toEqual(
      [earned, -earned, -taken, taken, more].sort(),
    )
  })

  it('needs no cashier where the receipt names the member', async () => {
    await register(PRINTED_IN_FULL)
    await shop.sell(PRINTED_IN_FULL)
    await shop.sell(PRINTED_IN_FULL)
    await until(async () => {
      const balance = (await (await phoneOf(PRINTED_IN_FULL))('me')).balancePoints
      return balance === shop.pointsByPhone()[PRINTED_IN_FULL] ? true : null
    }, 'the points of both')
  })

  it('takes points back with a refund, and nothing from a reprint, a kitchen slip, a report', async () => {
    const sale = shop.sales[0]?.document
    if (!sale) throw new Error('nothing was sold')
    await shop.refund(sale)
    await shop.reprint(sale)
    await shop.kitchenSlip()
    await shop.shiftReport()
    const last = await shop.sell()
    await desk.receipt(String(last.receiptNo))
    await desk.settled()
    expect(await phoneOf(ONLINE).then((get) => get('me'))).toMatchObject({
      balancePoints: shop.pointsByPhone()[ONLINE],
    })
    expect((await purchases()).map((one) => one.kind).sort()).toEqual(
      [...shop.refunds.map(() => 'refund'), ...shop.sales.map(() => 'sale')].sort(),
    )
  })

  it('takes a sale once that the printer and a file of the POS both tell of', async () => {
    await register(IN_FILE)
    const both = [await shop.sell(), await shop.sell(), await shop.sell()]
    const last = both.at(-1)
    await desk.receipt(String(last?.receiptNo))
    await desk.settled()
    writeFileSync(join(machine.dropDirectory, '日结.csv'), csvOf(both, IN_FILE))
    for (const sale of both) shop.gave(sale, IN_FILE)
    await until(async () => {
      const balance = (await (await phoneOf(IN_FILE))('me')).balancePoints
      return balance === shop.pointsByPhone()[IN_FILE] ? true : null
    }, 'the member whom only the file names')
    await desk.settled()
    const known = await purchases()
    for (const sale of both)
      expect(known.filter((one) => one.receiptNo === sale.receiptNo)).toHaveLength(1)
    expect(await desk.state()).toMatchObject({ parkedCount: 0, needsConfirmCount: 0 })
  })

  it(
    'brings a day offline home once, in order, to the last point',
    async () => {
      const code = await leavesPoints()
      await server.stop()
      const stoppedMs = performance.now()
      await until(
        async () => ((await desk.state()).connection === 'offline' ? true : null),
        'the cashier to be told',
      )
      expect(performance.now() - stoppedMs).toBeLessThan(OFFLINE_MS_MAX)
      const spent = await spendOffline(code)
      await sellOffline()
      const { outboxDepth } = await desk.state()
      expect(outboxDepth).toBeGreaterThan(SALES_OFFLINE)
      server = await startTestServer(opened, environment, { time: 'system' })
      await desk.settled()
      expect((await (await phoneOf(SPENDER))('me')).balancePoints).toBe(spent.balancePoints)
      await expectTheTruth()
    },
    SUITE_MS_MAX,
  )

  /** The owner lets tills spend points without a network; answers the code that a phone shows then. */
  async function leavesPoints(): Promise<() => string> {
    const owner = await signInAs(server, 'owner')
    const settings = { isOn: true, hours: 12, pointsMax: 5 }
    const set = await owner.fetch('offline/settings', { method: 'PUT', json: settings })
    expect(set.status).toBe(200)
    // An agent asks when it has been started, and every ten minutes.
    await machine.killAgent()
    await machine.start()
    desk = new CashierDesk(machine.url)
    await until(
      async () => ((await desk.lookup(SPENDER)).offlineLeft?.points === 5 ? true : null),
      'points to be left with the till',
    )
    const { memberNo, codeKey } = await (await phoneOf(SPENDER))('me')
    return () => memberCode(memberNo, Buffer.from(codeKey, 'base64url'), Date.now())
  }

  /** Points pay an order without a network, by the code of the member. */
  async function spendOffline(code: () => string): Promise<{ balancePoints: number }> {
    const { member } = await desk.lookup(code())
    const memberId = member?.memberId ?? ''
    const hold = await desk.hold(memberId, { orderFen: 1_000_000, points: 5 })
    expect(hold).toMatchObject({ memberId: memberIds.get(SPENDER), valueFen: 5 })
    const sale = await shop.sell()
    const { receiptId } = await desk.receipt(String(sale.receiptNo))
    const given = await desk.assign(receiptId, memberId)
    expect(given.spent).toMatchObject({ points: 5, isOwed: false })
    const before = Number(member?.balancePoints)
    return { balancePoints: before - 5 + Math.floor(sale.totalFen / 100) }
  }

  async function sellOffline(): Promise<void> {
    for (let n = 0; n < SALES_OFFLINE; n += 1) {
      const sale = await shop.sell(n % 9 === 4 ? PRINTED_IN_FULL : null)
      const phone = OFFLINE[Math.floor(n / 12)] ?? ''
      if (n % 12 === 0) await register(phone)
      if (n % 3 === 0) await give(sale, phone)
      if (n % 15 === 0) await giveToAnother(sale, OFFLINE[0] ?? '')
      if (n % 10 === 7) await shop.refund(shop.sales[n]?.document ?? sale)
      if (n % 15 === 9) await shop.reprint(sale)
      if (n % 15 === 12) await shop.kitchenSlip()
    }
    await shop.shiftReport()
    const last = await shop.sell()
    await desk.receipt(String(last.receiptNo))
  }

  /** The cashier was wrong: takes it back and gives it to another, all without a network. */
  async function giveToAnother(sale: TillDocument, phone: string): Promise<void> {
    const { receiptId } = await desk.receipt(String(sale.receiptNo))
    await desk.undo(receiptId)
    await give(sale, phone)
  }

  /** The server has what the till printed, each once and in its order, and the book is clean. */
  async function expectTheTruth(): Promise<void> {
    const papers = [...shop.sales.map(({ document }) => document), ...shop.refunds]
    const expected = papers
      .map(({ receiptNo, totalFen }) => ({ receiptNo, totalFen: Math.abs(totalFen) }))
      .sort((a, b) => Number(a.receiptNo) - Number(b.receiptNo))
    const known = (await purchases()).map(({ receiptNo, totalFen }) => ({
      receiptNo,
      totalFen: Number(totalFen),
    }))
    expect(known).toEqual(expected)
    const points: Record<string, number> = {}
    for (const phone of Object.keys(shop.pointsByPhone()))
      points[phone] = (await (await phoneOf(phone))('me')).balancePoints
    expect(points).toEqual(shop.pointsByPhone())
    expect(await desk.state()).toMatchObject({ parkedCount: 0, needsConfirmCount: 0 })
    expect((await verifyBook(server.database)).findings).toEqual([])
  }

  it('printed every byte as the till sent it', async () => {
    const paper = shop.paper()
    expect(await shop.printer.printed(paper.length)).toBe(true)
    expect(shop.printer.received().equals(paper)).toBe(true)
  })

  it('keeps no phone number in the clear, anywhere', async () => {
    await machine.stop()
    await server.drain()
    const phones = [ONLINE, PRINTED_IN_FULL, IN_FILE, WRONG, SPENDER, ...OFFLINE]
    writeFileSync(join(tillDirectory, 'till.log'), machine.log())
    writeFileSync(join(opened.directory, 'server.log'), server.log.join(''))
    const tables = await tablesAsText()
    for (const phone of phones) expect(tables).not.toContain(phone)
    await server.stop()
    const home = dirname(opened.directory)
    const found = findInFiles(home, phones).filter(({ path }) => !path.endsWith('日结.csv'))
    expect(found).toEqual([])
    expect(findInFiles(machine.dropDirectory, [IN_FILE])).not.toEqual([])
  })

  /** Every row of every table; MariaDB's files are not ours to read. */
  async function tablesAsText(): Promise<string> {
    const names = await rows<{ name: string }>(
      kit.kind === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    )
    expect(names.length).toBeGreaterThan(10)
    const all = []
    for (const { name } of names) all.push(await rows(`SELECT * FROM ${name}`))
    return JSON.stringify(all)
  }
})

/** What a back office exports at closing time: one row for each line, and the member's number. */
function csvOf(sales: readonly TillDocument[], phone: string): string {
  const head = '单号,销售时间,商品名称,数量,单价,金额,实收金额,会员手机号'
  const lines = sales.flatMap((sale) =>
    sale.lines.map((line) =>
      [
        sale.receiptNo,
        sale.printedAt.replace('T', ' '),
        line.name,
        line.quantity,
        yuan(line.unitPriceFen),
        yuan(line.amountFen),
        yuan(sale.totalFen),
        phone,
      ].join(','),
    ),
  )
  return `${[head, ...lines].join('\r\n')}\r\n`
}

function yuan(amountFen: number): string {
  return (amountFen / 100).toFixed(2)
}
