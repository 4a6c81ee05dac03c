import { Injectable } from '@nestjs/common'
import type {
  MessageChannel,
  MessageReason,
  MessageState,
} from '@huike/shared/contracts/console-campaigns'
import { MembersService } from '../members/members.service.js'
import { WechatIdentitiesService } from '../members/wechat-identities.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, inList, listParameter, type SqlValue, type Tx } from '../platform/database.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { Message } from './message.entity.js'
import { MessageFactsService } from './message-facts.service.js'
import { MessageReachService } from './message-reach.service.js'
import { MessagesService } from './messages.service.js'
import {
  decideSend,
  type MemberFacts,
  type SendAsk,
  type SendDecision,
  type SendSettings,
} from './send-gate.js'
import { SubscriptionCreditsService } from './subscription-credits.service.js'

// Claims what is due. In one transaction: the messages are locked, then their members, so that two
// campaigns or two servers count one member's messages one after the other and the cap holds; the
// gate decides; a WeChat credit is spent; and what may now go out is marked `sending` with a lease.
// What a campaign gives is given in it, too: nobody reads of a coupon that is not theirs.
// An inbox is in the house: its message is sent in that same transaction and is never in doubt.

/** All of a claim is in flight at once, so this is how many a crash leaves in doubt at most. */
export const CLAIMED_MAX = 32
/** Longer than a channel takes at most, the wait for the database included. */
export const LEASE_MS = 60_000

/** A message that is marked `sending`, with the address it goes to. */
export interface Claimed {
  id: string
  memberId: string
  channel: MessageChannel
  /** Channels to try after this one. */
  rest: readonly MessageChannel[]
  attempts: number
  to: string
  /** Whose credit was spent; null on other channels. */
  identityId: string | null
  title: string
  body: string
}

/** A message of a campaign that is about to go out. */
export interface CampaignMessage {
  id: string
  campaignId: string
  memberId: string
}

/** What is asked of campaigns before a send: they are further down than messages. */
export interface CampaignSide {
  /** Which of these were stopped by a person. */
  stopped(tx: Tx, campaignIds: readonly string[]): Promise<Set<string>>
  /** Gives what goes with these messages, once each; answers, by message, why somebody gets none. */
  give(tx: Tx, messages: readonly CampaignMessage[]): Promise<Map<string, MessageReason>>
}
const NO_CAMPAIGNS: CampaignSide = {
  stopped: () => Promise.resolve(new Set()),
  give: () => Promise.resolve(new Map()),
}

/** What becomes of a claimed row. */
interface Change {
  state: MessageState
  channel: MessageChannel | null
  reason: MessageReason | null
  nextAtMs: number
  sentAtMs: number | null
}
const CHANGED = ['state', 'channel', 'reason', 'nextAtMs', 'sentAtMs', 'changedAtMs'] as const

type DueMessage = Pick<
  Message,
  | 'id'
  | 'memberId'
  | 'contentId'
  | 'campaignId'
  | 'channels'
  | 'reason'
  | 'attempts'
  | 'nextAtMs'
  | 'unlessBoughtAfterMs'
>
const DUE_COLUMNS =
  'id, memberId, contentId, campaignId, channels, reason, attempts, nextAtMs, unlessBoughtAfterMs'

/** What one claim reads before it decides. */
interface Known {
  nowMs: number
  settings: SendSettings
  stopped: Set<string>
  facts: Map<string, MemberFacts>
  bought: Map<string, number>
  /** By message: why its coupon was not given. */
  refused: ReadonlyMap<string, MessageReason>
}

/** What is locked and written for one message on its way out. */
interface WayOut {
  to: string
  identityId: string | null
}

