import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, it } from '@jest/globals'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, registration } from '../rig/events.js'
import {
  assertionOf,
  enrolTill,
  startTestServer,
  type TestServer,
  type TestTill,
} from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

describeEachDatabase('the doors', (kit) => {
  let server: TestServer
  let till: TestTill

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })

  async function rowsOf(table: string): Promise<number> {
    const rows = await server.database.read((rx) =>
      rx.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`),
    )
    return Number(rows[0]?.n)
  }
  async function postEvents(body: unknown, headers: Record<string, string> = {}) {
    return server.fetch('/agent/v1/events', {
      method: 'POST',
      token: await till.token(),
      headers: { 'content-type': 'application/json', ...headers },
      body: (typeof body === 'string' || Buffer.isBuffer(body)
        ? body
        : JSON.stringify(body)) as never,
    })
  }
  const batchOf = (events: unknown[]) => ({
    sentAtMs: server.clock.nowMs(),
    agentVersion: '0.1.0',
    outboxDepth: events.length,
    events,
  })

  it.each([
    ['a body that is not JSON', '{"events": [', 400, 'body_malformed'],
    ['an empty body', '', 400, 'body_malformed'],
    ['an unknown field', JSON.stringify({ extra: 1 }), 422, 'input_invalid'],
    ['an array', '[]', 422, 'input_invalid'],
  ])('answers %s with a typed problem', async (_what, body, status, code) => {
    const before = await rowsOf('agent_event')
    const reply = await postEvents(body)
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toContain('application/problem+json')
    expect(reply.body).toMatchObject({ code, status })
    expect(reply.body.title).toMatch(/[\u4e00-\u9fff]/)
    expect(await rowsOf('agent_event')).toBe(before)
  })

  it('names every wrong field of a batch', async () => {
    const reply = await postEvents({
      ...batchOf([checkout(till)]),
      outboxDepth: -1,
      surprise: true,
    })
    expect(reply.status).toBe(422)
    expect(reply.body.errors.map((error: { path: string }) => error.path)).toContain('outboxDepth')
  })

  it('refuses a 5 MB body, plain or packed into a small one', async () => {
    const huge = JSON.stringify({ ...batchOf([]), padding: 'x'.repeat(5_000_000) })
    const plain = await postEvents(huge)
    expect([plain.status, plain.body.code]).toEqual([413, 'body_too_large'])
    const packed = gzipSync(huge)
    expect(packed.length).toBeLessThan(20_000)
    const bomb = await postEvents(packed, { 'content-encoding': 'gzip' })
    expect([bomb.status, bomb.body.code]).toEqual([413, 'body_too_large'])
  })

  it('refuses other content types and broken gzip', async () => {
    const xml = await postEvents('<a/>', { 'content-type': 'text/xml' })
    expect([xml.status, xml.body.code]).toEqual([415, 'media_type_unsupported'])
    const broken = await postEvents(Buffer.from('not gzip'), { 'content-encoding': 'gzip' })
    expect(broken.status).toBe(400)
  })

  it('rejects one bad event of a batch by itself and takes its neighbours', async () => {
    const good = checkout(till)
    const negative = checkout(till, { receipt: { totalFen: -1 } })
    const fraction = checkout(till, { receipt: { totalFen: 10.5 } })
    const unknown = { ...checkout(till), surprise: 1 }
    const other = checkout(till)
    const { results } = await till.send([good, negative, fraction, unknown, { type: 'x' }, other])
    expect(results.map((result) => result.status)).toEqual([
      'accepted',
      'rejected',
      'rejected',
      'rejected',
      'rejected',
      'accepted',
    ])
    expect(results[1]).toMatchObject({ code: 'input_invalid', eventId: negative.eventId })
    expect(results[1]?.message).toContain('totalFen')
    expect(results[4]?.eventId).toBeNull()
  })

  it('refuses a receipt of a million lines without reading them all', async () => {
    const line = { name: 'x', code: null, quantityMilli: 1, unitPriceFen: null, amountFen: 1 }
    const many = checkout(till, { receipt: { lines: Array.from({ length: 5_000 }, () => line) } })
    const { results } = await till.send([many])
    expect(results[0]).toMatchObject({ status: 'rejected', code: 'input_invalid' })
    const million = `{"lines":[${'{},'.repeat(1_000_000)}{}]}`
    expect((await postEvents(million)).status).toBe(413)
  })

  it('refuses missing, forged and foreign tokens', async () => {
    const body = batchOf([checkout(till)])
    const none = await server.fetch('/agent/v1/events', { json: body })
    expect([none.status, none.body.code]).toEqual([401, 'token_missing'])
    const forged = `${(await till.token()).slice(0, -4)}AAAA`
    const bad = await server.fetch('/agent/v1/events', { token: forged, json: body })
    expect([bad.status, bad.body.code]).toEqual([401, 'token_invalid'])
    const member = await server.fetch('/member/v1/session/sandbox', {
      json: { phone: '13700137000' },
    })
    const foreign = await server.fetch('/agent/v1/events', {
      token: member.body.accessToken,
      json: body,
    })
    expect([foreign.status, foreign.body.code]).toEqual([401, 'token_invalid'])
  })

  it('lets a token die, and gives another for a fresh assertion', async () => {
    const old = await till.token()
    server.clock.advance(16 * 60_000)
    const late = await server.fetch('/agent/v1/events', {
      token: old,
      json: batchOf([checkout(till)]),
    })
    expect([late.status, late.body.code]).toEqual([401, 'token_expired'])
    expect((await till.sendOne(checkout(till))).status).toBe('accepted')
  })

  it('tells a till with a wrong clock the time, and only after its signature held', async () => {
    const { terminalId } = till.enrolled
    const wrong = assertionOf(terminalId, till.privateKey, server.clock.nowMs() - 8 * 3_600_000)
    const skewed = await server.fetch('/agent/v1/token', { json: { assertion: wrong } })
    expect(skewed.body).toMatchObject({ code: 'clock_skew', serverTimeMs: server.clock.nowMs() })
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const stranger = assertionOf(terminalId, privateKey, server.clock.nowMs())
    const forged = await server.fetch('/agent/v1/token', { json: { assertion: stranger } })
    expect([forged.status, forged.body.code]).toEqual([401, 'token_invalid'])
  })

  it('refuses a till nobody knows', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const assertion = assertionOf('01ARZ3NDEKTSV4RRFFQ69G5FAV', privateKey, server.clock.nowMs())
    const reply = await server.fetch('/agent/v1/token', { json: { assertion } })
    expect([reply.status, reply.body.code]).toEqual([401, 'terminal_unknown'])
  })

  it('enrols with a code once, not after a day, and not with a wrong one', async () => {
    const terminals = server.app.get(TerminalsService, { strict: false })
    const store = await terminals.storeByCode('S01')
    if (!store) throw new Error('store S01 is missing')
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
    const enrol = (code: string) =>
      server.fetch('/agent/v1/enrol', {
        json: { code, publicKey: { kty, crv, x, y }, agentVersion: '0.1.0' },
      })
    const code = await terminals.issueEnrolmentCode(store, '09')
    expect((await enrol(code)).status).toBe(200)
    expect((await enrol(code)).body.code).toBe('enrolment_code_invalid')
    expect((await enrol('00000000')).body.code).toBe('enrolment_code_invalid')
    const late = await terminals.issueEnrolmentCode(store, '09')
    server.clock.advance(25 * 3_600_000)
    expect((await enrol(late)).body.code).toBe('enrolment_code_expired')
  })

  it('stops a revoked till at once, and loses nothing it sent before', async () => {
    const doomed = await enrolTill(server, { terminalCode: '13' })
    const sale = checkout(doomed)
    await doomed.sendOne(sale)
    const token = await doomed.token()
    const terminals = server.app.get(TerminalsService, { strict: false })
    expect(await terminals.revoke(doomed.enrolled.terminalId)).toBe(true)
    const reply = await server.fetch('/agent/v1/events', {
      token,
      json: batchOf([checkout(doomed)]),
    })
    expect([reply.status, reply.body.code]).toEqual([403, 'terminal_revoked'])
    const again = await server.fetch('/agent/v1/token', {
      json: {
        assertion: assertionOf(doomed.enrolled.terminalId, doomed.privateKey, server.clock.nowMs()),
      },
    })
    expect(again.body.code).toBe('terminal_revoked')
  })

  it('gives a store its own members for the time without a network, page by page', async () => {
    const home = await enrolTill(server, { storeCode: 'S07', storeName: '中山路店' })
    const phones = Array.from({ length: 230 }, (_, n) => `1361234${String(n).padStart(4, '0')}`)
    for (let start = 0; start < phones.length; start += 50)
      await home.send(phones.slice(start, start + 50).map((phone) => registration(home, phone)))
    const seen = new Map<string, string>()
    let cursor = ''
    const readToTheEnd = async () => {
      for (let page = 1; ; page += 1) {
        const query = encodeURIComponent(cursor)
        const reply = await server.fetch(`/agent/v1/snapshot?cursor=${query}`, {
          token: await home.token(),
        })
        expect(reply.status).toBe(200)
        for (const member of reply.body.members) seen.set(member.memberId, member.phoneMasked)
        expect(JSON.stringify(reply.body)).not.toContain('13612340001')
        cursor = reply.body.nextCursor
        if (reply.body.complete) return { pages: page, lastRows: reply.body.members.length }
      }
    }
    expect((await readToTheEnd()).pages).toBe(2)
    expect(seen.size).toBe(230)
    // What changed a moment ago is told again, since an earlier change may still commit; then never.
    server.clock.advance(60_000)
    await readToTheEnd()
    expect(await readToTheEnd()).toEqual({ pages: 1, lastRows: 0 })
    const foreign = await server.fetch('/agent/v1/snapshot', { token: await till.token() })
    expect(foreign.body.members.map((m: any) => m.memberId)).not.toContain([...seen.keys()][0])
    // Whose number is gone must not be found by it at a till that has no network.
    const [gone = ''] = seen.keys()
    await server.database.write(async (tx) => {
      await tx.run("DELETE FROM identity WHERE memberId = ? AND kind = 'phone'", [gone])
      await tx.run('UPDATE member SET updatedAtMs = ? WHERE id = ?', [server.clock.nowMs(), gone])
    })
    const after = await server.fetch(`/agent/v1/snapshot?cursor=${encodeURIComponent(cursor)}`, {
      token: await home.token(),
    })
    expect(after.body).toMatchObject({ members: [], forgotten: [gone] })
  })

  it('signs a manager in, shows the stores and the day, and refuses wrong passwords alike', async () => {
    await server.app
      .get(StaffService, { strict: false })
      .create({ username: 'li', name: '李总', role: 'owner', password: 'correct horse' })
    const signIn = (username: string, password: string) =>
      server.fetch('/console/v1/session', { json: { username, password } })
    const wrong = await signIn('li', 'wrong')
    const nobody = await signIn('nobody', 'wrong')
    expect([wrong.status, wrong.body.code]).toEqual([401, 'credentials_wrong'])
    expect([nobody.status, nobody.body.code]).toEqual([401, 'credentials_wrong'])
    const session = await signIn('li', 'correct horse')
    expect(session.body.staff).toEqual({
      id: expect.any(String),
      name: '李总',
      role: 'owner',
      storeIds: [],
    })
    const token: string = session.body.accessToken
    await server.drain()
    const stores = await server.fetch('/console/v1/stores', { token })
    expect(stores.body.stores.map((store: any) => store.code)).toContain('S01')
    const today = await server.fetch('/console/v1/today', { token })
    expect(today.status).toBe(200)
    expect(today.body).toMatchObject({ businessDate: expect.any(String) })
  })

  it('is alive, ready, counted and documented', async () => {
    expect((await server.fetch('/healthz')).body.status).toBe('ok')
    expect((await server.fetch('/readyz')).body).toEqual({ status: 'ready' })
    await till.sendOne(checkout(till))
    const metrics = await server.fetch('/metrics')
    expect(metrics.body).toContain('huike_agent_events_total{status="accepted"')
    expect(metrics.body).toContain('huike_parked_events')
    const document = await server.fetch('/docs/openapi.json')
    const answers = document.body.paths['/member/v1/me'].get.responses
    expect(JSON.stringify(answers['200'])).toContain('balancePoints')
    expect(JSON.stringify(answers.default)).toContain('requestId')
    expect(Object.keys(document.body.paths)).toEqual(
      expect.arrayContaining(['/agent/v1/events', '/member/v1/points', '/console/v1/today']),
    )
    expect((await server.fetch('/docs')).status).toBe(200)
  })

  it('sends the headers a browser needs to be safe', async () => {
    const { headers } = await server.fetch('/healthz')
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toContain('max-age')
  })

  it('answers an unknown path as a problem', async () => {
    const reply = await server.fetch('/agent/v1/nothing')
    expect([reply.status, reply.body.code]).toEqual([404, 'not_found'])
  })
})

describeEachDatabase('rate limits', (kit) => {
  it('stop a caller who probes phone numbers, and say so', async () => {
    const opened = await kit.open()
    const server = await startTestServer(opened, { HUIKE_RATE_LIMIT_SCALE: '1' })
    const till = await enrolTill(server)
    const token = await till.token()
    const codes: string[] = []
    for (let n = 0; n < 35; n += 1) {
      const reply = await server.fetch('/agent/v1/lookup', {
        token,
        json: { by: 'phone', phone: `1381234${String(n).padStart(4, '0')}` },
      })
      codes.push(reply.status === 200 ? 'ok' : reply.body.code)
    }
    expect(codes.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 'ok'))
    expect(codes.slice(30)).toEqual(Array.from({ length: 5 }, () => 'rate_limited'))
    // The codes of orders that are fetched in a store, too.
    const guesser = await signInAs(server, 'cashier')
    const guesses: number[] = []
    for (let n = 0; n < 62; n += 1)
      guesses.push((await guesser.post('pickups/find', { text: '1234567890' })).status)
    expect(guesses).toEqual([...Array.from({ length: 60 }, () => 200), 429, 429])
    await server.stop()
  })
})

describeEachDatabase('a server that is told to stop', (kit) => {
  it('finishes what it began, and refuses what comes after', async () => {
    const opened = await kit.open()
    const keyring = { HUIKE_KEYRING: newKeyringJson() }
    const server = await startTestServer(opened, keyring)
    const till = await enrolTill(server)
    await till.token()
    const fastify = server.app.getHttpAdapter().getInstance()
    let begun = 0
    let answered = 0
    let firstBegan: () => void = () => undefined
    const someBegan = new Promise<void>((resolve) => (firstBegan = resolve))
    fastify.server.on('request', (_request: unknown, response: ServerResponse) => {
      begun += 1
      response.on('finish', () => (answered += 1))
      if (begun === 5) firstBegan()
    })
    const answers = Array.from({ length: 20 }, () => till.send([checkout(till)]))
    const settled = Promise.allSettled(answers)
    await someBegan
    await server.stop()
    const acknowledged = (await settled).filter((answer) => answer.status === 'fulfilled').length
    expect(acknowledged).toBeGreaterThanOrEqual(5)
    expect(answered).toBe(begun)
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
    const again = await startTestServer(opened, keyring)
    const [kept] = await again.database.read((rx) =>
      rx.rows<{ n: number }>('SELECT COUNT(*) AS n FROM purchase'),
    )
    expect(Number(kept?.n)).toBeGreaterThanOrEqual(acknowledged)
    await again.stop()
  })
})
