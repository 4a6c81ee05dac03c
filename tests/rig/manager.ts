// Campaigns as people at the console send them, and the shoppers they are for.
import { expect } from '@jest/globals'
import {
  audiencePreviewSchema,
  campaignMessagesPageSchema,
  campaignSchema,
  type AudiencePreview,
  type Campaign,
  type CampaignMessagesPage,
  type MessageChannel,
} from '@huike/shared/contracts/console-campaigns'
import { PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import { CampaignRunnerService } from '../../server/campaigns/campaign-runner.service.js'
import type { ConsolePerson } from './console-staff.js'
import { checkout, freshId } from './events.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { enrolTill, type Reply, type TestServer, type TestTill } from './server.js'
import { newWechatShopper, type WechatShopper } from './wechat-shopper.js'

const SANDBOX_TEMPLATE_ID = 'sandbox-template-0000000000000000000000000001'
export const DAY_MS = 86_400_000

/** A campaign as the console asks for it; the test overrides what it is about. */
function campaignInput(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: '老朋友回来看看',
    audience: { inactiveDays: 60, storeIds: [] },
    channels: ['wechat', 'sms', 'inbox'],
    title: '好久不见',
    body: '回来逛逛，全场八折。',
    sendAtMs: null,
    ...change,
  }
}

/** Starts a campaign with a key of its own. */
export async function startCampaign(
  by: ConsolePerson,
  change: Record<string, unknown> = {},
): Promise<Campaign> {
  const reply = await askCampaign(by, change)
  expect(reply.status).toBe(200)
  return campaignSchema.strict().parse(reply.body)
}

/** The bare reply to a start. */
export function askCampaign(
  by: ConsolePerson,
  change: Record<string, unknown> = {},
  key: string = freshId(),
): Promise<Reply> {
  return by.fetch('campaigns', {
    json: campaignInput(change),
    headers: { 'idempotency-key': key },
  })
}

export async function previewOf(
  by: ConsolePerson,
  change: Record<string, unknown> = {},
): Promise<AudiencePreview> {
  const { audience, channels, couponTemplateId = null } = campaignInput(change)
  const json = { audience, channels, couponTemplateId }
  const reply = await by.fetch('campaigns/preview', { json })
  expect(reply.status).toBe(200)
  return audiencePreviewSchema.strict().parse(reply.body)
}

export async function readCampaign(by: ConsolePerson, id: string): Promise<Campaign> {
  const reply = await by.fetch(`campaigns/${id}`)
  expect(reply.status).toBe(200)
  return campaignSchema.strict().parse(reply.body)
}

export async function messagesOf(
  by: ConsolePerson,
  id: string,
  query = '',
): Promise<CampaignMessagesPage> {
  const reply = await by.fetch(`campaigns/${id}/messages${query}`)
  expect(reply.status).toBe(200)
  return campaignMessagesPageSchema.strict().parse(reply.body)
}

/** Carries every campaign as far as it comes at this moment of the clock. */
export function runCampaigns(server: TestServer): Promise<void> {
  return server.app.get(CampaignRunnerService, { strict: false }).drain()
}

/** A store with a till of its own, so that its people are in no other story's campaign. */
export async function newTown(
  server: TestServer,
  storeCode: string,
): Promise<{
  till: TestTill
  storeId: string
  audience: (inactiveDays?: number) => { inactiveDays: number; storeIds: string[] }
}> {
  const till = await enrolTill(server, { storeCode, storeName: `${storeCode}店` })
  const store = await server.app.get(TerminalsService, { strict: false }).storeByCode(storeCode)
  if (!store) throw new Error(`no store ${storeCode}`)
  const audience = (inactiveDays = 60) => ({ inactiveDays, storeIds: [store.id] })
  return { till, storeId: store.id, audience }
}

/** What a shopper of a story is like. */
export interface ShopperKind {
  grants?: readonly ConsentPurpose[]
  /** Subscription messages the shopper allowed, as we counted them. */
  credits?: number
  /** And as WeChat counted them; the same when absent. */
  acceptsAtWechat?: number
  till: TestTill
}

/** Somebody with a WeChat account who buys at the till now. */
export async function newShopper(server: TestServer, kind: ShopperKind): Promise<WechatShopper> {
  const { grants = [], credits = 0, till } = kind
  const shopper = await newWechatShopper(server)
  for (const purpose of grants) await say(shopper, purpose, true)
  for (let n = 0; n < credits; n += 1) {
    const answers = [{ templateId: SANDBOX_TEMPLATE_ID, result: 'accept' }]
    const told = await shopper.send('subscriptions', { askId: freshId(), answers })
    expect(told.status).toBe(200)
  }
  for (let n = 0; n < (kind.acceptsAtWechat ?? credits); n += 1)
    server.wechat?.accept(shopper.openid)
  await buys(till, shopper.phone)
  return shopper
}

/** The shopper with a fresh session: one does not outlive weeks on the clock. */
export async function again(
  server: TestServer,
  shopper: WechatShopper,
): Promise<Pick<WechatShopper, 'get' | 'send'>> {
  const json = { code: server.wechat?.loginCode(shopper.openid) }
  const session = await server.fetch('/member/v1/session/wechat', { json })
  expect(session.body.memberId).toBe(shopper.memberId)
  const token: string = session.body.accessToken
  return {
    get: (path) => server.fetch(`/member/v1/${path}`, { token }),
    send: (path, sent, method = 'POST') =>
      server.fetch(`/member/v1/${path}`, { token, json: sent, method }),
  }
}

/** A shopper grants or withdraws. */
export async function say(
  shopper: Pick<WechatShopper, 'send'>,
  purpose: ConsentPurpose,
  isGranted: boolean,
): Promise<void> {
  const { policyVersion } = PURPOSE_TEXTS[purpose]
  const reply = await shopper.send('consents', { purpose, isGranted, policyVersion })
  expect(reply.status).toBe(200)
}

/** Somebody buys at the till now, and the counts have it. */
export async function buys(
  till: TestTill,
  phone: string,
  receipt: Record<string, unknown> = {},
): Promise<string> {
  const sale = checkout(till, { who: { by: 'phone', phone } as never, receipt })
  const result = await till.sendOne(sale)
  expect(result.status).toBe('accepted')
  await till.server.drain()
  return sale.receipt.receiptNo ?? ''
}

/** How many of a campaign's messages went each way. */
export function channelCounts(campaign: Campaign): Partial<Record<MessageChannel, number>> {
  return Object.fromEntries(campaign.sentByChannel.map(({ channel, count }) => [channel, count]))
}