@Injectable()
export class MessageClaimService {
  #campaigns = NO_CAMPAIGNS

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly messages: MessagesService,
    private readonly facts: MessageFactsService,
    private readonly reach: MessageReachService,
    private readonly members: MembersService,
    private readonly wechatIdentities: WechatIdentitiesService,
    private readonly credits: SubscriptionCreditsService,
  ) {}

  /** Registers who knows of campaigns. */
  askBeforeSending(campaigns: CampaignSide): void {
    this.#campaigns = campaigns
  }

  /** Ids of messages that are due, the longest waiting first. */
  async due(): Promise<string[]> {
    const rows = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM message WHERE state = 'waiting' AND nextAtMs <= ?
         ORDER BY nextAtMs LIMIT ${String(CLAIMED_MAX)}`,
        [this.clock.nowMs()],
      ),
    )
    return rows.map((row) => row.id)
  }

  /** Decides about these messages, those still due, and claims what goes out now. */
  async claim(ids: readonly string[]): Promise<Claimed[]> {
    crashPoint('message.before-claim')
    const claimed = await this.database.write((tx) => this.#claim(tx, ids))
    crashPoint('message.after-claim')
    return claimed
  }

  async #claim(tx: Tx, ids: readonly string[]): Promise<Claimed[]> {
    const nowMs = this.clock.nowMs()
    const locked = await tx.rows<DueMessage>(
      `SELECT ${DUE_COLUMNS} FROM message WHERE id IN ${inList(tx)} AND state = 'waiting'
         AND nextAtMs <= ? ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, [...ids].sort()), nowMs],
    )
    // Of two messages to one member the second is looked at when the first is written down.
    const messages = [...new Map(locked.map((row) => [row.memberId, row])).values()]
    if (messages.length === 0) return []
    const known = await this.#know(tx, messages, nowMs)
    known.refused = await this.#giveCoupons(tx, messages, known)
    const contents = await this.messages.contentsOf(
      tx,
      messages.map(({ contentId }) => contentId),
    )
    const claimed: Claimed[] = []
    const rows: SqlValue[][] = []
    for (const message of messages) {
      const { decision, out } = await this.#decide(tx, message, known)
      const change = changeOf(message, decision, nowMs)
      rows.push([message.id, ...CHANGED.map((name) => ({ ...change, changedAtMs: nowMs })[name])])
      const content = contents.get(message.contentId)
      if (change.state !== 'sending' || !out || decision.do !== 'send' || !content) continue
      const { channel } = decision
      const { id, memberId, attempts } = message
      const rest = restAfter(message, channel)
      claimed.push({ id, memberId, channel, rest, attempts, ...out, ...content })
    }
    await tx.updateEach('message', 'id', CHANGED, rows)
    crashPoint('message.inside-claim')
    return claimed
  }

  async #know(tx: Tx, messages: readonly DueMessage[], nowMs: number): Promise<Known> {
    const memberIds = messages.map((message) => message.memberId).sort()
    const campaignIds = [...new Set(messages.flatMap((message) => message.campaignId ?? []))]
    await tx.rows(`SELECT id FROM member WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`, [
      listParameter(tx, memberIds),
    ])
    const settings: SendSettings = {
      ...(await this.settings.messages(tx)),
      channelsOn: this.reach.channelsOn(),
    }
    const sinceMs = Math.min(...messages.map((one) => one.unlessBoughtAfterMs ?? nowMs))
    return {
      nowMs,
      settings,
      stopped: await this.#campaigns.stopped(tx, campaignIds),
      refused: new Map(),
      facts: await this.facts.ofMembers(tx, memberIds, {
        channels: [...new Set(messages.flatMap(channelsOf))],
        settings,
        wechat: this.reach.wechat(),
        nowMs,
      }),
      bought: await this.facts.boughtSince(tx, memberIds, sinceMs),
    }
  }

  /**
   * Before a message goes out, its coupon is the member's. Who then cannot be written to after all, or
   * whose message fails, keeps it: it is in the wallet, and a second try gives no second one.
   */
  async #giveCoupons(
    tx: Tx,
    messages: readonly DueMessage[],
    known: Known,
  ): Promise<ReadonlyMap<string, MessageReason>> {
    const passing = messages.flatMap((message): CampaignMessage[] => {
      const { id, campaignId, memberId } = message
      if (campaignId === null || known.stopped.has(campaignId)) return []
      const { ask, facts } = asked(message, known)
      const decision = decideSend(ask, facts, known.settings, known.nowMs)
      return decision.do === 'send' ? [{ id, campaignId, memberId }] : []
    })
    return passing.length === 0 ? known.refused : this.#campaigns.give(tx, passing)
  }

  /** Asks the gate, and again without a channel whose way out is not there after all. */
  async #decide(
    tx: Tx,
    message: DueMessage,
    known: Known,
  ): Promise<{ decision: SendDecision; out: WayOut | null }> {
    if (message.campaignId !== null && known.stopped.has(message.campaignId)) {
      const decision = { do: 'skip', reason: 'cancelled', isAboutChannels: false } as const
      return { decision, out: null }
    }
    const refused = known.refused.get(message.id)
    if (refused !== undefined)
      return { decision: { do: 'skip', reason: refused, isAboutChannels: false }, out: null }
    const { ask, facts: read } = asked(message, known)
    let facts = read
    for (;;) {
      const decision = decideSend(ask, facts, known.settings, known.nowMs)
      if (decision.do !== 'send') return { decision, out: null }
      const out = await this.#wayOut(tx, message, decision.channel, known.nowMs)
      if (out) return { decision, out }
      facts = { ...facts, ...withoutWay(decision.channel) }
    }
  }

  /** The address on a channel, with its credit spent; null when there is none. */
  async #wayOut(
    tx: Tx,
    message: DueMessage,
    channel: MessageChannel,
    nowMs: number,
  ): Promise<WayOut | null> {
    const { id: messageId, memberId } = message
    switch (channel) {
      case 'inbox':
        return { to: memberId, identityId: null }
      case 'sms': {
        const phone = (await this.members.phonesOf(tx, [memberId])).get(memberId)
        return phone === undefined ? null : { to: phone, identityId: null }
      }
      case 'wechat': {
        const wechat = this.reach.wechat()
        if (!wechat) return null
        const { appId, templateId } = wechat
        const accounts = await this.wechatIdentities.ofMembers(tx, [memberId], appId)
        for (const identityId of accounts.get(memberId) ?? []) {
          const spent = { identityId, templateId, messageId, nowMs }
          if (!(await this.credits.spend(tx, spent))) continue
          const openid = (await this.wechatIdentities.openidsOf(tx, [identityId])).get(identityId)
          return openid === undefined ? null : { to: openid, identityId }
        }
        return null
      }
    }
  }
}

