import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SmsChannel } from '../../server/messages/channels/sms-channel.js'
import { WechatChannel } from '../../server/messages/channels/wechat-channel.js'
import { WechatClient } from '../../server/platform/wechat.js'
import { createFakeClock } from '../rig/clock.js'
import {
  inboxSend,
  outgoing,
  smsExaminee,
  wechatExaminee,
  type Examinee,
  type SmsExaminee,
  type WechatExaminee,
} from '../rig/message-channels.js'
import { TestClock } from '../rig/server.js'

// The exam every message channel passes: what it answers is the truth about what reached the phone,
// it never sends twice, and no text makes it fail.

const EXAMINEES: [string, () => Promise<Examinee>][] = [
  ['WeChat subscription messages', wechatExaminee],
  ['SMS', smsExaminee],
]
const PROPERTY_RUNS = 60
const LONE_SURROGATE = /\p{Cs}/u

describe.each(EXAMINEES)('%s', (_name, start) => {
  let examinee: Examinee

  beforeAll(async () => {
    examinee = await start()
  })
  afterAll(() => examinee.close())

  const send = (change = {}) => examinee.channel.send(outgoing({ to: examinee.to, ...change }))

  /** What reached the phone while `work` ran. */
  async function reachedBy(work: () => Promise<unknown>) {
    const before = examinee.reached().length
    await work()
    return examinee.reached().slice(before)
  }

  it('sends once, to whom it was told, what it was told', async () => {
    const reached = await reachedBy(async () => {
      const outcome = await send({ title: '店庆', body: '三天八折' })
      expect(outcome).toEqual({ outcome: 'sent', providerId: expect.stringMatching(/^[\d:]+$/) })
    })
    expect(reached).toHaveLength(1)
    expect(reached[0]?.to).toBe(examinee.to)
    const shown = reached[0]?.texts.join('\n')
    for (const text of ['店庆', '三天八折', '回客会员']) expect(shown).toContain(text)
  })

  it("tells a member's own no from everything else, and sends nothing", async () => {
    examinee.next('refuses')
    const reached = await reachedBy(async () => {
      const outcome = await send()
      expect(outcome).toMatchObject({ outcome: 'refused' })
      expect(['no_permission', 'blocked']).toContain('code' in outcome ? outcome.code : '')
      expect(JSON.stringify(outcome)).not.toContain(examinee.to)
    })
    expect(reached).toEqual([])
  })

  it('says later when the provider is busy, and gets through then', async () => {
    examinee.next('is busy')
    const reached = await reachedBy(async () => {
      expect(await send()).toMatchObject({ outcome: 'retry', code: 'busy' })
      expect(await send()).toMatchObject({ outcome: 'sent' })
    })
    expect(reached).toHaveLength(1)
  })

  it('says later when nobody is there to be reached', async () => {
    const outcome = await examinee.alone.send(outgoing({ to: examinee.to }))
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'unreachable' })
  })

  it.each(['loses the answer', 'is slow'] as const)(
    'says that nobody knows when the provider %s, and does not ask again',
    async (trouble) => {
      examinee.next(trouble)
      const reached = await reachedBy(async () => {
        const outcome = await examinee.hurried.send(outgoing({ to: examinee.to }))
        expect(outcome).toMatchObject({ outcome: 'unknown' })
        expect(JSON.stringify(outcome)).not.toContain(examinee.to)
      })
      expect(reached).toHaveLength(1)
    },
  )

  it.each([
    ['a text too long', { title: '长'.repeat(40), body: '很'.repeat(400) }],
    ['a long text of emoji', { title: '🎂'.repeat(21), body: '👨‍👩‍👧‍👦'.repeat(60) }],
    ['an empty name of the programme', { programmeName: '' }],
    ['nothing but spaces', { title: ' ', body: '\n\t\u3000' }],
    ['many lines', { body: '第一行\r\n第二行\n\n第三行\u0000' }],
    ['half a character', { title: '券\ud83c', body: '\udf82券' }],
  ])('sends %s, cut to what the provider takes', async (_what, change) => {
    const reached = await reachedBy(async () => {
      expect(await send(change)).toMatchObject({ outcome: 'sent' })
    })
    expect(reached).toHaveLength(1)
    for (const text of reached[0]?.texts ?? []) {
      expect(text).not.toMatch(LONE_SURROGATE)
      expect(text).not.toMatch(/[\r\n\0]/)
      expect(text.trim()).not.toBe('')
    }
  })

  it('sends whatever a person can write', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 90 })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (title, body, programmeName) => {
        const reached = await reachedBy(async () => {
          expect(await send({ title, body, programmeName })).toMatchObject({ outcome: 'sent' })
        })
        expect(reached).toHaveLength(1)
        expect(reached[0]?.texts.some((one) => LONE_SURROGATE.test(one))).toBe(false)
      }),
      { numRuns: PROPERTY_RUNS },
    )
  })
})

