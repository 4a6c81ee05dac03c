import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  cashierLookupAnswerSchema,
  cashierMemberSchema,
  cashierRegisterAnswerSchema,
  tillReceiptAnswerSchema,
  tillReceiptsSchema,
  tillStateSchema,
} from '@huike/shared/contracts/cashier'
import { memberNoFrom } from '@huike/shared/member-code'
import { FakeServer, memberFixture } from '../../tests/crash/agent-fake-server.js'
import {
  captureBytes,
  filesContaining,
  jsonParser,
  openCore,
  rawCapture,
  saleDocument,
  SILENT,
  storeOn,
  temporaryFolder,
  until,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import { agentConfigSchema } from '../platform/config.js'
import { loadKeyFile } from '../platform/key-file.js'
import type { StoreCore } from '../store/core.js'
import { StoreCore as Core } from '../store/core.js'
import { enrol } from '../uplink/enrol.js'
import { ServerClient } from '../uplink/server-client.js'
import { Agent } from './agent.js'

const PHONE = '13812345678'
const HEADER = { 'x-huike-cashier': '1', 'content-type': 'application/json' }
const FAST = { baseMs: 20, maxMs: 100, maxPageOpenMs: 100, floorMs: 5 }
const BEAT = { everyMs: 60, limitMs: 500 }

let folder: ReturnType<typeof temporaryFolder>
let server: FakeServer
let core: StoreCore
let agent: Agent
let cookie: string

interface Answer {
  status: number
  body: never
  headers: Record<string, string | string[] | undefined>
}

beforeEach(async () => {
  folder = temporaryFolder()
  server = new FakeServer()
  await server.start()
  const dataDirectory = join(folder.path, 'data')
  mkdirSync(dataDirectory)
  const key = loadKeyFile(join(dataDirectory, 'agent.key'))
  const client = new ServerClient(server.url, new Clock())
  await enrol({ client, serverUrl: server.url, code: 'GOOD-CODE', dataDirectory, key })
  await client.close()
  mkdirSync(join(folder.path, 'drop'))
  core = new Core({ dataDirectory, key, bootId: 'b', ballastBytes: 65_536 })
  const config = agentConfigSchema.parse({
    dataDirectory,
    serverUrl: server.url,
    cashier: { port: 0 },
    drop: { directory: join(folder.path, 'drop') },
  })
  const parts = { store: storeOn(core), parser: jsonParser, backoff: FAST, heartbeat: BEAT }
  agent = await Agent.make(config, SILENT, parts)
  await agent.start()
  const page = await ask('GET', '/')
  cookie = String(page.headers['set-cookie']).split(';')[0] ?? ''
})
afterEach(async () => {
  await agent.stop()
  await server.stop()
  folder.remove()
})

/** A plain request: `fetch` would not let a test lie about Host and Origin. */
function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: agent.port, method, path, headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          const isJson = (response.headers['content-type'] ?? '').includes('json')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: (isJson ? JSON.parse(text) : text) as never,
          })
        })
      },
    )
    call.on('error', reject)
    call.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body))
  })
}

const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(method, `/cashier/v1/${path}`, body, { ...HEADER, cookie })

async function registerByPhone(phone = PHONE) {
  const { policyVersion, textSha256 } = core.members.notice()
  const answer = await api('POST', 'register', { phone, policyVersion, textSha256 })
  expect(answer.status).toBe(200)
  return cashierRegisterAnswerSchema.parse(answer.body)
}

async function printReceipt(over = {}): Promise<string> {
  core.captures.take([rawCapture({ bytes: captureBytes(saleDocument(over)) })], [])
  await until(() => core.tillReceipts.list().length > 0)
  return String(core.tillReceipts.list()[0]?.receiptId)
}

