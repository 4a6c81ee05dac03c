import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { CashierDesk, compilePrograms, startAgent, until, type TillMachine } from '../rig/agent.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { MallShop } from '../rig/mall.js'
import { freePort } from '../rig/processes.js'
import { enrolmentCode, startTestServer, type TestServer } from '../rig/server.js'

// What is fetched, through the real agent beside a till: from the code on the phone to the console.

const START_MS_MAX = 60_000

beforeAll(compilePrograms, 120_000)

describeEachDatabase('goods fetched at a real till', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let shop: MallShop
  let machine: TillMachine
  let desk: CashierDesk

  beforeAll(async () => {
    opened = await kit.open()
    const environment = { HUIKE_PORT: String(await freePort()), HUIKE_KEYRING: newKeyringJson() }
    server = await startTestServer(opened, environment, { time: 'system' })
    shop = await MallShop.open(server)
    const directory = join(dirname(opened.directory), 'till')
    mkdirSync(directory)
    const code = await enrolmentCode(server, { terminalCode: 'T7' })
    machine = await startAgent({
      ...{ serverUrl: server.url, code, directory, printerPort: await freePort() },
    })
    desk = new CashierDesk(machine.url)
    await desk.settled()
  }, START_MS_MAX)
  afterAll(async () => {
    await machine.stop()
    await server.stop()
  })

  it('are announced with their member, handed over once, and gone everywhere', async () => {
    const by = await shop.member(1_000)
    const exchange = await shop.exchanged(by, await shop.item())
    const waiting = () =>
      until(async () => {
        const { member } = await desk.lookup(by.phone)
        return member === null ? null : { count: member.waitingPickups, id: member.memberId }
      }, 'the member')
    const { count, id } = await waiting()
    expect(count).toBe(1)
    const { pickups } = await desk.pickups({ by: 'member', memberId: id })
    const [pickup] = (await desk.pickups({ by: 'code', code: exchange.code })).pickups
    if (!pickup) throw new Error('found nothing')
    expect(pickups).toEqual([pickup])
    expect(await desk.handOver(pickup)).toMatchObject({ isNew: true })
    await expect(desk.handOver(pickup)).rejects.toThrow(/mall_fetched.*已由本收银台交付/)
    const text = { text: exchange.code }
    const { body } = await shop.owner.post('mall/exchanges/find', text)
    expect(body.exchanges).toMatchObject([{ endedBy: '收银台 T7', storeName: '人民路店' }])
    await until(async () => ((await waiting()).count === 0 ? true : null), 'the agent to know')
  })

  it('need the network, and that is said', async () => {
    const by = await shop.member(1_000)
    const exchange = await shop.exchanged(by, await shop.item())
    const [pickup] = (await desk.pickups({ by: 'code', code: exchange.code })).pickups
    if (!pickup) throw new Error('found nothing')
    await server.stop()
    await expect(desk.handOver(pickup)).rejects.toThrow(/pickup_unanswered|pickup_offline/)
    await until(
      async () => ((await desk.state()).connection === 'offline' ? true : null),
      'the agent to be offline',
    )
    const asked = { by: 'code', code: exchange.code }
    await expect(desk.pickups(asked)).rejects.toThrow(/pickup_offline/)
  })
})
