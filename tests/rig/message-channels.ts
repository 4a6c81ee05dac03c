// Every message channel with its stand-in, told in the same words, so that one exam fits all.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type {
  ChannelAdapter,
  OutgoingMessage,
  SendOutcome,
} from '../../server/messages/channels/channel.js'
import { InboxChannel } from '../../server/messages/channels/inbox-channel.js'
import { SmsChannel } from '../../server/messages/channels/sms-channel.js'
import { WechatChannel } from '../../server/messages/channels/wechat-channel.js'
import { WechatClient } from '../../server/platform/wechat.js'
import { startSmsStandIn, type SmsStandIn } from '../../server/sandbox/sms-stand-in.js'
import type { Trouble } from '../../server/sandbox/troubles.js'
import { startWechatStandIn, type WechatStandIn } from '../../server/sandbox/wechat-stand-in.js'
import { createFakeClock, type FakeClock } from './clock.js'
import { TestClock } from './server.js'

/** Of a sender in a hurry: long enough for a crowded machine, short beside a slow provider. */
const HURRY_MS = 1_000
const SLOW_MS = 4 * HURRY_MS
const OPENID = 'openid-of-the-exam-0001'
const PHONE = '13700001234'

/** What reached a phone. */
export interface Reached {
  to: string
  /** Everything the phone shows of it. */
  texts: string[]
}

export interface Examinee {
  channel: ChannelAdapter
  /** The same channel, that waits for an answer for a second only. */
  hurried: ChannelAdapter
  /** The same channel with nobody at the other end. */
  alone: ChannelAdapter
  /** An address a message gets through to. */
  to: string
  reached(): Reached[]
  /** The next send meets this; `refuses` is the member's own no. */
  next(trouble: 'refuses' | 'is busy' | 'loses the answer' | 'is slow'): void
  close(): Promise<void>
}

/** A message that gets through; a test changes what it is about. */
export function outgoing(change: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: '01J8ZZZZZZZZZZZZZZZZZZZZZZ',
    to: OPENID,
    title: '会员日',
    body: '全场八折，等您回来。',
    programmeName: '回客会员',
    ...change,
  }
}

export interface WechatExaminee extends Examinee {
  standIn: WechatStandIn
}

export async function wechatExaminee(): Promise<WechatExaminee> {
  const clock = new TestClock(createFakeClock())
  const standIn = await startWechatStandIn({ clock })
  const over = (baseUrl: string, options: { sendTimeoutMs?: number } = {}) => {
    const client = new WechatClient({ ...standIn.settings, baseUrl }, clock, options)
    return new WechatChannel(client, standIn.subscribe, clock)
  }
  // The exam is about sending: whoever is written to has just allowed it.
  const accepting = (channel: ChannelAdapter): ChannelAdapter => ({
    name: 'wechat',
    send: (message) => {
      if (message.to === OPENID) standIn.accept(OPENID)
      return channel.send(message)
    },
  })
  const { baseUrl } = standIn.settings
  return {
    standIn,
    channel: accepting(over(baseUrl)),
    hurried: accepting(over(baseUrl, { sendTimeoutMs: HURRY_MS })),
    alone: over(await closedPort()),
    to: OPENID,
    reached: () =>
      standIn
        .delivered()
        .map(({ openid, data }) => ({ to: openid, texts: Object.values(data).map(String) })),
    next: (trouble) => {
      standIn.troubleSends(troubleOf(trouble, { refuses: 43_101, busy: -1 }), 1)
    },
    close: () => standIn.close(),
  }
}

export interface SmsExaminee extends Examinee {
  standIn: SmsStandIn
  clock: FakeClock
}

export async function smsExaminee(): Promise<SmsExaminee> {
  const fake = createFakeClock()
  const clock = new TestClock(fake)
  const standIn = await startSmsStandIn({ clock })
  const over = (baseUrl: string, options: { timeoutMs?: number } = {}) =>
    new SmsChannel({ ...standIn.settings, baseUrl }, clock, options)
  const { baseUrl } = standIn.settings
  return {
    standIn,
    clock: fake,
    channel: over(baseUrl),
    hurried: over(baseUrl, { timeoutMs: HURRY_MS }),
    alone: over(await closedPort()),
    to: PHONE,
    reached: () => standIn.sent().map(({ phone, text }) => ({ to: phone, texts: [text] })),
    next: (trouble) => {
      const codes = {
        refuses: 'FailedOperation.PhoneNumberInBlacklist',
        busy: 'LimitExceeded.DeliveryFrequencyLimit',
      }
      standIn.trouble(troubleOf(trouble, codes), 1)
    },
    close: () => standIn.close(),
  }
}

/** Sends by the inbox, which has nobody at its other end. */
export function inboxSend(change: Partial<OutgoingMessage>): Promise<SendOutcome> {
  const inbox: ChannelAdapter = new InboxChannel()
  return inbox.send(outgoing(change))
}

function troubleOf<Code>(
  trouble: Parameters<Examinee['next']>[0],
  codes: { refuses: Code; busy: Code },
): Trouble<Code> {
  switch (trouble) {
    case 'refuses':
      return { kind: 'code', code: codes.refuses }
    case 'is busy':
      return { kind: 'code', code: codes.busy }
    case 'loses the answer':
      return { kind: 'lost' }
    case 'is slow':
      return { kind: 'slow', delayMs: SLOW_MS }
  }
}

/** An address where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${String(port)}`
}