describe('the inbox', () => {
  it('takes every message, since nothing has to go anywhere', async () => {
    for (const change of [{}, { title: '' }, { body: '👨‍👩‍👧‍👦'.repeat(99) }])
      expect(await inboxSend(change)).toEqual({ outcome: 'sent', providerId: null })
  })
})

describe('WeChat in particular', () => {
  let examinee: WechatExaminee

  beforeAll(async () => {
    examinee = await wechatExaminee()
  })
  afterAll(() => examinee.close())

  const send = (change = {}) => examinee.channel.send(outgoing({ to: examinee.to, ...change }))

  it.each([
    [43_101, 'refused', 'no_permission'],
    [40_003, 'refused', 'address'],
    [47_003, 'refused', 'content'],
    [45_168, 'refused', 'content'],
    [40_037, 'refused', 'settings'],
    [41_030, 'refused', 'settings'],
    [43_107, 'refused', 'settings'],
    [99_999, 'refused', 'settings'],
    [-1, 'retry', 'busy'],
    [45_009, 'retry', 'busy'],
    [43_108, 'retry', 'busy'],
    [40_001, 'retry', 'busy'],
  ])('reads errcode %i as %s: %s', async (errcode, outcome, code) => {
    examinee.standIn.troubleSends({ kind: 'code', code: errcode })
    expect(await send()).toEqual({ outcome, code, detail: `errcode ${String(errcode)}` })
    examinee.standIn.troubleSends(null)
  })

  it('is refused without an accept, and uses one up with each message', async () => {
    const { standIn } = examinee
    standIn.accept('openid-two')
    standIn.accept('openid-two')
    const outcomes: string[] = []
    for (let sent = 0; sent < 3; sent += 1)
      outcomes.push((await send({ to: 'openid-two' })).outcome)
    expect(outcomes).toEqual(['sent', 'sent', 'refused'])
    expect(standIn.acceptsLeft('openid-two')).toBe(0)
  })

  it('knows no openid that never came', async () => {
    expect(await send({ to: 'openid-nobody' })).toMatchObject({
      outcome: 'refused',
      code: 'address',
    })
  })

  it('renews a token that another server made stale, once, and sends once', async () => {
    await send()
    const before = examinee.reached().length
    examinee.standIn.dropToken()
    expect(await send()).toMatchObject({ outcome: 'sent' })
    expect(examinee.reached()).toHaveLength(before + 1)
  })

  it('says that the settings are wrong when WeChat gives no token for them', async () => {
    const { settings, subscribe } = examinee.standIn
    const clock = new TestClock(createFakeClock())
    const client = new WechatClient({ ...settings, secret: 'another' }, clock)
    const channel = new WechatChannel(client, subscribe, clock)
    expect(await channel.send(outgoing({ to: examinee.to }))).toEqual({
      outcome: 'refused',
      code: 'settings',
      detail: 'errcode 40125',
    })
  })

  it('keeps a msgid longer than a number is exact', async () => {
    const outcome = await send()
    const providerId = outcome.outcome === 'sent' ? outcome.providerId : null
    expect(providerId).toMatch(/^\d{19}$/)
    expect(String(Number(providerId))).not.toBe(providerId)
  })

  it('fills each field to its limit by character, and says that it was cut', async () => {
    await send({ title: '🎂'.repeat(20), body: '好'.repeat(21), programmeName: '' })
    const data = examinee.standIn.delivered().at(-1)?.data
    expect(data).toEqual({
      thing1: '🎂'.repeat(20),
      thing2: `${'好'.repeat(19)}…`,
      thing3: '-',
      time4: expect.stringMatching(/^\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}$/),
    })
    expect(examinee.standIn.delivered().at(-1)?.page).toBe('account/inbox/index')
  })
})

