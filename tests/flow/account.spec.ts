import { describe, expect, it } from '@jest/globals'
import { privacySchema, profileSchema, type Privacy } from '@huike/shared/contracts/account'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { CouponShop } from '../rig/coupons.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { writeMessage } from '../rig/messages.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem, newWechatShopper, type WechatShopper } from '../rig/wechat-shopper.js'

// The shopper's own corner: profile, privacy and consents. Each test has a shopper of its own,
// signed in with a WeChat account.

const { policyVersion } = PURPOSE_TEXTS.marketing
const MINUTE_MS = 60_000

let opened: OpenedDatabase
let server: TestServer
let shop: CouponShop
let till: TestTill

async function rowsOf<Row>(sql: string, parameters: readonly string[] = []): Promise<Row[]> {
  return server.database.read((rx) => rx.rows<Row>(sql, parameters))
}

function stateOf(privacy: Privacy, purpose: string): string | undefined {
  return privacy.consents.find((consent) => consent.purpose === purpose)?.state
}

async function privacyOf(shopper: WechatShopper): Promise<Privacy> {
  return privacySchema.parse((await shopper.get('privacy')).body)
}

function say(shopper: WechatShopper, isGranted: boolean, version = policyVersion) {
  return shopper.send('consents', { purpose: 'marketing', isGranted, policyVersion: version })
}