describe('the door of the cashier page', () => {
  it('is closed to calls without the cookie, the header, our Host or our Origin', async () => {
    const path = '/cashier/v1/state'
    const ours = { ...HEADER, cookie }
    const refusals: [Record<string, string>, number][] = [
      [HEADER, 401],
      [{ cookie: 'huike_till=guess', ...HEADER }, 401],
      [{ cookie }, 403],
      [{ ...ours, host: 'evil.example' }, 403],
      [{ ...ours, host: `evil.example:${String(agent.port)}` }, 403],
      [{ ...ours, origin: 'http://evil.example' }, 403],
      [{ ...ours, 'sec-fetch-site': 'cross-site' }, 403],
    ]
    for (const [headers, status] of refusals)
      expect((await ask('GET', path, undefined, headers)).status).toBe(status)
    expect((await ask('GET', path, undefined, ours)).status).toBe(200)
  })

  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const page = await ask('GET', '/')
    expect(String(page.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it.each([
    '/../agent.db',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/nothing.js',
  ])('serves no file outside the page: %s', async (path) => {
    expect((await ask('GET', path)).status).toBe(404)
  })

  it.each([
    ['not JSON', '{', 400, 'body_malformed'],
    ['another shape', { phone: 1 }, 422, 'input_invalid'],
    ['unknown fields', { input: PHONE, extra: 1 }, 422, 'input_invalid'],
    ['too much', JSON.stringify({ input: 'x'.repeat(70_000) }), 413, 'body_too_large'],
    ['no phone number', { input: '12345' }, 422, 'phone_invalid'],
    ['a payment code', { input: '134567890123456789' }, 422, 'member_code_invalid'],
  ])('refuses %s with a sentence', async (_title, body, status, code) => {
    const answer = await api('POST', 'lookup', body)
    expect(answer).toMatchObject({ status, body: { code, title: expect.any(String) } })
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('tells machines how it is without a cookie', async () => {
    expect((await ask('GET', '/healthz')).status).toBe(200)
    expect((await ask('GET', '/readyz')).status).toBe(200)
    expect(String((await ask('GET', '/metrics')).body)).toContain('huike_agent_outbox_depth')
  })

  it('stops the one who tries out a list of numbers', async () => {
    const statuses = []
    for (let i = 0; i < 32; i += 1)
      statuses.push((await api('POST', 'lookup', { input: PHONE })).status)
    expect(statuses.slice(0, 30).every((status) => status === 200)).toBe(true)
    expect(statuses.slice(30)).toEqual([429, 429])
  })
})

describe('looking up a member', () => {
  it('asks the server for one never seen, and answers from the cache the next time', async () => {
    server.members.set(PHONE, memberFixture())
    const first = cashierLookupAnswerSchema.parse(
      (await api('POST', 'lookup', { input: '138 1234 5678' })).body,
    )
    expect(first).toMatchObject({ result: 'known', member: { source: 'server' } })
    server.isDown = true
    const second = cashierLookupAnswerSchema.parse(
      (await api('POST', 'lookup', { input: PHONE })).body,
    )
    expect(second).toMatchObject({
      result: 'known',
      member: { source: 'cache', balancePoints: 100 },
    })
  })

  it('finds by a scanned member code', async () => {
    const no = memberNoFrom('10000000000')
    server.members.set(`68${no}12345678`, memberFixture({ memberNo: no }))
    const answer = await api('POST', 'lookup', { input: `68${no}12345678` })
    expect(answer).toMatchObject({ status: 200, body: { result: 'known' } })
    expect(server.lookups[0]).toMatchObject({ by: 'member_code' })
  })

  it('says new when the server says nobody, and unknown when it says nothing', async () => {
    expect((await api('POST', 'lookup', { input: PHONE })).body).toMatchObject({ result: 'new' })
    server.isDown = true
    const answer = cashierLookupAnswerSchema.parse(
      (await api('POST', 'lookup', { input: PHONE })).body,
    )
    expect(answer.result).toBe('unknown_offline')
    expect(answer.notice).toEqual(core.members.notice())
  })
})

describe('registering', () => {
  it('is settled at once when the server is there', async () => {
    await until(async () => (await agent.state()).connection === 'online')
    expect(await registerByPhone()).toMatchObject({
      settled: true,
      member: { phoneMasked: '138****5678', source: 'registered_here' },
    })
    expect([...server.effects.values()]).toMatchObject([
      { type: 'member.registered', phone: PHONE },
    ])
  })

  it('works without a network, once however often the button is pressed', async () => {
    server.isDown = true
    const first = await registerByPhone()
    expect(first.settled).toBe(false)
    expect((await registerByPhone()).member.memberId).toBe(first.member.memberId)
    expect(filesContaining(join(folder.path, 'data'), PHONE)).toEqual([])
    server.isDown = false
    await until(() => core.outbox.counts().waiting === 0)
    expect(server.effectIds('member.registered')).toHaveLength(1)
  })

  it('takes no notice that was never shown', async () => {
    const answer = await api('POST', 'register', {
      phone: PHONE,
      policyVersion: 'x',
      textSha256: 'f'.repeat(64),
    })
    expect(answer).toMatchObject({ status: 422, body: { code: 'input_invalid' } })
  })
})

describe('receipts', () => {
  it('are given to a member with one call and show the points when the server has settled', async () => {
    const receiptId = await printReceipt()
    const { member } = await registerByPhone()
    const given = await api('POST', `receipts/${receiptId}/assign`, { memberId: member.memberId })
    expect(tillReceiptAnswerSchema.parse(given.body).receipt.member?.phoneMasked).toBe(
      '138****5678',
    )
    await until(() => core.tillReceipts.list()[0]?.points === 21)
    const list = tillReceiptsSchema.parse((await api('GET', 'receipts')).body)
    expect(list.receipts).toMatchObject([{ state: 'settled', points: 21, minute: '18:21' }])
  })

  it('are taken back from the wrong member, once, within the minute', async () => {
    const receiptId = await printReceipt()
    const { member } = await registerByPhone()
    await api('POST', `receipts/${receiptId}/assign`, { memberId: member.memberId })
    const first = await api('POST', `receipts/${receiptId}/undo`)
    expect(tillReceiptAnswerSchema.parse(first.body).receipt).toMatchObject({
      ...{ member: null, undoUntilMs: null },
    })
    expect((await api('POST', `receipts/${receiptId}/undo`)).status).toBe(200)
    await until(() => server.effectIds('receipt.assignment_undone').length === 1)
    expect(server.effectIds()).toHaveLength(4)
  })

  it('in doubt are confirmed by the cashier', async () => {
    const receiptId = await printReceipt({ confidence: 0.3, totalFen: null })
    expect((await api('GET', 'state')).body).toMatchObject({ needsConfirmCount: 1 })
    const answer = await api('POST', `receipts/${receiptId}/confirm`, {
      decision: 'sale',
      totalFen: 1990,
    })
    expect(answer).toMatchObject({ status: 200, body: { receipt: { totalFen: 1990 } } })
    await until(() => server.effectIds().includes(receiptId))
  })

  it.each([0, -1, 0.5, '1', 1e15])('are not refunded for %p', async (refundFen) => {
    const answer = await api('POST', 'refunds/preview', { receiptNo: '1', refundFen })
    expect(answer).toMatchObject({ status: 422, body: { code: 'input_invalid' } })
  })

  it('that do not exist are not found', async () => {
    const path = 'receipts/01J0000000000000000000000Z/assign'
    const answer = await api('POST', path, { memberId: '01J0000000000000000000000M' })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

describe('the live line', () => {
  it('tells the state first, then receipts as they come', async () => {
    const heard: string[] = []
    const call = request({
      host: '127.0.0.1',
      port: agent.port,
      path: '/cashier/v1/live',
      headers: { cookie },
    })
    call.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => heard.push(chunk))
    })
    call.on('error', () => undefined)
    call.end()
    await until(() => heard.join('').includes('event: state'))
    await printReceipt()
    await until(() => heard.join('').includes('"receiptNo":"00123456"'))
    call.destroy()
  })

  it('shows a whole state that fits the contract', async () => {
    await until(async () => (await agent.state()).connection === 'online')
    const state = tillStateSchema.parse((await api('GET', 'state')).body)
    expect(state).toMatchObject({
      storeName: '人民路店',
      terminalCode: 'T1',
      tap: 'not_configured',
      storage: 'ok',
    })
  })
})

describe('the member on screen', () => {
  it('gets the new balance, the number and the level when the server has settled', async () => {
    await until(async () => (await agent.state()).connection === 'online')
    const told: Record<string, unknown>[] = []
    const call = request(
      { host: '127.0.0.1', port: agent.port, path: '/cashier/v1/live', headers: { cookie } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          told.length = 0
          for (const [, data] of text.matchAll(/event: member\ndata: (.*)\n/g))
            told.push(JSON.parse(String(data)) as Record<string, unknown>)
        })
      },
    )
    call.on('error', () => undefined)
    call.end()
    const receiptId = await printReceipt()
    const { member } = await registerByPhone()
    const { memberId } = member
    server.members.set(memberId, memberFixture({ memberId, balancePoints: 121 }))
    await api('POST', `receipts/${receiptId}/assign`, { memberId })
    await until(() => told.some((one) => one['balancePoints'] === 121))
    await until(() => told.some((one) => one['memberNo'] === '100000000006'))
    expect(cashierMemberSchema.parse(told.at(-1))).toMatchObject({ memberId, levelName: '银卡' })
    call.destroy()
  })
})

describe('a file in the drop folder', () => {
  it('becomes receipts at the server', async () => {
    writeFileSync(join(folder.path, 'drop', 'day.json'), captureBytes(saleDocument()))
    await until(() => server.effectIds('checkout.captured').length === 1, 12_000)
    expect([...server.effects.values()]).toMatchObject([
      {
        source: { kind: 'file_drop' },
        occurredAtMs: Date.parse('2026-03-05T18:21:07+08:00'),
      },
    ])
  })
})

describe('an agent that was never enrolled', () => {
  it('captures, registers, and says what is missing', async () => {
    const bare = temporaryFolder()
    const store = storeOn(openCore(bare.path))
    const config = agentConfigSchema.parse({
      dataDirectory: bare.path,
      serverUrl: server.url,
      cashier: { port: 0 },
    })
    const lonely = await Agent.make(config, SILENT, { store, parser: jsonParser })
    await lonely.start()
    expect(await lonely.state()).toMatchObject({ connection: 'unenrolled', outboxDepth: 0 })
    expect((await store.members.notice()).policyVersion).toBe('2025-01')
    await lonely.stop()
    bare.remove()
  })
})
