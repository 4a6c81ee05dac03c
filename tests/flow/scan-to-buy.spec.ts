import { expect, it } from '@jest/globals'
import { profileChangeSchema } from '@huike/shared/contracts/account'
import { onlineOrderSchema } from '@huike/shared/contracts/open'
import { deletionSchema } from '@huike/shared/contracts/rights'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import { ErasureWorkerService } from '../../server/flows/erasure-worker.service.js'
import { sourceFiles } from '../house/source-files.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, registration } from '../rig/events.js'
import {
  again,
  DAY_MS,
  newShopper,
  readCampaign,
  runCampaigns,
  say,
  startCampaign,
} from '../rig/manager.js'
import { onlineOrder, openShop } from '../rig/open.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem, newWechatShopper } from '../rig/wechat-shopper.js'

// The six ways in which shops with a code to scan wrong the people who scan it, as the regulator lists
// them. Each story tries one against the real product and finds that it cannot be done.

const COOLING_OFF_DAYS = 15
const ALL = ['marketing', 'marketing_sms'] as const
/** Components and calls that make a shopper follow an account or hand over more than a number. */
const MAKES_FOLLOW = /official-account|OfficialAccount|followOfficialAccount|addCard|joinVoIPChat/
const TAKES_MORE =
  /getLocation|chooseLocation|getUserProfile|getUserInfo|chooseContact|getWeRunData|chooseAddress|authorize\(/

describeEachDatabase('what scanning a code never leads to', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })

  const miniapp = () => sourceFiles(/\.tsx?$/).filter(({ path }) => path.startsWith('miniapp/src/'))

  it('1. being made to follow: buying and earning need neither an account nor a consent', async () => {
    expect(await till.sendOne(checkout(till))).toMatchObject({ status: 'accepted', code: null })
    const shop = await openShop(server)
    const order = await shop.call('POST', 'orders', onlineOrder(server))
    expect(order.body).toMatchObject({ status: 'accepted', memberId: null })
    // Registered at the till, in no mini-program, nothing agreed to: points accrue all the same.
    await till.sendOne(registration(till, '13611119001'))
    const who = { by: 'phone', phone: '13611119001' } as const
    const sale = await till.sendOne(checkout(till, { who: who as never }))
    expect(sale).toMatchObject({ status: 'accepted', points: 21 })
    const shopper = await newWechatShopper(server)
    for (const purpose of CONSENT_PURPOSES) await say(shopper, purpose, false)
    expect((await shopper.get('me')).body).toMatchObject({ state: 'active' })
    expect(miniapp().length).toBeGreaterThan(40)
    expect(miniapp().filter(({ text }) => MAKES_FOLLOW.test(text))).toEqual([])
  })

  it('2. no notice: no number is taken, and no purpose granted, by a text nobody was shown', async () => {
    const { notice, ...silent } = registration(till, '13611119002')
    expect(notice.textSha256).toHaveLength(64)
    const refused = await till.sendOne(silent)
    expect(refused).toMatchObject({ status: 'rejected', code: 'input_invalid' })
    const told = await till.sendOne(registration(till, '13611119002'))
    expect(told.status).toBe('accepted')
    const facts = await owner.get(`consents?memberId=${String(told.memberId)}`)
    expect(facts.body.consents).toEqual([
      expect.objectContaining({
        ...{ purpose: 'membership', state: 'noticed', how: 'till_notice' },
        ...{ policyVersion: notice.policyVersion, textSha256: notice.textSha256 },
      }),
    ])
    const shopper = await newWechatShopper(server)
    const privacy = await shopper.get('privacy')
    expect(privacy.body.consents.map(({ state }: { state: string }) => state)).toEqual(
      CONSENT_PURPOSES.map(() => 'never_asked'),
    )
    for (const { purpose, text } of privacy.body.consents as { purpose: string; text: string }[]) {
      expect(text).toContain('不同意也能正常积分')
      const unseen = { purpose, isGranted: true, policyVersion: 'never-shown' }
      expectProblem(await shopper.send('consents', unseen), 409, 'policy_changed')
    }
  })

  it('3. nagging: a no is one tap, is kept, and the chain cannot write oftener than its cap', async () => {
    const shopper = await newShopper(server, { till, grants: ALL })
    const silent = await newShopper(server, { till, grants: ALL })
    server.clock.advance(61 * DAY_MS)
    await say(await again(server, silent), 'marketing', false)
    const told: string[] = []
    for (let n = 0; n < 4; n += 1) {
      const campaign = await startCampaign(owner, { channels: ['inbox'] })
      await runCampaigns(server)
      told.push(campaign.id)
    }
    const sentTo = async (memberId: string) => {
      const rows = await server.database.read((rx) =>
        rx.rows("SELECT 1 FROM message WHERE memberId = ? AND state = 'sent'", [memberId]),
      )
      return rows.length
    }
    expect(await sentTo(shopper.memberId)).toBe(2)
    expect(await sentTo(silent.memberId)).toBe(0)
    const last = await readCampaign(owner, told.at(-1) ?? '')
    expect(last.reasons.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['capped', 'no_consent']),
    )
    // WeChat's own prompt, and the question for a birthday: after a tap, and never again after a no.
    const asking = miniapp().filter(({ text }) => text.includes('Taro.requestSubscribeMessage('))
    expect(asking.map(({ path }) => path)).toEqual(['miniapp/src/platform/taro-ports.ts'])
  })

  it('4. data that has nothing to do with it: a number is enough, and more is not even taken', async () => {
    const extra = { ...registration(till, '13611119004'), idCard: '11010119900307123X' }
    expect(await till.sendOne(extra)).toMatchObject({ status: 'rejected', code: 'input_invalid' })
    const shopper = await newWechatShopper(server)
    expect((await shopper.get('profile')).body).toMatchObject({ name: null, birthday: null })
    const nosy = { name: null, birthday: null, idCard: '11010119900307123X', income: 9 }
    expectProblem(await shopper.send('profile', nosy, 'PUT'), 422, 'input_invalid')
    expect((await shopper.get('me')).body).toMatchObject({ state: 'active' })
    for (const schema of [profileChangeSchema, onlineOrderSchema])
      expect(Object.keys(schema.shape).join()).not.toMatch(/idCard|location|contact|salary|race/i)
    expect(miniapp().filter(({ text }) => TAKES_MORE.test(text))).toEqual([])
    const config = miniapp().find(({ path }) => path === 'miniapp/src/app.config.ts')
    expect(config?.text).not.toMatch(/requiredPrivateInfos|scope\.userLocation/)
  })

  it('5. sharing: another shop is told nothing, and what goes out says nobody’s name', async () => {
    const name = '公孙大娘李十二娘'
    const shopper = await newShopper(server, { till, grants: ALL })
    await shopper.send('profile', { name, birthday: '1990-02-03' }, 'PUT')
    const stranger = await openShop(server, { code: 'OTHER', name: '别家' })
    const found = await stranger.call('POST', 'members/lookup', { phone: shopper.phone })
    for (const secret of [name, shopper.phone, shopper.openid, '1990-02-03'])
      expect(JSON.stringify(found.body)).not.toContain(secret)
    const elsewhere = await enrolTill(server, { storeCode: 'S09', storeName: '远店' })
    const manager = await signInAs(server, 'manager', [elsewhere.enrolled.storeId])
    expect((await manager.get(`members/${shopper.memberId}`)).status).toBe(404)
    const consents = await manager.get(`consents?memberId=${shopper.memberId}`)
    expect(consents.body.consents).toEqual([])
    expect((await manager.get('deletions')).body.deletions).toEqual([])
    const why = { why: '别家店想看一看' }
    const asked = await manager.post(`members/${shopper.memberId}/deletion`, why)
    expect(asked.status).toBe(404)
    const other = await newWechatShopper(server)
    const copy = await shopper.send('copies', {})
    expect((await other.get(`copies/${freshId()}/data.json`)).status).toBe(404)
    expect(copy.status).toBe(200)
  })

  it('6. no way out: one page deletes it all, and so does a shop for who has no page', async () => {
    const shopper = await newWechatShopper(server)
    const { body } = await shopper.get('deletion')
    expect(deletionSchema.parse(body)).toMatchObject({ state: 'none', balancePoints: 0 })
    const asked = await shopper.send('deletion', { isConfirmed: true, balancePoints: 0 })
    expect(asked.body).toMatchObject({ state: 'waiting' })
    const registered = await till.sendOne(registration(till, '13611119006'))
    const memberId = String(registered.memberId)
    const reply = await owner.post(`members/${memberId}/deletion`, { why: '顾客到店，核对后四位' })
    expect(reply.body).toMatchObject({ state: 'waiting', how: 'console', memberId })
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await server.app.get(ErasureWorkerService, { strict: false }).drain()
    for (const phone of [shopper.phone, '13611119006']) {
      const found = await owner.get(`members?search=${phone}`)
      expect(found.body.members).toEqual([])
      const lookup = { by: 'phone', phone }
      const seen = await server.fetch('/agent/v1/lookup', {
        token: await till.token(),
        json: lookup,
      })
      expect(seen.body.member).toBeNull()
    }
    const { deletions } = (await owner.get('deletions?state=erased')).body
    expect(deletions.map((one: { memberId: string }) => one.memberId).sort()).toEqual(
      [shopper.memberId, memberId].sort(),
    )
    for (const one of deletions) expect(one).toMatchObject({ memberNo: null, phoneMasked: null })
    expect(PURPOSE_TEXTS.marketing.text).toContain('随时可以关闭')
  })
})
