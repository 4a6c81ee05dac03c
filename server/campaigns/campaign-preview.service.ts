import { Injectable } from '@nestjs/common'
import {
  messageReasonSchema,
  type AudienceAsk,
  type AudiencePreview,
  type MessageChannel,
  type MessageReason,
} from '@huike/shared/contracts/console-campaigns'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import type { EpochMs } from '@huike/shared/quantities'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import {
  MessageFactsService,
  type FactsAsk,
  type SampledMember,
} from '../messages/message-facts.service.js'
import { MessageReachService } from '../messages/message-reach.service.js'
import { MessagesService } from '../messages/messages.service.js'
import type { SendDecision } from '../messages/send-gate.js'
import { Clock } from '../platform/clock.js'
import { Database, type Rx } from '../platform/database.js'
import { AudienceService, type AudienceOf } from '../segments/audience.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { StoresService } from '../stores/stores.service.js'
import { storesOf, type Acting } from './campaign-scope.js'

// What a campaign would come to if it were sent now. The database counts members that are the same
// for the gate, and each kind of them goes through the very gate the sender asks; so what is shown
// here is what sending does, in a bounded number of statements however many members there are.

const DAY_MS = 86_400_000
const SAMPLE_MAX = 10

export type Previewed = { ok: true; preview: AudiencePreview } | Refusal

interface Totals {
  matched: number
  held: number
  byChannel: Map<MessageChannel, number>
  leftOut: Map<MessageReason, number>
  /** The channel of each kind of member that can be reached. */
  channelOf: Map<number, MessageChannel>
}

@Injectable()
export class CampaignPreviewService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audiences: AudienceService,
    private readonly facts: MessageFactsService,
    private readonly reach: MessageReachService,
    private readonly messages: MessagesService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly settings: ChainSettingsService,
  ) {}

  /** Counts and a sample. Refuses `forbidden` (a store of others) and `not_found` (no such store). */
  async preview(acting: Acting, ask: AudienceAsk): Promise<Previewed> {
    const scoped = storesOf(acting, ask.audience.storeIds)
    if (!scoped.ok) return scoped
    const storeIds = scoped.stores
    const nowMs = this.clock.nowMs()
    const audience = { lastBeforeMs: nowMs - ask.audience.inactiveDays * DAY_MS, storeIds }
    return this.database.read(async (rx) => {
      if (storeIds !== null && !(await this.stores.allExist(rx, storeIds)))
        return refuse('not_found')
      const settings = await this.settings.messages(rx)
      const factsAsk: FactsAsk = {
        channels: ask.channels,
        settings: { ...settings, channelsOn: this.reach.channelsOn() },
        wechat: this.reach.wechat(),
        nowMs,
      }
      const totals = await this.#count(rx, audience, factsAsk)
      const sample = await this.#sample(rx, audience, factsAsk, totals.channelOf)
      const reachable = sum(totals.byChannel.values())
      const preview = {
        matchedCount: totals.matched,
        reachableCount: reachable,
        byChannel: ask.channels.flatMap((channel) => {
          const count = totals.byChannel.get(channel) ?? 0
          return count === 0 ? [] : [{ channel, count }]
        }),
        leftOut: messageReasonSchema.options.flatMap((reason) => {
          const count = totals.leftOut.get(reason) ?? 0
          return count === 0 ? [] : [{ reason, count }]
        }),
        heldCount: totals.held,
        sample,
      }
      return { ok: true, preview }
    })
  }

  async #count(rx: Rx, audience: AudienceOf, ask: FactsAsk): Promise<Totals> {
    const set = this.audiences.membersOf(rx, audience)
    const totals: Totals = {
      matched: 0,
      held: 0,
      byChannel: new Map(),
      leftOut: new Map(),
      channelOf: new Map(),
    }
    const sending = { channels: ask.channels, unlessBoughtAfterMs: null }
    for (const { key, facts, count } of await this.facts.groupsOf(rx, set, ask)) {
      const decision = this.messages.decide(sending, facts, ask.settings, ask.nowMs)
      addTo(totals, decision, count)
      if (decision.do !== 'skip') totals.channelOf.set(key.bits, decision.channel)
    }
    return totals
  }

  async #sample(
    rx: Rx,
    audience: AudienceOf,
    ask: FactsAsk,
    channelOf: ReadonlyMap<number, MessageChannel>,
  ): Promise<AudiencePreview['sample']> {
    const set = this.audiences.membersOf(rx, audience)
    const wanted = { bits: [...channelOf.keys()], limit: SAMPLE_MAX }
    const sampled = await this.facts.sampleOf(rx, set, ask, wanted)
    const ids = sampled.map(({ memberId }) => memberId)
    const phones = await this.members.phonesOf(rx, ids)
    const profiles = await this.profiles.profilesOf(rx, ids)
    const stores = await this.stores.namesOf(
      rx,
      sampled.map(({ lastStoreId }) => lastStoreId),
    )
    return sampled.flatMap((member: SampledMember) => {
      const { memberId, memberNo, lastPurchaseAtMs, lastStoreId, key } = member
      const channel = channelOf.get(key.bits)
      const phone = phones.get(memberId)
      const name = profiles.get(memberId)?.name ?? null
      if (!channel) return []
      return [
        {
          memberId: memberId as MemberId,
          memberNo,
          phoneMasked: phone === undefined ? '' : maskPhone(phone),
          nameMasked: name === null ? null : maskName(name),
          lastPurchaseAtMs: lastPurchaseAtMs as EpochMs,
          lastStoreName: stores.get(lastStoreId ?? '') ?? null,
          channel,
        },
      ]
    })
  }
}

function addTo(totals: Totals, decision: SendDecision, count: number): void {
  const more = <Key>(counts: Map<Key, number>, key: Key) =>
    counts.set(key, (counts.get(key) ?? 0) + count)
  totals.matched += count
  switch (decision.do) {
    case 'skip':
      more(totals.leftOut, decision.reason)
      return
    case 'hold':
      totals.held += count
      more(totals.byChannel, decision.channel)
      return
    case 'send':
      more(totals.byChannel, decision.channel)
  }
}

function sum(counts: Iterable<number>): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
