import { expect, it } from '@jest/globals'
import {
  memberFileSchema,
  memberPageSchema,
  type MemberPage,
} from '@huike/shared/contracts/console-members'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, registration } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Members as staff see them: found, listed, opened and read, each person within their stores.

const DAY_MS = 86_400_000
const PHONE = '13712345678'

describeEachDatabase('members at the console', (kit) => {
  let server: TestServer
  let till: TestTill
  let other: TestTill
  let owner: ConsolePerson
  let manager: ConsolePerson
  let stranger: ConsolePerson
  let cashier: ConsolePerson
  let memberId: string
  let memberNo: string
  let numbers = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    other = await enrolTill(server, { storeCode: 'S02', storeName: '解放路店' })
    owner = await signInAs(server, 'owner')
    manager = await signInAs(server, 'manager', [till.enrolled.storeId])
    stranger = await signInAs(server, 'manager', [other.enrolled.storeId])
    cashier = await signInAs(server, 'cashier', [till.enrolled.storeId])
    memberId = await register(till, PHONE)
    const [row] = await rows('SELECT memberNo FROM member WHERE id = ?', [memberId])
    memberNo = String(row?.['memberNo'])
  })

  function rows(sql: string, parameters: readonly string[] = []) {
    return server.database.read((rx) => rx.rows(sql, parameters))
  }
  async function register(at: TestTill, phone: string): Promise<string> {
    const event = registration(at, phone)
    expect(await at.sendOne(event)).toMatchObject({ status: 'accepted' })
    server.clock.advance(1_000)
    return event.memberId
  }
  function freshPhone(last4 = ''): string {
    numbers += 1
    return `1380${String(numbers).padStart(7 - last4.length, '0')}${last4}`
  }
  async function sell(at: TestTill, to: string, totalFen = 2_132, occurredAtMs?: number) {
    const sale = checkout(at, {
      who: { by: 'member', memberId: to as never },
      ...(occurredAtMs === undefined ? {} : { occurredAtMs: occurredAtMs as never }),
      receipt: { totalFen },
    })
    expect((await at.sendOne(sale)).status).toBe('accepted')
    return sale
  }
  async function list(as: ConsolePerson, query: Record<string, string> = {}): Promise<MemberPage> {
    const reply = await as.get(`members?${new URLSearchParams(query).toString()}`)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return memberPageSchema.strict().parse(reply.body)
  }
  const idsOf = (page: MemberPage) => page.members.map((member) => String(member.memberId))
  async function everyPage(as: ConsolePerson, query: Record<string, string>): Promise<string[]> {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: MemberPage = await list(as, { ...query, ...(cursor === null ? {} : { cursor }) })
      seen.push(...idsOf(page))
      cursor = page.nextCursor
    } while (cursor !== null)
    return seen
  }
  async function grant(to: string, isGranted = true): Promise<void> {
    const consents = server.app.get(ConsentService, { strict: false })
    const { policyVersion } = PURPOSE_TEXTS.marketing
    await server.database.write((tx) =>
      consents.change(tx, {
        memberId: to,
        purpose: 'marketing',
        isGranted,
        policyVersion,
        how: 'member_page',
        evidence: freshId(),
        nowMs: server.clock.nowMs(),
      }),
    )
  }
  it('shows a member with what they bought, masked', async () => {
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write((tx) =>
      profiles.change(
        tx,
        memberId,
        { name: '张三丰', birthday: '1990-02-28' },
        server.clock.nowMs(),
      ),
    )
    await sell(till, memberId, 2_132)
    await grant(memberId)
    await server.drain()
    const { members } = await list(owner, { search: PHONE })
    expect(members).toEqual([
      {
        memberId,
        memberNo,
        phoneMasked: '137****5678',
        nameMasked: '张**',
        state: 'pending',
        levelName: '普通会员',
        balancePoints: 21,
        purchaseCount: 1,
        totalFen: 2_132,
        lastPurchaseAtMs: server.clock.nowMs(),
        lastStoreName: '人民路店',
        registeredStoreName: '人民路店',
        memberSinceMs: server.clock.nowMs() - 1_000,
        mayMarket: true,
      },
    ])
  })

  it.each(['137 1234 5678', '１３７１２３４５６７８', '+86 137-1234-5678'])(
    'finds a phone however it is written: %s',
    async (search) => {
      expect(idsOf(await list(owner, { search }))).toEqual([memberId])
    },
  )

  it('finds a member number, and nothing for a search of another form', async () => {
    expect(idsOf(await list(owner, { search: memberNo }))).toEqual([memberId])
    for (const search of ['1371234567', '张三丰', '%', "' OR '1'='1", '137%', '0000'])
      expect(await list(owner, { search })).toEqual({ members: [], nextCursor: null })
    const [row] = await rows('SELECT COUNT(*) AS members FROM member')
    expect(Number(row?.['members'])).toBeGreaterThan(0)
  })

  it('pages through everybody whose number ends in the same four digits', async () => {
    const expected: string[] = []
    for (let n = 0; n < 45; n += 1) expected.unshift(await register(till, freshPhone('9876')))
    expect(await everyPage(owner, { search: '9876', limit: '20' })).toEqual(expected)
    expect(await everyPage(manager, { search: '9876', limit: '7' })).toEqual(expected)
    expect(await everyPage(stranger, { search: '9876', limit: '20' })).toEqual([])
  })

  it('gives the list newest first, page by page, each member once', async () => {
    // Two registered in one millisecond are told apart by their ids.
    const twins = [registration(till, freshPhone()), registration(till, freshPhone())]
    await till.send(twins)
    const all = idsOf(await list(owner, { limit: '100' }))
    expect(await everyPage(owner, { limit: '3' })).toEqual(all)
    expect(new Set(all).size).toBe(all.length)
    const [newest, second] = all
    expect([newest, second].sort()).toEqual(twins.map((one) => one.memberId).sort())
  })

  it('shows a manager those who registered or bought in their stores, and nobody else', async () => {
    const theirs = await register(other, freshPhone())
    await server.drain()
    expect(await everyPage(manager, {})).not.toContain(theirs)
    expect(await everyPage(stranger, {})).toEqual([theirs])
    expect(await list(manager, { storeId: other.enrolled.storeId })).toMatchObject({ members: [] })
    await sell(till, theirs)
    await server.drain()
    expect((await everyPage(manager, {}))[0]).toBe(theirs)
    expect(await everyPage(stranger, {})).toEqual([theirs])
    expect(await everyPage(owner, { storeId: other.enrolled.storeId })).toEqual([theirs])
  })

  it('sees who registered this moment, before the counts know', async () => {
    await server.drain()
    const fresh = registration(other, freshPhone())
    await other.sendOne(fresh)
    expect((await everyPage(stranger, {}))[0]).toBe(fresh.memberId)
  })

  it('filters by state, last purchase and consent, all at once', async () => {
    const nowMs = server.clock.nowMs()
    const lapsed = await register(till, freshPhone())
    await sell(till, lapsed, 900, nowMs - 40 * DAY_MS)
    const recent = await register(till, freshPhone())
    await sell(till, recent, 900)
    const never = await register(till, freshPhone())
    await grant(lapsed)
    await grant(recent)
    await grant(recent, false)
    await server.drain()
    const inactive = await everyPage(owner, { inactiveDays: '30' })
    expect(inactive).toEqual([lapsed])
    const bought = await everyPage(owner, { boughtWithinDays: '30' })
    expect(bought).toContain(recent)
    expect(bought).not.toContain(lapsed)
    expect(bought).not.toContain(never)
    const marketing = await everyPage(owner, { consent: 'marketing' })
    expect(marketing.sort()).toEqual([lapsed, memberId].sort())
    expect(await everyPage(owner, { consent: 'marketing_sms' })).toEqual([])
    expect(await everyPage(owner, { consent: 'marketing', inactiveDays: '30' })).toEqual([lapsed])
    expect(await everyPage(owner, { state: 'active' })).toEqual([])
    expect(await everyPage(owner, { state: 'pending' })).toContain(never)
    expect(await everyPage(manager, { consent: 'marketing', state: 'pending' })).toContain(lapsed)
  })

  it('lets a cashier look one person up, and not browse', async () => {
    for (const query of ['', '?search=5678', '?state=pending', '?search=张'])
      expect((await cashier.get(`members${encodeURI(query)}`)).body).toMatchObject({
        code: 'forbidden',
        detail: expect.stringContaining('手机号'),
      })
    expect(idsOf(await list(cashier, { search: PHONE }))).toEqual([memberId])
    expect(idsOf(await list(cashier, { search: memberNo }))).toEqual([memberId])
    const elsewhere = await signInAs(server, 'cashier', [other.enrolled.storeId])
    expect(await list(elsewhere, { search: PHONE })).toEqual({ members: [], nextCursor: null })
  })

  it('takes a cursor for a place and nothing more', async () => {
    const { nextCursor } = await list(owner, { limit: '1' })
    expect(nextCursor).toMatch(/^\d+\.[0-9A-Z]{26}$/)
    // Another person's cursor is a place in the whole list; whose rows are shown does not change.
    const asStranger = await list(stranger, { cursor: nextCursor ?? '', limit: '100' })
    const own = await everyPage(stranger, {})
    expect(idsOf(asStranger).every((id) => own.includes(id))).toBe(true)
    for (const forged of [
      '1',
      'x.y',
      `1.${freshId()}'`,
      `-1.${freshId()}`,
      `1.${'0'.repeat(25)}`,
    ]) {
      const reply = await owner.get(`members?cursor=${encodeURIComponent(forged)}`)
      expect([forged, reply.status, reply.body.code]).toEqual([forged, 422, 'input_invalid'])
    }
    const strange = await owner.get('members?order=phone')
    expect(strange.body.code).toBe('input_invalid')
  })

  it('opens a file with everything but the timeline', async () => {
    const reply = await manager.get(`members/${memberId}`)
    const file = memberFileSchema.strict().parse(reply.body)
    expect(file).toMatchObject({
      memberId,
      registeredChannel: 'pos',
      registeredCashier: '1002',
      birthdayMonthDay: '02-28',
      onlinePurchaseCount: 0,
      stores: [{ storeName: '人民路店', purchaseCount: 1, totalFen: 2_132 }],
      identities: [{ kind: 'phone', valueMasked: '137****5678', assurance: 'claimed' }],
      subscriptionCredits: 0,
      mayShowPhone: true,
    })
    expect(file.consents.map(({ purpose, state }) => [purpose, state])).toEqual([
      ['marketing', 'granted'],
      ['marketing_sms', 'never_asked'],
      ['marketing_phone', 'never_asked'],
      ['profiling', 'never_asked'],
    ])
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(JSON.stringify(reply.body)).not.toMatch(/13712345678|张三丰|1990/)
    expect((await cashier.get(`members/${memberId}`)).body.mayShowPhone).toBe(false)
  })

  it('knows nobody of another store, an id of nobody, and no stranger', async () => {
    const paths = [`members/${memberId}`, `members/${memberId}/timeline`]
    for (const path of paths) {
      expect((await stranger.get(path)).body.code).toBe('member_not_found')
      expect((await owner.get(path.replace(memberId, freshId()))).body.code).toBe(
        'member_not_found',
      )
      expect((await owner.get(path.replace(memberId, "' OR 1=1 --"))).body.code).toBe(
        'member_not_found',
      )
      expect((await server.fetch(`/console/v1/${path}`)).body.code).toBe('token_missing')
    }
    const phone = await stranger.post(`members/${memberId}/phone`, { why: '联系取货' })
    expect([phone.status, phone.body.code]).toEqual([404, 'member_not_found'])
  })

  it('answers a merged id with its survivor, and lists the survivor alone', async () => {
    const phone = freshPhone()
    const survivor = await register(till, phone)
    const again = registration(till, phone)
    expect(await till.sendOne(again)).toMatchObject({ code: 'member_exists' })
    expect((await owner.get(`members/${again.memberId}`)).body).toMatchObject({
      memberId: survivor,
    })
    const all = await everyPage(owner, {})
    expect(all).toContain(survivor)
    expect(all).not.toContain(again.memberId)
  })

  it('neither lists nor opens a member whose record was taken out', async () => {
    const gone = await register(till, freshPhone())
    await server.database.write((tx) =>
      tx.run("UPDATE member SET state = 'erased' WHERE id = ?", [gone]),
    )
    expect(await everyPage(owner, {})).not.toContain(gone)
    expect((await owner.get(`members/${gone}`)).body.code).toBe('member_not_found')
  })

  it('shows the full number once it is written down who asked and why', async () => {
    const viewed = await manager.post(`members/${memberId}/phone`, { why: '联系取货' })
    expect([viewed.status, viewed.body]).toEqual([200, { phone: PHONE }])
    expect(viewed.headers.get('cache-control')).toBe('no-store')
    const audited = await rows('SELECT * FROM staff_audit WHERE subjectId = ?', [memberId])
    expect(audited).toEqual([
      {
        id: expect.any(String),
        staffId: manager.id,
        action: 'member.phone_viewed',
        subjectId: memberId,
        detail: '联系取货',
        atMs: server.clock.nowMs(),
        addressMasked: expect.stringContaining('*'),
        lane: expect.anything(),
        seq: expect.anything(),
        hash: expect.any(String),
      },
    ])
  })

  it('gives no number to a cashier, without a reason, or for a reason that holds one', async () => {
    const before = await rows('SELECT id FROM staff_audit')
    const asked = [
      [cashier, '联系取货', 'forbidden'],
      [manager, '', 'input_invalid'],
      [manager, '打 13712345678', 'input_invalid'],
      [manager, '打１３７-1234 5678', 'input_invalid'],
    ] as const
    for (const [person, why, code] of asked)
      expect([why, (await person.post(`members/${memberId}/phone`, { why })).body.code]).toEqual([
        why,
        code,
      ])
    expect(await rows('SELECT id FROM staff_audit')).toEqual(before)
  })

  it('writes nothing down for a number that could not be given out', async () => {
    await server.database.write((tx) =>
      tx.run("UPDATE identity SET valueSealed = 'k1.AAAA' WHERE memberId = ?", [memberId]),
    )
    const before = await rows('SELECT id FROM staff_audit')
    const [kept] = await rows('SELECT valueSealed FROM identity WHERE memberId = ?', [memberId])
    expect(kept).toEqual({ valueSealed: 'k1.AAAA' })
    expect((await owner.post(`members/${memberId}/phone`, { why: '联系' })).status).toBe(500)
    expect(await rows('SELECT id FROM staff_audit')).toEqual(before)
  })

  it('lets nobody read numbers out one after the other', async () => {
    const own = await kit.open()
    // A tenth of every limit: one sign-in, twelve lists, one number a minute.
    const strict = await startTestServer(own, { HUIKE_RATE_LIMIT_SCALE: '0.1' })
    const person = await signInAs(strict, 'owner')
    const ask = () => person.post(`members/${memberId}/phone`, { why: '联系取货' })
    expect((await ask()).body.code).toBe('member_not_found')
    expect((await ask()).body.code).toBe('rate_limited')
    const lists = await Promise.all(Array.from({ length: 13 }, () => person.get('members')))
    expect(lists.filter(({ status }) => status === 429)).toHaveLength(1)
    await strict.stop()
  })
})