describe('SMS in particular', () => {
  let examinee: SmsExaminee

  beforeAll(async () => {
    examinee = await smsExaminee()
  })
  afterAll(() => examinee.close())

  const send = (change = {}) => examinee.channel.send(outgoing({ to: examinee.to, ...change }))

  it('says who writes and how to get no more of it', async () => {
    await send({ title: '店庆', body: '三天八折' })
    expect(examinee.standIn.sent().at(-1)?.text).toBe(
      '【回客会员】回客会员会员：店庆。三天八折，拒收请回复R',
    )
    expect(examinee.standIn.sent().at(-1)?.context).toBe(outgoing().messageId)
  })

  it('does not get through to who answered R', async () => {
    examinee.standIn.optOut('13700009999')
    const outcome = await send({ to: '13700009999' })
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'blocked' })
  })

  it.each([
    ['FailedOperation.ContainSensitiveWord', 'refused', 'content'],
    ['InvalidParameterValue.IncorrectPhoneNumber', 'refused', 'address'],
    ['FailedOperation.InsufficientBalanceInSmsPackage', 'refused', 'settings'],
    ['FailedOperation.SignatureIncorrectOrUnapproved', 'refused', 'settings'],
    ['UnauthorizedOperation.ServiceSuspendDueToArrears', 'refused', 'settings'],
    ['AuthFailure.SecretIdNotFound', 'refused', 'settings'],
    ['FailedOperation.MarketingSendTimeConstraint', 'retry', 'busy'],
    ['LimitExceeded.AppDailyLimit', 'retry', 'busy'],
    ['RequestLimitExceeded', 'retry', 'busy'],
    ['InternalError.Timeout', 'unknown', undefined],
    ['InternalError', 'unknown', undefined],
  ])('reads %s as %s: %s', async (code, outcome, meaning) => {
    examinee.standIn.trouble({ kind: 'code', code }, 1)
    const { outcome: was, ...rest } = await send()
    expect([was, 'code' in rest ? rest.code : undefined]).toEqual([outcome, meaning])
    expect(rest).toMatchObject({ detail: code })
  })

  it('is refused by the provider with another key, and for a link in the text', async () => {
    const { settings } = examinee.standIn
    const clock = new TestClock(examinee.clock)
    const forged = new SmsChannel({ ...settings, secretKey: 'another' }, clock)
    expect(await forged.send(outgoing({ to: examinee.to }))).toMatchObject({
      outcome: 'refused',
      code: 'settings',
      detail: 'AuthFailure.SignatureFailure',
    })
    expect(await send({ body: 'https://example.com' })).toMatchObject({ code: 'content' })
  })

  it('tries later when the clocks differ too much', async () => {
    const { settings } = examinee.standIn
    const late = createFakeClock()
    late.set(examinee.clock.nowMs() - 600_000)
    const channel = new SmsChannel(settings, new TestClock(late))
    expect(await channel.send(outgoing({ to: examinee.to }))).toMatchObject({
      outcome: 'retry',
      detail: 'AuthFailure.SignatureExpire',
    })
  })
})

describe('something in between that answers for the provider', () => {
  let between: Server
  let baseUrl: string
  let text = ''

  beforeAll(async () => {
    between = createServer((request, response) => {
      if (request.url === '/cgi-bin/stable_token')
        response.end('{"access_token":"t","expires_in":7200}')
      else response.writeHead(502, { 'content-type': 'text/html' }).end(text)
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${String((between.address() as AddressInfo).port)}`
  })
  afterAll(async () => {
    between.closeAllConnections()
    await new Promise((resolve) => between.close(resolve))
  })

  it.each([
    ['a page of a proxy', '<h1>502 Bad Gateway</h1>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['a code that is no number', '{"errcode":"x"}'],
    ['far too much', 'x'.repeat(200_000)],
  ])('leaves it open whether the message was sent: %s', async (_what, answer) => {
    text = answer
    const clock = new TestClock(createFakeClock())
    const [wechat, sms] = [await wechatExaminee(), await smsExaminee()]
    const client = new WechatClient({ ...wechat.standIn.settings, baseUrl }, clock)
    const channels = [
      new SmsChannel({ ...sms.standIn.settings, baseUrl }, clock),
      new WechatChannel(client, wechat.standIn.subscribe, clock),
    ]
    for (const channel of channels)
      expect(await channel.send(outgoing())).toMatchObject({ outcome: 'unknown' })
    await Promise.all([wechat.close(), sms.close()])
  })
})
