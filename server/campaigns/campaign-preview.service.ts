import { Injectable } from '@nestjs/common'
import {
  messageReasonSchema,
  type AudienceAsk,
  type AudiencePreview,
  type CouponForecast,
  type MessageChannel,
  type MessageReason,
} from '@huike/shared/contracts/console-campaigns'
import { mostOffFen } from '@huike/shared/campaign-coupon'
import { couponHeadline } from '@huike/shared/coupon-words'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import { fen, type EpochMs } from '@huike/shared/quantities'
import type { CouponTemplate } from '../coupons/coupon-template.entity.js'
import { CouponsService } from '../coupons/coupons.service.js'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import {
  MessageFactsService,
  type CouponAsk,
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
import { CampaignGiftsService, type Chosen } from './campaign-gifts.service.js'
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
    private readonly gifts: CampaignGiftsService,
    private readonly coupons: CouponsService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly settings: ChainSettingsService,
  ) {}

  /**
   * Counts and a sample. Refuses `forbidden` (a store of others), `not_found` (no such store), and as
   * `CampaignGiftsService.choose` does.
   */
  async preview(acting: Acting, ask: AudienceAsk): Promise<Previewed> {
    const scoped = storesOf(acting, ask.audience.storeIds)
    if (!scoped.ok) return scoped
    const storeIds = scoped.stores
    const nowMs = this.clock.nowMs()
    const audience = { lastBeforeMs: nowMs - ask.audience.inactiveDays * DAY_MS, storeIds }
    return this.database.read(async (rx) => {
      if (storeIds !== null && !(await this.stores.allExist(rx, storeIds)))
        return refuse('not_found')
      const gift = await this.#giftOf(rx, acting, { ask, nowMs })
      if (gift !== null && !gift.ok) return gift
      const settings = await this.settings.messages(rx)
      const factsAsk: FactsAsk = {
        channels: ask.channels,
        settings: { ...settings, channelsOn: this.reach.channelsOn() },
        wechat: this.reach.wechat(),
        nowMs,
        ...(gift === null ? {} : { coupon: this.#couponAsk(gift.template, nowMs) }),
      }
      const totals = await this.#count(rx, audience, factsAsk)
      const sample = await this.#sample(rx, audience, factsAsk, totals.channelOf)
      const passing = sum(totals.byChannel.values())
      const reachable = gift === null ? passing : Math.min(passing, stockLeftOf(gift.template))
      if (passing > reachable) totals.leftOut.set('coupon_out_of_stock', passing - reachable)
      const preview = {
        matchedCount: totals.matched,
        reachableCount: reachable,
        coupon: gift === null ? null : forecastOf(gift, reachable),
        byChannel: ask.channels.flatMap((channel) => {
          const count = totals.byChannel.get(channel) ?? 0
          return count === 0 ? [] : [{ channel, count }]
        }),
        leftOut: messageReasonSchema.options.flatMap((reason) => {
          const count = totals.leftOut.get(reason) ?? 0
          return count === 0 ? [] : [{ reason, count }]
        }),
        heldCount: Math.min(totals.held, reachable),
        sample,
      }
      return { ok: true, preview }
    })
  }

  async #giftOf(
    rx: Rx,
    acting: Acting,
    { ask, nowMs }: { ask: AudienceAsk; nowMs: number },
  ): Promise<Chosen | Refusal | null> {
    const { couponTemplateId: templateId } = ask
    return templateId === null ? null : this.gifts.choose(rx, acting, { templateId, atMs: nowMs })
  }

  #couponAsk({ id, memberMax, memberDayMax }: CouponTemplate, nowMs: number): CouponAsk {
    const todayMs = this.coupons.dayBeganMs(nowMs)
    return { templateId: id, memberMax, memberDayMax, todayMs }
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

function stockLeftOf({ stock, issued }: CouponTemplate): number {
  return stock === null ? Infinity : Math.max(0, stock - issued)
}

/** What giving it to so many comes to, and what is left of it before. */
function forecastOf({ template, terms }: Chosen, people: number): CouponForecast {
  const { stock, usesMax, uses, budgetFen, spentFen } = template
  const left = (most: number | null, gone: number) =>
    most === null ? null : Math.max(0, most - gone)
  const budgetLeftFen = left(budgetFen, spentFen)
  return {
    name: terms.name,
    headline: couponHeadline(terms),
    mostFen: mostOffFen(terms, people),
    stockLeft: stock === null ? null : stockLeftOf(template),
    usesLeft: left(usesMax, uses),
    budgetLeftFen: budgetLeftFen === null ? null : fen(budgetLeftFen),
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