/** What a message asks of the gate, and what the gate has to know of its member. */
function asked(message: DueMessage, known: Known): { ask: SendAsk; facts: MemberFacts } {
  const { memberId, unlessBoughtAfterMs } = message
  return {
    ask: { channels: channelsOf(message), unlessBoughtAfterMs },
    facts: {
      ...(known.facts.get(memberId) ?? NOBODY),
      lastBoughtAtMs: known.bought.get(memberId) ?? null,
    },
  }
}

/** Of a member who is gone nothing is known, least of all a grant. */
const NOBODY: MemberFacts = {
  grantsMarketing: false,
  grantsMarketingSms: false,
  lastBoughtAtMs: null,
  messagesLately: 0,
  timeZone: '',
  hasWechat: false,
  hasCredit: false,
  hasPhone: false,
  couponReason: null,
}

function withoutWay(channel: MessageChannel): Partial<MemberFacts> {
  return channel === 'sms' ? { hasPhone: false } : { hasCredit: false }
}

function channelsOf(message: Pick<Message, 'channels'>): MessageChannel[] {
  return message.channels.split(',') as MessageChannel[]
}

function restAfter(message: DueMessage, channel: MessageChannel): MessageChannel[] {
  const channels = channelsOf(message)
  return channels.slice(channels.indexOf(channel) + 1)
}

function changeOf(message: DueMessage, decision: SendDecision, nowMs: number): Change {
  const settled = { nextAtMs: message.nextAtMs, sentAtMs: null }
  switch (decision.do) {
    case 'send': {
      const { channel } = decision
      const base = { channel, reason: null }
      return channel === 'inbox'
        ? { ...base, state: 'sent', nextAtMs: message.nextAtMs, sentAtMs: nowMs }
        : { ...base, state: 'sending', nextAtMs: nowMs + LEASE_MS, sentAtMs: null }
    }
    case 'hold':
      return {
        state: 'waiting',
        channel: null,
        reason: decision.reason,
        nextAtMs: decision.untilMs,
        sentAtMs: null,
      }
    case 'skip': {
      // A provider has said no before, and no other channel can take over: that is why it failed.
      const before = message.reason
      const isGivenUp = before === 'provider_refused' || before === 'provider_failed'
      return decision.isAboutChannels && isGivenUp
        ? { ...settled, state: 'failed', channel: null, reason: before }
        : { ...settled, state: 'skipped', channel: null, reason: decision.reason }
    }
  }
}
