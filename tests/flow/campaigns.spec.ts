import { expect, it } from '@jest/globals'
import { inboxPageSchema } from '@huike/shared/contracts/account'
import { campaignsPageSchema, type CampaignsPage } from '@huike/shared/contracts/console-campaigns'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId, refundOf } from '../rig/events.js'
import {
  again,
  askCampaign,
  buys,
  channelCounts,
  DAY_MS,
  messagesOf,
  newShopper,
  newTown,
  previewOf,
  readCampaign,
  runCampaigns,
  startCampaign,
} from '../rig/manager.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem } from '../rig/wechat-shopper.js'

const HOUR_MS = 3_600_000
const ALL = ['marketing', 'marketing_sms'] as const
const INBOX = { channels: ['inbox'] }

describeEachDatabase('a campaign', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })

  it('brings back people who stopped coming, by WeChat, SMS and inbox, and says so', async () => {
    const all = ['marketing', 'marketing_sms'] as const
    const byWechat = await newShopper(server, { till, grants: all, credits: 1 })
    const bySms = await newShopper(server, { till, grants: all })
    const byInbox = await newShopper(server, { till, grants: ['marketing'] })
    await newShopper(server, { till })
    server.clock.advance(61 * DAY_MS)
    await newShopper(server, { till, grants: all, credits: 1 })

    const preview = await previewOf(owner)
    expect(preview).toMatchObject({
      matchedCount: 4,
      reachableCount: 3,
      byChannel: [
        { channel: 'wechat', count: 1 },
        { channel: 'sms', count: 1 },
        { channel: 'inbox', count: 1 },
      ],
      leftOut: [{ reason: 'no_consent', count: 1 }],
      heldCount: 0,
    })
    expect(preview.sample.map(({ memberId, channel }) => [memberId, channel]).sort()).toEqual(
      [
        [byWechat.memberId, 'wechat'],
        [bySms.memberId, 'sms'],
        [byInbox.memberId, 'inbox'],
      ].sort(),
    )
    const started = await startCampaign(owner)
    await runCampaigns(server)
    const done = await readCampaign(owner, started.id)
    expect(done).toMatchObject({
      state: 'done',
      finishedAtMs: server.clock.nowMs(),
      counts: { picked: 4, waiting: 0, sending: 0, sent: 3, failed: 0, skipped: 1, doubtful: 0 },
      reasons: [{ state: 'skipped', reason: 'no_consent', count: 1 }],
      readCount: 0,
      cameBack: { members: 0, purchases: 0, totalFen: 0 },
    })
    expect(channelCounts(done)).toEqual({ wechat: 1, sms: 1, inbox: 1 })
    expect(server.wechat?.delivered().map(({ openid }) => openid)).toEqual([byWechat.openid])
    expect(server.sms?.sent().map(({ phone }) => phone)).toEqual([bySms.phone])
    const phone = await again(server, byInbox)
    const inbox = inboxPageSchema.parse((await phone.get('messages')).body)
    expect(inbox.messages).toMatchObject([{ title: '好久不见', isRead: false }])

    const [message] = inbox.messages
    await phone.send('messages/read', { ids: [message?.id] })
    server.clock.advance(2 * DAY_MS)
    await buys(till, byInbox.phone)
    const cameBackAtMs = server.clock.nowMs()
    const results = await readCampaign(owner, started.id)
    expect(results.readCount).toBe(1)
    expect(results.cameBack).toEqual({ members: 1, purchases: 1, totalFen: 2132 })
    const { messages } = await messagesOf(owner, started.id, '?state=sent')
    const theirs = messages.find(({ memberId }) => memberId === byInbox.memberId)
    expect(theirs).toMatchObject({ channel: 'inbox', state: 'sent', cameBackAtMs })
    expect(messages.filter((one) => one.cameBackAtMs !== null)).toHaveLength(1)
  })

  it('does just what the preview said, at night as well', async () => {
    const town = await newTown(server, 'S10')
    const kinds = [0, 1].flatMap((credits) =>
      [[], ['marketing'], ['marketing_sms'], ALL].map((grants) => ({ credits, grants })),
    )
    for (const kind of kinds) await newShopper(server, { till: town.till, ...kind } as never)
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const choices = [['wechat'], ['sms', 'wechat'], ['sms', 'inbox'], ['inbox', 'sms']]
    for (const channels of choices) {
      const asked = { audience: town.audience(30), channels }
      const preview = await previewOf(owner, asked)
      const started = await startCampaign(owner, asked)
      await runCampaigns(server)
      const { counts, reasons, sentByChannel } = await readCampaign(owner, started.id)
      const held = reasons.filter(({ reason }) => reason === 'quiet_hours')
      const skipped = reasons.filter(({ state }) => state === 'skipped')
      expect(counts.picked).toBe(preview.matchedCount)
      expect(counts.sent + counts.waiting).toBe(preview.reachableCount)
      expect(held.map(({ count }) => count)).toEqual([preview.heldCount].filter((n) => n > 0))
      expect(skipped.map(({ reason, count }) => ({ reason, count }))).toEqual(preview.leftOut)
      const inbox = preview.byChannel.filter(({ channel }) => channel === 'inbox')
      expect(sentByChannel).toEqual(inbox)
      server.clock.advance(12 * HOUR_MS)
      await runCampaigns(server)
      const after = await readCampaign(owner, started.id)
      expect(after).toMatchObject({ state: 'done', counts: { sent: preview.reachableCount } })
      const byName = (a: { channel: string }, b: { channel: string }) =>
        a.channel < b.channel ? -1 : 1
      expect([...after.sentByChannel].sort(byName)).toEqual([...preview.byChannel].sort(byName))
      // Long enough for the cap, and back into the night.
      server.clock.advance(8 * DAY_MS - 12 * HOUR_MS)
    }
    server.clock.advance(12 * HOUR_MS)
  })

  it('is made once for one key, and refuses the key for anything else', async () => {
    const town = await newTown(server, 'S11')
    await newShopper(server, { till: town.till, grants: ALL })
    server.clock.advance(61 * DAY_MS)
    const key = freshId()
    const asked = { audience: town.audience(), ...INBOX }
    const replies = await Promise.all([1, 2, 3].map(() => askCampaign(owner, asked, key)))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(replies.map(({ body }) => body.id as string)).size).toBe(1)
    await runCampaigns(server)
    server.clock.advance(HOUR_MS)
    const repeated = await askCampaign(owner, asked, key)
    expect(repeated.body).toMatchObject({ id: replies[0]?.body.id, state: 'done' })
    await runCampaigns(server)
    expect((await readCampaign(owner, repeated.body.id as string)).counts.sent).toBe(1)
    expectProblem(
      await askCampaign(owner, { ...asked, body: '改了一个字' }, key),
      409,
      'idempotency_conflict',
    )
    const manager = await signInAs(server, 'manager', [town.storeId])
    const other = await askCampaign(manager, asked, key)
    expect(other.body.id).not.toBe(repeated.body.id)
    const keyless = await owner.fetch('campaigns', { json: {} })
    expectProblem(keyless, 422, 'input_invalid')
  })

  it('waits for its time, and picks people by what is true then', async () => {
    const town = await newTown(server, 'S12')
    const [gone, loyal] = [
      await newShopper(server, { till: town.till, grants: ALL }),
      await newShopper(server, { till: town.till, grants: ALL }),
    ]
    server.clock.advance(50 * DAY_MS)
    const sendAtMs = server.clock.nowMs() + 20 * DAY_MS
    const asked = { audience: town.audience(), ...INBOX, sendAtMs }
    const started = await startCampaign(owner, asked)
    expect(started).toMatchObject({ state: 'scheduled', sendAtMs, launchedAtMs: null })
    server.clock.set(sendAtMs - 1)
    await buys(town.till, loyal.phone)
    await runCampaigns(server)
    expect(await readCampaign(owner, started.id)).toMatchObject({
      state: 'scheduled',
      counts: { picked: 0 },
    })
    server.clock.set(sendAtMs)
    await runCampaigns(server)
    const done = await readCampaign(owner, started.id)
    expect(done).toMatchObject({ state: 'done', launchedAtMs: sendAtMs, counts: { sent: 1 } })
    const { messages } = await messagesOf(owner, started.id)
    expect(messages.map(({ memberId }) => memberId)).toEqual([gone.memberId])
    const far = { ...asked, sendAtMs: server.clock.nowMs() + 91 * DAY_MS }
    expectProblem(await askCampaign(owner, far), 422, 'input_invalid')
  })

  it('stops when a person stops it: who waits is not written to, what was sent stays', async () => {
    const town = await newTown(server, 'S13')
    await newShopper(server, { till: town.till, grants: ALL })
    await newShopper(server, { till: town.till, grants: ['marketing'] })
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const sentBefore = server.sms?.sent().length
    const asked = { audience: town.audience(), channels: ['sms', 'inbox'] }
    const started = await startCampaign(owner, asked)
    await runCampaigns(server)
    expect((await readCampaign(owner, started.id)).counts).toMatchObject({ waiting: 1, sent: 1 })
    const cancelled = await owner.fetch(`campaigns/${started.id}/cancel`, { method: 'POST' })
    expect(cancelled.body).toMatchObject({
      state: 'cancelled',
      finishedAtMs: server.clock.nowMs(),
      counts: { waiting: 0, sent: 1, skipped: 1 },
      reasons: [{ state: 'skipped', reason: 'cancelled', count: 1 }],
    })
    server.clock.advance(12 * HOUR_MS)
    await runCampaigns(server)
    expect(server.sms?.sent()).toHaveLength(sentBefore ?? -1)
    const repeated = await owner.fetch(`campaigns/${started.id}/cancel`, { method: 'POST' })
    expect(repeated.body).toMatchObject({ state: 'cancelled', counts: { sent: 1, skipped: 1 } })
    const finished = await startCampaign(owner, { ...asked, ...INBOX })
    await runCampaigns(server)
    const late = await owner.fetch(`campaigns/${finished.id}/cancel`, { method: 'POST' })
    expectProblem(late, 409, 'campaign_ended')
  })

  it('stops before its time without having looked at anybody', async () => {
    const town = await newTown(server, 'S14')
    await newShopper(server, { till: town.till, grants: ALL })
    const sendAtMs = server.clock.nowMs() + 70 * DAY_MS
    const started = await startCampaign(owner, { audience: town.audience(), sendAtMs, ...INBOX })
    await owner.fetch(`campaigns/${started.id}/cancel`, { method: 'POST' })
    server.clock.set(sendAtMs)
    await runCampaigns(server)
    expect(await readCampaign(owner, started.id)).toMatchObject({
      state: 'cancelled',
      counts: { picked: 0, sent: 0, skipped: 0 },
    })
  })

  it('keeps a manager to the own stores, and shows whose it may be', async () => {
    const [mine, theirs] = [await newTown(server, 'S15'), await newTown(server, 'S16')]
    const both = await newShopper(server, { till: mine.till, grants: ALL })
    await buys(theirs.till, both.phone)
    await newShopper(server, { till: theirs.till, grants: ALL })
    server.clock.advance(61 * DAY_MS)
    const manager = await signInAs(server, 'manager', [mine.storeId])
    const everywhere = { audience: { inactiveDays: 60, storeIds: [] }, ...INBOX }
    expect((await previewOf(manager, everywhere)).matchedCount).toBe(1)
    const foreign = { audience: theirs.audience(), ...INBOX }
    const json = { audience: foreign.audience, channels: ['inbox'] }
    expectProblem(await manager.fetch('campaigns/preview', { json }), 403, 'forbidden')
    expectProblem(await askCampaign(manager, foreign), 403, 'forbidden')
    const nowhere = { audience: { inactiveDays: 60, storeIds: [freshId()] }, ...INBOX }
    expectProblem(await askCampaign(owner, nowhere), 404, 'not_found')

    const own = await startCampaign(manager, everywhere)
    const ownersOfMine = await startCampaign(owner, { audience: mine.audience(), ...INBOX })
    const ownersOfTheirs = await startCampaign(owner, foreign)
    const ownersOfAll = await startCampaign(owner, everywhere)
    await runCampaigns(server)
    expect((await readCampaign(manager, own.id)).counts.picked).toBe(1)
    const seen = await manager.fetch('campaigns?limit=100')
    const page = campaignsPageSchema.parse(seen.body)
    expect(page.campaigns.map(({ id }) => id)).toEqual([ownersOfMine.id, own.id])
    for (const { id } of [ownersOfTheirs, ownersOfAll]) {
      expectProblem(await manager.fetch(`campaigns/${id}`), 404, 'not_found')
      expectProblem(await manager.fetch(`campaigns/${id}/messages`), 404, 'not_found')
      const cancel = await manager.fetch(`campaigns/${id}/cancel`, { method: 'POST' })
      expectProblem(cancel, 404, 'not_found')
    }
    const cashier = await signInAs(server, 'cashier', [mine.storeId])
    expectProblem(await cashier.fetch('campaigns'), 403, 'forbidden')
    expectProblem(await askCampaign(cashier, everywhere), 403, 'forbidden')
  })

  it('lists campaigns and messages page by page, each once', async () => {
    const town = await newTown(server, 'S17')
    for (let n = 0; n < 5; n += 1)
      await newShopper(server, { till: town.till, grants: n < 3 ? ALL : [] })
    server.clock.advance(61 * DAY_MS)
    const started = await startCampaign(owner, { audience: town.audience(), ...INBOX })
    await startCampaign(owner, { audience: town.audience(), ...INBOX })
    await runCampaigns(server)
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const reply = await owner.fetch(`campaigns?limit=2${cursor && `&cursor=${cursor}`}`)
      const page: CampaignsPage = campaignsPageSchema.strict().parse(reply.body)
      ids.push(...page.campaigns.map(({ id }) => id))
      cursor = page.nextCursor
    }
    const whole = campaignsPageSchema.parse((await owner.fetch('campaigns?limit=100')).body)
    expect(ids).toEqual(whole.campaigns.map(({ id }) => id))
    expect(ids).toHaveLength(new Set(ids).size)
    expect(whole.campaigns.find(({ id }) => id === started.id)).toMatchObject({
      createdBy: owner.name,
      counts: { picked: 5, sent: 3, skipped: 2 },
    })
    for (const [query, count] of [
      ['', 5],
      ['&state=sent', 3],
      ['&state=skipped', 2],
    ] as const) {
      const seen: string[] = []
      let from: string | null = ''
      while (from !== null) {
        const next = from && `&cursor=${from}`
        const page = await messagesOf(owner, started.id, `?limit=2${query}${next}`)
        expect(page.messages.every(({ phoneMasked }) => /^136\*{4}\d{4}$/.test(phoneMasked))).toBe(
          true,
        )
        seen.push(...page.messages.map(({ memberId }) => memberId))
        from = page.nextCursor
      }
      expect(seen).toHaveLength(count)
      expect(new Set(seen).size).toBe(count)
    }
    const strange = await owner.fetch(`campaigns/${started.id}/messages?cursor=x`)
    expectProblem(strange, 422, 'input_invalid')
    expectProblem(await owner.fetch('campaigns?cursor=1.x'), 422, 'input_invalid')
  })

  it('counts who came back only for what they kept, and only within thirty days', async () => {
    const town = await newTown(server, 'S18')
    const [keeps, returns, partly, late] = [
      await newShopper(server, { till: town.till, grants: ALL }),
      await newShopper(server, { till: town.till, grants: ALL }),
      await newShopper(server, { till: town.till, grants: ALL }),
      await newShopper(server, { till: town.till, grants: ALL }),
    ]
    server.clock.advance(61 * DAY_MS)
    const started = await startCampaign(owner, { audience: town.audience(), ...INBOX })
    await runCampaigns(server)
    server.clock.advance(30 * DAY_MS)
    await buys(town.till, keeps.phone)
    const whole = await buys(town.till, returns.phone)
    await town.till.sendOne(refundOf(town.till, whole, 2132))
    const half = await buys(town.till, partly.phone)
    await town.till.sendOne(refundOf(town.till, half, 1000))
    server.clock.advance(1)
    await buys(town.till, late.phone)
    const { cameBack } = await readCampaign(owner, started.id)
    expect(cameBack).toEqual({ members: 2, purchases: 2, totalFen: 2132 + 1132 })
    const { messages } = await messagesOf(owner, started.id)
    const back = messages.filter(({ cameBackAtMs }) => cameBackAtMs !== null)
    expect(back.map(({ memberId }) => memberId).sort()).toEqual(
      [keeps.memberId, partly.memberId].sort(),
    )
  })

  it('sets quiet hours and cap for the chain, by an owner only, and writes down who', async () => {
    const settings = { quietFromMinute: 1_200, quietToMinute: 600, capMessages: 3, capDays: 14 }
    const before = await owner.fetch('settings/messages')
    expect(before.body).toEqual({
      quietFromMinute: 1_260,
      quietToMinute: 540,
      capMessages: 2,
      capDays: 7,
    })
    const put = { method: 'PUT', json: settings }
    for (let n = 0; n < 2; n += 1)
      expect((await owner.fetch('settings/messages', put)).body).toEqual(settings)
    expect((await owner.fetch('settings/messages')).body).toEqual(settings)
    const wrong = { method: 'PUT', json: { ...settings, quietToMinute: 1_440 } }
    expectProblem(await owner.fetch('settings/messages', wrong), 422, 'input_invalid')
    const manager = await signInAs(server, 'manager')
    expect((await manager.fetch('settings/messages')).body).toEqual(settings)
    expectProblem(await manager.fetch('settings/messages', put), 403, 'forbidden')
    await owner.fetch('settings/messages', { method: 'PUT', json: before.body })
    const town = await newTown(server, 'S19')
    const sendAtMs = server.clock.nowMs() + DAY_MS
    const started = await startCampaign(owner, { audience: town.audience(), sendAtMs })
    await owner.fetch(`campaigns/${started.id}/cancel`, { method: 'POST' })
    const deeds = await server.database.read((rx) =>
      rx.rows<{ action: string; subjectId: string | null }>(
        'SELECT action, subjectId FROM staff_audit WHERE staffId = ? ORDER BY id DESC LIMIT 3',
        [owner.id],
      ),
    )
    expect(deeds.map(({ action, subjectId }) => [action, subjectId])).toEqual([
      ['campaign.cancelled', started.id],
      ['campaign.started', started.id],
      ['settings.messages_changed', null],
    ])
  })
})