describeEachDatabase("the shopper's own corner", (kit) => {
  shareServer(kit, async (started, database) => {
    server = started
    opened = database
    shop = await CouponShop.open(server)
    till = shop.till
  })

  describe('profile', () => {
    it('is empty at first, keeps what is told, and takes a field back', async () => {
      const shopper = await newWechatShopper(server)
      const empty = profileSchema.parse((await shopper.get('profile')).body)
      expect(empty).toMatchObject({ name: null, birthday: null, updatedAtMs: null })
      expect(empty.phoneMasked).toMatch(/^136\*{4}\d{4}$/)
      const told = { name: '  王 小明  ', birthday: '1990-02-28' }
      const changed = profileSchema.parse((await shopper.send('profile', told, 'PUT')).body)
      expect(changed).toMatchObject({ name: '王 小明', birthday: '1990-02-28' })
      expect(changed.updatedAtMs).toBe(server.clock.nowMs())
      await shopper.send('profile', { name: null, birthday: '1990-02-28' }, 'PUT')
      const back = profileSchema.parse((await shopper.get('profile')).body)
      expect(back).toMatchObject({ name: null, birthday: '1990-02-28' })
    })

    it('takes the rest of it too, and keeps who told what is said again', async () => {
      const shopper = await newWechatShopper(server)
      const profiles = server.app.get(ProfilesService, { strict: false })
      const imported = { name: '王小明', city: '宁波' }
      const importedAtMs = server.clock.nowMs()
      await server.database.write((tx) =>
        profiles.change(tx, shopper.memberId, imported, importedAtMs, 'import'),
      )
      server.clock.advance(1_000)
      const told = {
        ...{ name: '王小明', birthday: null, gender: 'male', email: ' Wang@Example.com ' },
        ...{ city: '杭 州', address: '文三路\n1 号' },
      }
      const reply = await shopper.send('profile', told, 'PUT')
      expect(profileSchema.parse(reply.body)).toMatchObject({
        ...{ gender: 'male', email: 'wang@example.com', city: '杭 州', address: '文三路 1 号' },
      })
      const atMs = server.clock.nowMs()
      const self = { source: 'self', atMs }
      const kept = await server.database.read((rx) => profiles.profilesOf(rx, [shopper.memberId]))
      expect(kept.get(shopper.memberId)?.told).toEqual({
        name: { source: 'import', atMs: importedAtMs },
        ...{ gender: self, email: self, city: self, address: self },
      })
      const held = (await shopper.get('privacy')).body as Privacy
      const heldOf = (what: string) => held.held.find((one) => one.what === what)?.value
      expect(['性别', '邮箱', '城市', '地址'].map(heldOf)).toEqual([
        ...['男', 'wang@example.com', '杭 州', '文三路 1 号'],
      ])
      // A mini-program of before knows two fields: the others stay.
      await shopper.send('profile', { name: null, birthday: null }, 'PUT')
      const later = profileSchema.parse((await shopper.get('profile')).body)
      expect(later).toMatchObject({ name: null, city: '杭 州', address: '文三路 1 号' })
      await shopper.send('profile', { name: null, birthday: null, address: null }, 'PUT')
      expect((await shopper.get('profile')).body).toMatchObject({ address: null, city: '杭 州' })
    })

    it('refuses a birthday that cannot be, a name too long, and a field nobody knows', async () => {
      const shopper = await newWechatShopper(server)
      const tomorrow = new Date(server.clock.nowMs() + 2 * 86_400_000).toISOString().slice(0, 10)
      const wrong = [
        { name: null, birthday: tomorrow },
        { name: null, birthday: '1899-12-31' },
        { name: null, birthday: '2001-02-29' },
        { name: '王'.repeat(21), birthday: null },
        { name: '   ', birthday: null },
        { name: '\u0007\u0008', birthday: null },
        { name: '\u200b\ufeff\u202e', birthday: null },
        { name: null },
        { name: null, birthday: null, nickname: '小王' },
        { name: null, birthday: null, email: '不是邮箱' },
        { name: null, birthday: null, city: '\u200b' },
        { name: null, birthday: null, address: '路'.repeat(101) },
      ]
      for (const json of wrong)
        expectProblem(await shopper.send('profile', json, 'PUT'), 422, 'input_invalid')
      expect(profileSchema.parse((await shopper.get('profile')).body).updatedAtMs).toBeNull()
    })

    it('keeps nothing of a name that nobody can see', async () => {
      const shopper = await newWechatShopper(server)
      const told = { name: '王\u200b小\u202e明\ufeff', birthday: null }
      const changed = profileSchema.parse((await shopper.send('profile', told, 'PUT')).body)
      expect(changed.name).toBe('王小明')
    })

    it('is one row when two first changes come at once', async () => {
      const shopper = await newWechatShopper(server)
      const names = ['赵一', '钱二', '孙三', '李四']
      const replies = await Promise.all(
        names.map((name) => shopper.send('profile', { name, birthday: null }, 'PUT')),
      )
      expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200])
      expect(names).toContain((await shopper.get('profile')).body.name)
    })

    it('is nowhere in clear, in no table, no file and no line of the log', async () => {
      const shopper = await newWechatShopper(server)
      const secrets = ['欧阳娜娜慕容复之子', '1987-06-05']
      const told = { name: secrets[0], birthday: secrets[1] }
      expect((await shopper.send('profile', told, 'PUT')).status).toBe(200)
      await shopper.get('privacy')
      const rows = await rowsOf<object>('SELECT * FROM member_profile WHERE memberId = ?', [
        shopper.memberId,
      ])
      expect(rows).toHaveLength(1)
      for (const text of [JSON.stringify(rows), ...server.log])
        for (const secret of secrets) expect(text).not.toContain(secret)
      const folder =
        kit.kind === 'sqlite' ? opened.directory.replace(/data$/, '') : opened.directory
      expect(findInFiles(folder, secrets)).toEqual([])
    })
  })

  describe('consents', () => {
    it('are never asked until granted, and each change leaves a fact', async () => {
      const shopper = await newWechatShopper(server)
      const before = await privacyOf(shopper)
      expect(before.consents.map(({ state }) => state)).toEqual(
        CONSENT_PURPOSES.map(() => 'never_asked'),
      )
      const granted = privacySchema.parse((await say(shopper, true)).body)
      expect(stateOf(granted, 'marketing')).toBe('granted')
      expect(stateOf(granted, 'marketing_sms')).toBe('never_asked')
      server.clock.advance(MINUTE_MS)
      const withdrawn = privacySchema.parse((await say(shopper, false)).body)
      expect(stateOf(withdrawn, 'marketing')).toBe('withdrawn')
      expect(withdrawn.consents[0]?.changedAtMs).toBe(server.clock.nowMs())
      const facts = await rowsOf<{ state: string; policyVersion: string; how: string }>(
        "SELECT state, policyVersion, how FROM consent WHERE memberId = ? AND purpose = 'marketing' ORDER BY id",
        [shopper.memberId],
      )
      expect(facts).toEqual([
        { state: 'granted', policyVersion, how: 'member_page' },
        { state: 'withdrawn', policyVersion, how: 'member_page' },
      ])
    })

    it('said twice are one fact', async () => {
      const shopper = await newWechatShopper(server)
      for (const isGranted of [true, true, false, false]) {
        server.clock.advance(1)
        expect((await say(shopper, isGranted)).status).toBe(200)
      }
      const facts = await rowsOf<{ state: string }>(
        "SELECT state FROM consent WHERE memberId = ? AND purpose = 'marketing' ORDER BY id",
        [shopper.memberId],
      )
      expect(facts.map(({ state }) => state)).toEqual(['granted', 'withdrawn'])
    })

    it('are not granted by a text that is no longer in force, but are withdrawn by any', async () => {
      const shopper = await newWechatShopper(server)
      expectProblem(await say(shopper, true, '2019-01'), 409, 'policy_changed')
      expect(stateOf(await privacyOf(shopper), 'marketing')).toBe('never_asked')
      await say(shopper, true)
      server.clock.advance(1)
      expect((await say(shopper, false, '2019-01')).status).toBe(200)
      expect(stateOf(await privacyOf(shopper), 'marketing')).toBe('withdrawn')
    })

    it('are said again when the text has changed since', async () => {
      const shopper = await newWechatShopper(server)
      const consents = server.app.get(ConsentService, { strict: false })
      const old = {
        ...{ memberId: shopper.memberId, purpose: 'marketing' as const, state: 'granted' as const },
        ...{ policyVersion: '2019-01', textSha256: '0'.repeat(64), how: 'member_page' as const },
        ...{ evidence: 'test', occurredAtMs: 1, recordedAtMs: 1 },
      }
      await server.database.write((tx) => consents.append(tx, [old]))
      await say(shopper, true)
      const facts = await rowsOf<{ policyVersion: string }>(
        "SELECT policyVersion FROM consent WHERE memberId = ? AND purpose = 'marketing' ORDER BY id",
        [shopper.memberId],
      )
      expect(facts.map((fact) => fact.policyVersion)).toEqual(['2019-01', policyVersion])
    })

    it('refuse a purpose nobody knows', async () => {
      const shopper = await newWechatShopper(server)
      const json = { purpose: 'membership', isGranted: false, policyVersion }
      expectProblem(await shopper.send('consents', json), 422, 'input_invalid')
    })

    it('wait for each other, and of many at one moment the stricter stands until the next', async () => {
      const shopper = await newWechatShopper(server)
      const said = [true, false, true, false, true, false]
      const replies = await Promise.all(said.map((isGranted) => say(shopper, isGranted)))
      expect(replies.map((reply) => reply.status)).toEqual(said.map(() => 200))
      // All in one millisecond of this clock: then the stricter stands, whoever came last.
      expect(stateOf(await privacyOf(shopper), 'marketing')).toBe('withdrawn')
      server.clock.advance(1)
      await say(shopper, true)
      expect(stateOf(await privacyOf(shopper), 'marketing')).toBe('granted')
    })

    it('keep the later word when an older one arrives after it', async () => {
      const shopper = await newWechatShopper(server)
      const consents = server.app.get(ConsentService, { strict: false })
      const nowMs = server.clock.nowMs()
      const fact = (state: 'granted' | 'withdrawn', occurredAtMs: number) => ({
        memberId: shopper.memberId,
        purpose: 'marketing_sms' as const,
        state,
        policyVersion,
        textSha256: '0'.repeat(64),
        how: 'member_page' as const,
        evidence: 'test',
        occurredAtMs,
        recordedAtMs: nowMs,
      })
      const stateAfter = async (...facts: Parameters<ConsentService['append']>[1]) => {
        await server.database.write((tx) => consents.append(tx, facts))
        const states = await server.database.read((rx) =>
          consents.statesOf(rx, [shopper.memberId], ['marketing_sms']),
        )
        return states.get(shopper.memberId)?.get('marketing_sms')
      }
      expect(await stateAfter(fact('granted', nowMs))).toBe('granted')
      expect(await stateAfter(fact('withdrawn', nowMs - 1))).toBe('granted')
      expect(await stateAfter(fact('withdrawn', nowMs))).toBe('withdrawn')
      expect(await stateAfter(fact('granted', nowMs))).toBe('withdrawn')
      expect(await stateAfter(fact('granted', nowMs + 1))).toBe('granted')
    })
  })

  it('tells what is held, in words and counts', async () => {
    const shopper = await newWechatShopper(server)
    await till.send([
      checkout(till, { who: { by: 'phone', phone: shopper.phone } }),
      checkout(till, { who: { by: 'phone', phone: shopper.phone } }),
    ])
    await shopper.send('profile', { name: '周五', birthday: '1988-01-09' }, 'PUT')
    await shop.give((await shop.template()).id, shopper.memberId)
    await writeMessage(server, shopper.memberId)
    const { held } = await privacyOf(shopper)
    const values = Object.fromEntries(held.map(({ what, value }) => [what, value]))
    expect(values).toEqual({
      手机号: `136****${shopper.phone.slice(-4)}`,
      姓名: '周五',
      生日: '1988 年 1 月 9 日',
      ...{ 性别: '未填写', 邮箱: '未填写', 城市: '未填写', 地址: '未填写' },
      微信账号: '已关联',
      消费记录: '2 笔消费',
      积分记录: '2 条记录',
      优惠券: '1 张',
      评价: '0 条评价',
      消息: '1 条消息',
      同意记录: '1 条记录',
    })
    expect(JSON.stringify(held)).not.toContain(shopper.phone)
  })

  it('is not to be written to as fast as a machine could', async () => {
    const other = await kit.open()
    const slow = await startTestServer(other, { HUIKE_RATE_LIMIT_SCALE: '0.1' })
    try {
      const shopper = await newWechatShopper(slow)
      const statuses: number[] = []
      for (let asked = 0; asked < 4; asked += 1) statuses.push((await say(shopper, true)).status)
      expect(statuses).toEqual([200, 200, 200, 429])
    } finally {
      await slow.stop()
      await other.drop()
    }
  })

  it('is closed to a session that has no member yet, and to no session', async () => {
    const login = { code: server.wechat?.loginCode('openid-without-phone') }
    const session = await server.fetch('/member/v1/session/wechat', { json: login })
    const paths = ['messages', 'profile', 'privacy', 'subscriptions']
    for (const path of paths) {
      const token: string = session.body.accessToken
      expectProblem(await server.fetch(`/member/v1/${path}`, { token }), 403, 'forbidden')
      expectProblem(await server.fetch(`/member/v1/${path}`), 401, 'token_missing')
    }
  })
})
