import { expect, it } from '@jest/globals'
import { ConsentService } from '../../server/consent/consent.service.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { MessagesService } from '../../server/messages/messages.service.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import {
  DAY_MS,
  messagesOf,
  newShopper,
  newTown,
  readCampaign,
  runCampaigns,
  say,
  startCampaign,
} from '../rig/manager.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { newWechatShopper } from '../rig/wechat-shopper.js'

// What people say and sign in with while two records are one: it is said by whoever answers for them,
// and whose it was is known when the merge is taken back.

const PHONE = '13466660001'

describeEachDatabase('a word under an absorbed id', (kit) => {
  let server: TestServer
  let till: TestTill
  let merging: MergeMembersService
  shareServer(kit, async (running) => {
    server = running
    till = await enrolTill(server)
    merging = server.app.get(MergeMembersService, { strict: false })
  })

  async function merged(survivorId: string, absorbedId: string): Promise<string> {
    const outcome = await merging.merge({
      ...{ survivorId, absorbedId, moveHistory: true, how: 'chosen', pairId: null, by: null },
      ...{ idempotency: null, nowMs: server.clock.nowMs() },
    })
    if (!outcome.ok) throw new Error(outcome.code)
    return outcome.merge.id
  }
  const ownerOf = async (openid: string): Promise<string> => {
    const json = { code: server.wechat?.loginCode(openid) }
    return (await server.fetch('/member/v1/session/wechat', { json })).body.memberId
  }

  it('against marketing is the survivor’s, and is not lost', async () => {
    const consents = server.app.get(ConsentService, { strict: false })
    const survivor = await newWechatShopper(server)
    const absorbed = await newWechatShopper(server)
    for (const one of [survivor, absorbed]) await say(one, 'marketing', true)
    await merged(survivor.memberId, absorbed.memberId)
    // As a request would, that read whose session it is just before the merge.
    await server.database.write((tx) =>
      consents.change(tx, {
        ...{ memberId: absorbed.memberId, purpose: 'marketing', isGranted: false },
        ...{ policyVersion: 'any', how: 'member_page', evidence: 'session' },
        nowMs: server.clock.nowMs(),
      }),
    )
    const said = await server.database.read((rx) =>
      consents.saidBy(rx, survivor.memberId, ['marketing']),
    )
    expect(said.get('marketing')).toMatchObject({ state: 'withdrawn' })
  })

  it('of a campaign reaches the survivor once, and the campaign goes on', async () => {
    const town = await newTown(server, 'S18')
    const absorbed = await newShopper(server, { till: town.till, grants: ['marketing'] })
    const survivor = await newShopper(server, { till: town.till, grants: ['marketing'] })
    server.clock.advance(61 * DAY_MS)
    const owner = await signInAs(server, 'owner')
    const sendAtMs = server.clock.nowMs() + DAY_MS
    const asked = { audience: town.audience(), channels: ['inbox'], sendAtMs }
    const { id: campaignId } = await startCampaign(owner, asked)
    // As a window that ends between the two leaves it; what comes after is picked after the merge.
    await server.database.write(async (tx) => {
      const [campaign] = await tx.rows<{ contentId: string }>(
        'SELECT contentId FROM campaign WHERE id = ?',
        [campaignId],
      )
      await server.app.get(MessagesService, { strict: false }).writePage(tx, {
        ...{ campaignId, contentId: campaign?.contentId ?? '', channels: ['inbox'] },
        ...{ memberIds: [absorbed.memberId], unlessBoughtAfterMs: server.clock.nowMs() },
        nowMs: sendAtMs,
      })
      await tx.run('UPDATE campaign SET pickedUpTo = ?, pickedCount = 1 WHERE id = ?', [
        absorbed.memberId,
        campaignId,
      ])
    })
    await merged(survivor.memberId, absorbed.memberId)
    server.clock.set(sendAtMs)
    await runCampaigns(server)
    expect(await readCampaign(owner, campaignId)).toMatchObject({
      ...{ state: 'done', counts: { picked: 1, sent: 1 } },
    })
    const { messages } = await messagesOf(owner, campaignId)
    expect(messages.map(({ memberId }) => memberId)).toEqual([survivor.memberId])
  })

  it('of a name is the survivor’s', async () => {
    const profiles = server.app.get(ProfilesService, { strict: false })
    const survivor = await newWechatShopper(server)
    const absorbed = await newWechatShopper(server)
    await merged(survivor.memberId, absorbed.memberId)
    await server.database.write((tx) =>
      profiles.change(tx, absorbed.memberId, { name: '慕容雪' }, server.clock.nowMs()),
    )
    const told = await server.database.read((rx) => profiles.profilesOf(rx, [survivor.memberId]))
    expect(told.get(survivor.memberId)?.name).toBe('慕容雪')
  })

  it('that signs in with the absorbed number goes back with it', async () => {
    const survivor = await newWechatShopper(server)
    const absorbedId = await shopper.register(till, PHONE)
    const mergeId = await merged(survivor.memberId, absorbedId)
    const openid = 'openid-of-the-absorbed'
    const login = await server.fetch('/member/v1/session/wechat', {
      json: { code: server.wechat?.loginCode(openid) },
    })
    const given = await server.fetch('/member/v1/phone', {
      token: login.body.accessToken,
      json: { code: server.wechat?.phoneCode(PHONE) },
    })
    expect(given.body.memberId).toBe(survivor.memberId)
    const undone = await merging.undo({ mergeId, by: null, nowMs: server.clock.nowMs() })
    expect(undone).toMatchObject({ ok: true })
    // Neither sees the other's data from here on.
    expect(await ownerOf(openid)).toBe(absorbedId)
    expect(await ownerOf(survivor.openid)).toBe(survivor.memberId)
    const token: string = given.body.accessToken
    expect((await server.fetch('/member/v1/me', { token })).status).toBe(401)
  })
})
