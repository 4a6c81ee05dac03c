import { describe, expect, it } from '@jest/globals'
import {
  inboxPageSchema,
  subscriptionsSchema,
  type Subscriptions,
} from '@huike/shared/contracts/account'
import { memberCardSchema } from '@huike/shared/contracts/member'
import { WechatIdentitiesService } from '../../server/members/wechat-identities.service.js'
import { CHANNELS, type Channels } from '../../server/messages/channels/channel.js'
import { mintId } from '../../server/platform/ids.js'
import { describeEachDatabase } from '../rig/databases.js'
import { writeMessage, type WrittenMessage } from '../rig/messages.js'
import { startTestServer, type TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem, newWechatShopper, type WechatShopper } from '../rig/wechat-shopper.js'

// What a shopper was sent, and the permission to be written to in WeChat.

const MINUTE_MS = 60_000

let server: TestServer

function sendMessage(to: WechatShopper, change: WrittenMessage = {}): Promise<string> {
  return writeMessage(server, to.memberId, change)
}

describeEachDatabase('messages to a shopper', (kit) => {
  shareServer(kit, (started) => {
    server = started
  })

  describe('inbox', () => {
    it('shows what was sent by any channel, newest first, and nothing else', async () => {
      const shopper = await newWechatShopper(server)
      const nowMs = server.clock.nowMs()
      await sendMessage(shopper, { title: '一', sentAtMs: nowMs - 3 })
      await sendMessage(shopper, { title: '二', sentAtMs: nowMs - 2, channel: 'sms' })
      await sendMessage(shopper, { title: '三', sentAtMs: nowMs - 1, channel: 'wechat' })
      for (const state of ['waiting', 'sending', 'failed', 'skipped', 'doubtful'])
        await sendMessage(shopper, { state, sentAtMs: null })
      await sendMessage(await newWechatShopper(server), { title: '别人的' })
      const page = inboxPageSchema.parse((await shopper.get('messages')).body)
      expect(page.messages.map(({ title }) => title)).toEqual(['三', '二', '一'])
      expect(page.unreadCount).toBe(3)
      const card = memberCardSchema.parse((await shopper.get('me')).body)
      expect(card.unreadMessages).toBe(3)
    })

    it('pages through messages of one moment without losing or repeating one', async () => {
      const shopper = await newWechatShopper(server)
      const ids = new Set<string>()
      for (let made = 0; made < 5; made += 1) ids.add(await sendMessage(shopper))
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`
        const reply = await shopper.get(`messages?limit=2${query}`)
        const page = inboxPageSchema.parse(reply.body)
        seen.push(...page.messages.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen).toEqual([...ids].sort().reverse())
      expectProblem(await shopper.get('messages?cursor=x'), 422, 'input_invalid')
    })

    it('marks as read what is theirs, and leaves that of others alone', async () => {
      const [shopper, other] = [await newWechatShopper(server), await newWechatShopper(server)]
      const [mine, kept, theirs] = [
        await sendMessage(shopper),
        await sendMessage(shopper),
        await sendMessage(other),
      ]
      const waiting = await sendMessage(shopper, { state: 'waiting', sentAtMs: null })
      const ids = [mine, theirs, waiting, mintId(server.clock.nowMs())]
      expect((await shopper.send('messages/read', { ids })).status).toBe(204)
      const page = inboxPageSchema.parse((await shopper.get('messages')).body)
      expect(page.messages.map(({ id, isRead }) => [id, isRead])).toEqual([
        [kept, false],
        [mine, true],
      ])
      expect(page.unreadCount).toBe(1)
      expect((await other.get('messages')).body.unreadCount).toBe(1)
      const readAtMs = server.clock.nowMs()
      server.clock.advance(MINUTE_MS)
      await shopper.send('messages/read', { ids: [mine] })
      const rows = await server.database.read((rx) =>
        rx.rows<{ id: string; readAtMs: number | null }>(
          'SELECT id, readAtMs FROM message WHERE memberId = ? ORDER BY id',
          [shopper.memberId],
        ),
      )
      expect(rows).toEqual([
        { id: mine, readAtMs },
        { id: kept, readAtMs: null },
        { id: waiting, readAtMs: null },
      ])
    })

    it('refuses no ids, too many, and what is no id', async () => {
      const shopper = await newWechatShopper(server)
      const many = Array.from({ length: 101 }, () => mintId(server.clock.nowMs()))
      for (const ids of [[], many, ['x']])
        expectProblem(await shopper.send('messages/read', { ids }), 422, 'input_invalid')
    })
  })

  describe('subscriptions', () => {
    const answerOf = (templateId: string, result: string, askId: string = mintId(Date.now())) => ({
      askId,
      answers: [{ templateId, result }],
    })

    async function subscriptionsOf(
      shopper: WechatShopper,
    ): Promise<Subscriptions['templates'][number]> {
      const { templates } = subscriptionsSchema.parse((await shopper.get('subscriptions')).body)
      expect(templates).toHaveLength(1)
      const [template] = templates
      if (!template) throw new Error('no template')
      return template
    }

    it('count each accept once, however often it is told', async () => {
      const shopper = await newWechatShopper(server)
      const { templateId, credits } = await subscriptionsOf(shopper)
      expect(credits).toBe(0)
      const told = answerOf(templateId, 'accept')
      const replies = await Promise.all([1, 2, 3].map(() => shopper.send('subscriptions', told)))
      expect(replies.map((reply) => reply.body.templates[0].credits)).toContain(1)
      expect((await subscriptionsOf(shopper)).credits).toBe(1)
      const again = await shopper.send('subscriptions', answerOf(templateId, 'accept'))
      expect(subscriptionsSchema.parse(again.body).templates[0]?.credits).toBe(2)
    })

    it('count a template once in a prompt that names it five times', async () => {
      const shopper = await newWechatShopper(server)
      const { templateId } = await subscriptionsOf(shopper)
      const answers = Array.from({ length: 5 }, () => ({ templateId, result: 'accept' }))
      await shopper.send('subscriptions', { askId: mintId(Date.now()), answers })
      expect((await subscriptionsOf(shopper)).credits).toBe(1)
    })

    it('give nothing for a reject, a ban or a filter', async () => {
      const shopper = await newWechatShopper(server)
      const { templateId } = await subscriptionsOf(shopper)
      for (const result of ['reject', 'ban', 'filter'])
        expect((await shopper.send('subscriptions', answerOf(templateId, result))).status).toBe(200)
      expect((await subscriptionsOf(shopper)).credits).toBe(0)
    })

    it('refuse a template that is not ours, whole', async () => {
      const shopper = await newWechatShopper(server)
      const { templateId } = await subscriptionsOf(shopper)
      const forged = {
        askId: mintId(Date.now()),
        answers: [
          { templateId, result: 'accept' },
          { templateId: 'forged', result: 'accept' },
        ],
      }
      expectProblem(await shopper.send('subscriptions', forged), 422, 'input_invalid')
      expect((await subscriptionsOf(shopper)).credits).toBe(0)
    })

    it('let nobody count the prompt of another phone once more', async () => {
      const [shopper, other] = [await newWechatShopper(server), await newWechatShopper(server)]
      const { templateId } = await subscriptionsOf(shopper)
      const told = answerOf(templateId, 'accept')
      await Promise.all([shopper.send('subscriptions', told), other.send('subscriptions', told)])
      const credits = [await subscriptionsOf(shopper), await subscriptionsOf(other)]
      expect(credits.map((one) => one.credits).sort()).toEqual([0, 1])
    })

    it('are not for a session without a WeChat account', async () => {
      const { templateId } = await subscriptionsOf(await newWechatShopper(server))
      const session = await server.fetch('/member/v1/session/sandbox', {
        json: { phone: '13612349999' },
      })
      const token: string = session.body.accessToken
      const asked = await server.fetch('/member/v1/subscriptions', { token })
      expect(asked.body).toEqual({ templates: [] })
      const json = answerOf(templateId, 'accept')
      const reply = await server.fetch('/member/v1/subscriptions', { token, json })
      expectProblem(reply, 403, 'forbidden')
    })
  })

  describe('channels of a running server', () => {
    const outgoing = { title: '店庆', body: '三天八折', programmeName: '回客会员' }

    it('carry a message to the WeChat account that accepted it', async () => {
      const shopper = await newWechatShopper(server)
      server.wechat?.accept(shopper.openid)
      const identities = server.app.get(WechatIdentitiesService, { strict: false })
      const to = await server.database.read(async (rx) => {
        const appId = server.wechat?.settings.appId ?? ''
        const ids = (await identities.ofMembers(rx, [shopper.memberId], appId)).get(
          shopper.memberId,
        )
        expect(ids).toHaveLength(1)
        return (await identities.openidsOf(rx, ids ?? [])).get(ids?.[0] ?? '') ?? ''
      })
      const channel = server.app.get<Channels>(CHANNELS, { strict: false }).get('wechat')
      const messageId = mintId(server.clock.nowMs())
      expect(await channel?.send({ ...outgoing, messageId, to })).toMatchObject({ outcome: 'sent' })
      expect(server.wechat?.delivered().at(-1)).toMatchObject({
        openid: shopper.openid,
        data: { thing1: '店庆', thing2: '三天八折', thing3: '回客会员' },
      })
    })

    it('carry an SMS to the phone', async () => {
      const channel = server.app.get<Channels>(CHANNELS, { strict: false }).get('sms')
      const messageId = mintId(server.clock.nowMs())
      const outcome = await channel?.send({ ...outgoing, messageId, to: '13612348888' })
      expect(outcome).toMatchObject({ outcome: 'sent' })
      expect(server.sms?.sent().at(-1)).toMatchObject({ phone: '13612348888', context: messageId })
    })

    it('are the inbox alone where nothing else is set up', async () => {
      const other = await kit.open()
      const settings = { HUIKE_SANDBOX: '0', WECHAT_APPID: 'wx1', WECHAT_SECRET: 's' }
      const real = await startTestServer(other, settings)
      try {
        const channels = real.app.get<Channels>(CHANNELS, { strict: false })
        expect([...channels.keys()]).toEqual(['inbox'])
        expect([real.wechat, real.sms]).toEqual([null, null])
      } finally {
        await real.stop()
        await other.drop()
      }
    })
  })
})
