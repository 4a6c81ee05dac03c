import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Campaign } from '@huike/shared/contracts/console-campaigns'
import { LEASE_MS, MessageClaimService } from '../../server/messages/message-claim.service.js'
import { inList, listParameter } from '../../server/platform/database.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import {
  again,
  buys,
  channelCounts,
  DAY_MS,
  messagesOf,
  newShopper,
  newTown,
  readCampaign,
  runCampaigns,
  say,
  startCampaign,
} from '../rig/manager.js'
import { startTestServer, type TestServer } from '../rig/server.js'
import type { WechatShopper } from '../rig/wechat-shopper.js'

// What happens between a message that is due and one that is sent: every reason for which it is not,
// or not yet, or not on this channel.

const HOUR_MS = 3_600_000
const ALL = ['marketing', 'marketing_sms'] as const
const BOTH = { channels: ['wechat', 'sms'] }

describeEachDatabase('the gate before every message', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let owner: ConsolePerson
  let stores = 0
  const keyring = newKeyringJson()

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened, { HUIKE_KEYRING: keyring })
    owner = await signInAs(server, 'owner')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const town = () => {
    stores += 1
    return newTown(server, `G${String(stores)}`)
  }
  /** The servers that send: on SQLite, whose file belongs to one process, the same one twice. */
  async function withTwoServers(work: (both: TestServer[]) => Promise<void>): Promise<void> {
    if (kit.kind === 'sqlite') return work([server, server])
    const second = await startTestServer(opened, { HUIKE_KEYRING: keyring })
    second.clock.set(server.clock.nowMs())
    try {
      await work([server, second])
    } finally {
      await second.stop()
    }
  }
  const run = async (started: Pick<Campaign, 'id'>): Promise<Campaign> => {
    await runCampaigns(server)
    return readCampaign(owner, started.id)
  }
  const reasonsOf = (campaign: Campaign) =>
    campaign.reasons.map(({ state, reason, count }) => `${String(count)} ${state} ${reason}`)
  const textsTo = (phone: string) =>
    server.sms?.sent().filter((sms) => sms.phone === phone).length ?? 0
  const wechatsTo = (openid: string) =>
    server.wechat?.delivered().filter((one) => one.openid === openid).length ?? 0
  async function creditsOf(memberId: string): Promise<number> {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ credits: number | string | null }>(
        `SELECT SUM(b.credits) AS credits FROM subscription_balance b
         JOIN identity i ON i.id = b.identityId WHERE i.memberId = ?`,
        [memberId],
      ),
    )
    return Number(row?.credits ?? 0)
  }

  it('holds in the night, and sends in the morning to who still wants it and is not back', async () => {
    const { till, audience } = await town()
    const [keeps, withdraws, returns] = [
      await newShopper(server, { till, grants: ALL }),
      await newShopper(server, { till, grants: ALL }),
      await newShopper(server, { till, grants: ALL }),
    ]
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const started = await startCampaign(owner, { audience: audience(), channels: ['sms'] })
    const night = await run(started)
    expect(night).toMatchObject({ state: 'sending', counts: { waiting: 3, sent: 0 } })
    expect(reasonsOf(night)).toEqual(['3 waiting quiet_hours'])
    const { messages } = await messagesOf(owner, started.id, '?state=waiting')
    const nineMs = server.clock.nowMs() + 11 * HOUR_MS
    expect(messages.map(({ atMs }) => atMs)).toEqual([nineMs, nineMs, nineMs])
    await say(await again(server, withdraws), 'marketing', false)
    await buys(till, returns.phone)
    server.clock.set(nineMs - 1)
    expect((await run(started)).counts.waiting).toBe(3)
    server.clock.set(nineMs)
    const morning = await run(started)
    expect(morning).toMatchObject({ state: 'done', counts: { waiting: 0, sent: 1, skipped: 2 } })
    expect(reasonsOf(morning)).toEqual(['1 skipped no_consent', '1 skipped already_back'])
    expect([keeps, withdraws, returns].map(({ phone }) => textsTo(phone))).toEqual([1, 0, 0])
  })

  it('asks for the grant of SMS as it is when the message goes out', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL })
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const asked = { audience: audience(), channels: ['sms', 'inbox'] }
    const started = await startCampaign(owner, asked)
    await runCampaigns(server)
    await say(await again(server, shopper), 'marketing_sms', false)
    server.clock.advance(12 * HOUR_MS)
    expect(channelCounts(await run(started))).toEqual({ inbox: 1 })
    expect(textsTo(shopper.phone)).toBe(0)
  })

  it('writes to nobody oftener than the chain allows, on whatever channel', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL, credits: 1 })
    server.clock.advance(61 * DAY_MS)
    const outcomes: string[][] = []
    for (const channels of [['inbox'], ['wechat'], ['sms'], ['inbox']])
      outcomes.push(
        reasonsOf(await run(await startCampaign(owner, { audience: audience(), channels }))),
      )
    expect(outcomes).toEqual([[], [], ['1 skipped capped'], ['1 skipped capped']])
    server.clock.advance(7 * DAY_MS)
    const later = await run(await startCampaign(owner, { audience: audience(), channels: ['sms'] }))
    expect(later.counts.sent).toBe(1)
    expect(textsTo(shopper.phone)).toBe(1)
  })

  it('keeps the cap when campaigns start together and two servers send', async () => {
    const { till, audience } = await town()
    const shoppers: WechatShopper[] = []
    for (let n = 0; n < 6; n += 1)
      shoppers.push(await newShopper(server, { till, grants: ALL, credits: 1 }))
    server.clock.advance(61 * DAY_MS)
    await withTwoServers(async (both) => {
      const started = await Promise.all(
        [['inbox'], ['sms', 'inbox'], ['sms'], ['inbox', 'sms'], ['inbox']].map((channels) =>
          startCampaign(owner, { audience: audience(), channels }),
        ),
      )
      await Promise.all(both.map((one) => runCampaigns(one)))
      const done = await Promise.all(started.map((one) => run(one)))
      expect(done.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'done'))
      const sum = (pick: (one: Campaign) => number) => done.reduce((n, one) => n + pick(one), 0)
      expect(sum(({ counts }) => counts.sent)).toBe(12)
      expect(sum(({ counts }) => counts.skipped)).toBe(18)
      const sentTo = new Map<string, number>()
      for (const { id } of started)
        for (const { memberId } of (await messagesOf(owner, id, '?state=sent')).messages)
          sentTo.set(memberId, (sentTo.get(memberId) ?? 0) + 1)
      expect(shoppers.map(({ memberId }) => sentTo.get(memberId))).toEqual([2, 2, 2, 2, 2, 2])
    })
  })

  it('lets only one of two claims have the last message a member may get', async () => {
    const { till, audience } = await town()
    for (let n = 0; n < 12; n += 1) await newShopper(server, { till, grants: ALL })
    server.clock.advance(61 * DAY_MS)
    await run(await startCampaign(owner, { audience: audience(), channels: ['inbox'] }))
    server.clock.advance(12 * HOUR_MS)
    const held = { audience: audience(), channels: ['sms'] }
    const ids: string[][] = []
    for (let n = 0; n < 2; n += 1) {
      const { id } = await startCampaign(owner, held)
      await runCampaigns(server)
      ids.push((await messagesOf(owner, id)).messages.map((message) => message.id))
    }
    await withTwoServers(async (both) => {
      const morningMs = server.clock.nowMs() + 12 * HOUR_MS
      for (const one of both) one.clock.set(morningMs)
      const claims = both.map((one) => one.app.get(MessageClaimService, { strict: false }))
      // Both servers look by themselves too: who claims a message is not the point, how many are is.
      await Promise.all(claims.map((one, n) => one.claim(ids[n] ?? [])))
      const gone = await server.database.read((rx) =>
        rx.rows<{ memberId: string }>(
          `SELECT memberId FROM message WHERE state IN ('sending', 'sent')
             AND id IN ${inList(rx)}`,
          [listParameter(rx, ids.flat())],
        ),
      )
      expect(new Set(gone.map(({ memberId }) => memberId)).size).toBe(12)
      expect(gone).toHaveLength(12)
    })
  })

  it('takes the credits away when WeChat says 43101, and goes on with SMS, then the inbox', async () => {
    const { till, audience } = await town()
    // WeChat knows of no accept any more: the shopper took it back in WeChat itself.
    const phone = await newShopper(server, { till, grants: ALL, credits: 3, acceptsAtWechat: 0 })
    const inbox = await newShopper(server, {
      ...{ till, grants: ['marketing'], credits: 1, acceptsAtWechat: 0 },
    })
    server.clock.advance(61 * DAY_MS)
    const asked = { audience: audience(), channels: ['wechat', 'sms', 'inbox'] }
    const done = await run(await startCampaign(owner, asked))
    expect(channelCounts(done)).toEqual({ sms: 1, inbox: 1 })
    expect(done.counts).toMatchObject({ sent: 2, failed: 0, skipped: 0 })
    expect(await Promise.all([phone, inbox].map((one) => creditsOf(one.memberId)))).toEqual([0, 0])
    expect(textsTo(phone.phone)).toBe(1)
  })

  it('fails with the reason when a provider refused and no other channel takes over', async () => {
    const { till, audience } = await town()
    const alone = { till, grants: ['marketing'] as const, credits: 1, acceptsAtWechat: 0 }
    await newShopper(server, alone)
    server.clock.advance(61 * DAY_MS)
    const only = await run(
      await startCampaign(owner, { audience: audience(), channels: ['wechat'] }),
    )
    expect(reasonsOf(only)).toEqual(['1 failed provider_refused'])
    const { till: other, audience: others } = await town()
    await newShopper(server, { ...alone, till: other })
    server.clock.advance(61 * DAY_MS)
    const withSms = await run(await startCampaign(owner, { audience: others(), ...BOTH }))
    expect(reasonsOf(withSms)).toEqual(['1 failed provider_refused'])
  })

  it('never sends by WeChat without a credit of our own', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL, acceptsAtWechat: 5 })
    server.clock.advance(61 * DAY_MS)
    const done = await run(
      await startCampaign(owner, { audience: audience(), channels: ['wechat'] }),
    )
    expect(reasonsOf(done)).toEqual(['1 skipped no_credit'])
    expect(wechatsTo(shopper.openid)).toBe(0)
  })

  it('tries again when a provider is busy, with the credit given back meanwhile', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL, credits: 1 })
    server.clock.advance(61 * DAY_MS)
    server.wechat?.troubleSends({ kind: 'code', code: -1 })
    const started = await startCampaign(owner, { audience: audience(), channels: ['wechat'] })
    expect((await run(started)).counts).toMatchObject({ waiting: 1, sending: 0 })
    expect(await creditsOf(shopper.memberId)).toBe(1)
    server.clock.advance(29_999)
    expect((await run(started)).counts.waiting).toBe(1)
    server.wechat?.troubleSends(null)
    server.clock.advance(1)
    expect(await run(started)).toMatchObject({ state: 'done', counts: { sent: 1 } })
    expect(await creditsOf(shopper.memberId)).toBe(0)
    expect(wechatsTo(shopper.openid)).toBe(1)
  })

  it('gives a channel up after an hour of trying, and takes the next', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL, credits: 1 })
    const silent = await newShopper(server, { till, grants: ['marketing'], credits: 1 })
    server.clock.advance(61 * DAY_MS)
    server.wechat?.troubleSends({ kind: 'code', code: 45009 })
    const started = await startCampaign(owner, { audience: audience(), ...BOTH })
    for (let minutes = 0; minutes < 70; minutes += 2) {
      await runCampaigns(server)
      server.clock.advance(2 * 60_000)
    }
    server.wechat?.troubleSends(null)
    const done = await run(started)
    expect(done).toMatchObject({ state: 'done', counts: { sent: 1, failed: 1 } })
    expect(reasonsOf(done)).toEqual(['1 failed provider_failed'])
    expect(textsTo(shopper.phone)).toBe(1)
    expect([shopper, silent].map(({ openid }) => wechatsTo(openid))).toEqual([0, 0])
    expect(await creditsOf(silent.memberId)).toBe(1)
  })

  it('waits for a person where a channel is set up wrong, and falls back on nobody', async () => {
    const { till, audience } = await town()
    await newShopper(server, { till, grants: ALL, credits: 1 })
    server.clock.advance(61 * DAY_MS)
    server.wechat?.troubleSends({ kind: 'code', code: 40037 })
    const started = await startCampaign(owner, { audience: audience(), ...BOTH })
    expect((await run(started)).counts).toMatchObject({ waiting: 1, failed: 0 })
    expect(server.log.join()).toContain('a channel of messages is not set up right')
    server.wechat?.troubleSends(null)
    server.clock.advance(30_000)
    expect(channelCounts(await run(started))).toEqual({ wechat: 1 })
  })

  it('calls a message doubtful whose answer was lost, and never sends it again', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL, credits: 2 })
    server.clock.advance(61 * DAY_MS)
    server.wechat?.troubleSends({ kind: 'lost' }, 1)
    const asked = { audience: audience(), channels: ['wechat', 'sms', 'inbox'] }
    const started = await startCampaign(owner, asked)
    const done = await run(started)
    expect(done).toMatchObject({ state: 'done', counts: { doubtful: 1, sent: 0, waiting: 0 } })
    server.clock.advance(HOUR_MS)
    await runCampaigns(server)
    const { messages } = await messagesOf(owner, started.id, '?state=doubtful')
    expect(messages.map(({ memberId }) => memberId)).toEqual([shopper.memberId])
    expect([wechatsTo(shopper.openid), textsTo(shopper.phone)]).toEqual([1, 0])
    // It may have been read, so it counts for the cap; one more is allowed, and no third.
    const counts = []
    for (let n = 0; n < 2; n += 1)
      counts.push((await run(await startCampaign(owner, asked))).counts.sent)
    expect(counts).toEqual([1, 0])
  })

  it('calls doubtful what a dead server had claimed, as soon as its lease ends', async () => {
    const { till, audience } = await town()
    const shopper = await newShopper(server, { till, grants: ALL })
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const started = await startCampaign(owner, { audience: audience(), channels: ['sms'] })
    await runCampaigns(server)
    const leaseEndsAtMs = server.clock.nowMs() + LEASE_MS
    await server.database.write((tx) =>
      tx.run(
        `UPDATE message SET state = 'sending', channel = 'sms', reason = NULL, nextAtMs = ?
         WHERE campaignId = ?`,
        [leaseEndsAtMs, started.id],
      ),
    )
    server.clock.set(leaseEndsAtMs - 1)
    expect((await run(started)).counts).toMatchObject({ sending: 1, doubtful: 0 })
    server.clock.set(leaseEndsAtMs)
    expect(await run(started)).toMatchObject({ state: 'done', counts: { doubtful: 1, sent: 0 } })
    const [message] = (await messagesOf(owner, started.id)).messages
    expect(message).toMatchObject({ state: 'doubtful', channel: 'sms' })
    const told = server.log.filter((line) => line.includes('messages are in doubt'))
    expect(told.at(-1)).toContain(message?.id)
    server.clock.advance(12 * HOUR_MS)
    await runCampaigns(server)
    expect(textsTo(shopper.phone)).toBe(0)
  })

  it('writes nothing to a record that was merged into another', async () => {
    const { till, audience } = await town()
    const [absorbed, survivor] = [
      await newShopper(server, { till, grants: ALL }),
      await newShopper(server, { till }),
    ]
    server.clock.advance(61 * DAY_MS + 12 * HOUR_MS)
    const started = await startCampaign(owner, { audience: audience(), channels: ['sms'] })
    await runCampaigns(server)
    await server.database.write((tx) =>
      tx.run("UPDATE member SET state = 'merged', mergedIntoId = ? WHERE id = ?", [
        survivor.memberId,
        absorbed.memberId,
      ]),
    )
    server.clock.advance(12 * HOUR_MS)
    expect(reasonsOf(await run(started))).toEqual(['2 skipped no_consent'])
    const next = await run(
      await startCampaign(owner, { audience: audience(), channels: ['inbox'] }),
    )
    expect(next.counts.picked).toBe(1)
  })
})
