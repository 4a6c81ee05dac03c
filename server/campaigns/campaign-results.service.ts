import { Injectable } from '@nestjs/common'
import {
  messageChannelSchema,
  messageReasonSchema,
  messageStateSchema,
  type Campaign as CampaignView,
  type CampaignHead,
  type CampaignMessage,
  type MessageChannel,
  type MessageReason,
  type MessageState,
} from '@huike/shared/contracts/console-campaigns'
import type { CampaignId, CouponTemplateId, MemberId, MessageId } from '@huike/shared/ids'
import { maskPhone } from '@huike/shared/phone'
import { fen, type EpochMs } from '@huike/shared/quantities'
import { MembersService } from '../members/members.service.js'
import {
  MessagesService,
  type ListedMessage,
  type MessageTally,
} from '../messages/messages.service.js'
import { Clock } from '../platform/clock.js'
import { inList, listParameter, type Rx } from '../platform/database.js'
import { StaffService } from '../staff/staff.service.js'
import { ANSWERING_SALE } from './answering-sale.js'
import { couponResultsOf } from './campaign-coupon-results.js'
import { CampaignGiftsService } from './campaign-gifts.service.js'
import { keptAudience } from './campaign-scope.js'
import type { Campaign } from './campaign.entity.js'

// What came of campaigns, counted from the messages and the purchases themselves. Somebody came back
// who bought within thirty days of the message that was sent; a sale that was brought back whole does
// not count, and of one brought back in part what was kept does.

/** So long after its end nothing of a campaign's counts changes any more, late answers included. */
const SETTLED_AFTER_MS = 3_600_000
const SETTLED_KEPT_MAX = 1_000

@Injectable()
export class CampaignResultsService {
  /** Counts of campaigns long over: a list of twenty would count millions of rows each time. */
  readonly #settled = new Map<string, MessageTally[]>()

  constructor(
    private readonly messages: MessagesService,
    private readonly gifts: CampaignGiftsService,
    private readonly members: MembersService,
    private readonly staff: StaffService,
    private readonly clock: Clock,
  ) {}

  /** One campaign with all its results. */
  async view(rx: Rx, campaign: Campaign): Promise<CampaignView> {
    const { id, contentId } = campaign
    const tallies = await this.#talliesOf(rx, [campaign])
    const contents = await this.messages.contentsOf(rx, [contentId])
    const names = await this.staff.namesOf(rx, [campaign.createdBy])
    const { inactiveDays, storeIds } = keptAudience(campaign)
    const { title = '', body = '' } = contents.get(contentId) ?? {}
    const terms = await this.gifts.termsOf(rx, campaign)
    return {
      ...headOf(campaign, tallies, names),
      audience: { inactiveDays, storeIds },
      title,
      body,
      couponTemplateId: campaign.couponTemplateId as CouponTemplateId | null,
      coupon: terms && (await couponResultsOf(rx, id, terms)),
      launchedAtMs: campaign.launchedAtMs as EpochMs | null,
      createdAtMs: campaign.createdAtMs as EpochMs,
      sentByChannel: sentByChannel(tallies),
      reasons: reasonsOf(tallies),
      readCount: await readCountOf(rx, id),
      cameBack: await cameBackOf(rx, id),
    }
  }

  /** The heads of campaigns, in their order. */
  async heads(rx: Rx, campaigns: readonly Campaign[]): Promise<CampaignHead[]> {
    const tallies = await this.#talliesOf(rx, campaigns)
    const names = await this.staff.namesOf(
      rx,
      campaigns.map(({ createdBy }) => createdBy),
    )
    return campaigns.map((campaign) => {
      const own = tallies.filter(({ campaignId }) => campaignId === campaign.id)
      return headOf(campaign, own, names)
    })
  }

  /** A page of a campaign's messages, as staff read them; `next` is where the page after begins. */
  async messagesPage(
    rx: Rx,
    ask: { campaignId: string; state: MessageState | null; after: string; limit: number },
  ): Promise<{ messages: CampaignMessage[]; next: string | null }> {
    const rows = await this.messages.page(rx, ask)
    const memberIds = rows.map(({ memberId }) => memberId)
    const members = await this.members.findByIds(rx, memberIds)
    const phones = await this.members.phonesOf(rx, memberIds)
    const cameBack = await cameBackAtOf(rx, rows)
    const last = rows.at(-1)
    const messages = rows.map((row): CampaignMessage => {
      const phone = phones.get(row.memberId)
      return {
        id: row.id as MessageId,
        memberId: row.memberId as MemberId,
        memberNo: members.get(row.memberId)?.memberNo ?? '',
        phoneMasked: phone === undefined ? '' : maskPhone(phone),
        channel: row.channel as MessageChannel | null,
        state: row.state as MessageState,
        reason: row.reason as MessageReason | null,
        atMs: (row.state === 'waiting' ? row.nextAtMs : row.changedAtMs) as EpochMs,
        readAtMs: row.readAtMs as EpochMs | null,
        cameBackAtMs: (cameBack.get(row.id) ?? null) as EpochMs | null,
      }
    })
    const isFull = rows.length === ask.limit && last !== undefined
    const key = ask.state === null ? last?.memberId : last?.id
    return { messages, next: isFull ? (key ?? null) : null }
  }

  async #talliesOf(rx: Rx, campaigns: readonly Campaign[]): Promise<MessageTally[]> {
    const unknown = campaigns.filter(({ id }) => !this.#settled.has(id))
    const counted = await this.messages.tallies(
      rx,
      unknown.map(({ id }) => id),
    )
    const settledBeforeMs = this.clock.nowMs() - SETTLED_AFTER_MS
    const known = campaigns.flatMap(({ id }) => this.#settled.get(id) ?? [])
    for (const { id, finishedAtMs } of unknown) {
      if (finishedAtMs === null || finishedAtMs > settledBeforeMs) continue
      const own = counted.filter(({ campaignId }) => campaignId === id)
      if (own.some(({ state }) => state === 'waiting' || state === 'sending')) continue
      if (this.#settled.size >= SETTLED_KEPT_MAX) this.#settled.clear()
      this.#settled.set(id, own)
    }
    return [...known, ...counted]
  }
}

function headOf(
  campaign: Campaign,
  tallies: readonly MessageTally[],
  names: ReadonlyMap<string, string>,
): CampaignHead {
  const of = (state: MessageState) => sum(tallies.filter((tally) => tally.state === state))
  return {
    id: campaign.id as CampaignId,
    name: campaign.name,
    state: campaign.state as CampaignHead['state'],
    sendAtMs: campaign.sendAtMs as EpochMs,
    finishedAtMs: campaign.finishedAtMs as EpochMs | null,
    createdBy: names.get(campaign.createdBy) ?? '',
    channels: campaign.channels.split(',') as MessageChannel[],
    counts: {
      picked: campaign.pickedCount,
      waiting: of('waiting'),
      sending: of('sending'),
      sent: of('sent'),
      failed: of('failed'),
      skipped: of('skipped'),
      doubtful: of('doubtful'),
    },
  }
}

function sentByChannel(tallies: readonly MessageTally[]): CampaignView['sentByChannel'] {
  return messageChannelSchema.options.flatMap((channel) => {
    const count = sum(tallies.filter((one) => one.state === 'sent' && one.channel === channel))
    return count === 0 ? [] : [{ channel, count }]
  })
}

/** By state and reason, in the order of the contract. */
function reasonsOf(tallies: readonly MessageTally[]): CampaignView['reasons'] {
  return messageStateSchema.options.flatMap((state) =>
    messageReasonSchema.options.flatMap((reason) => {
      const count = sum(tallies.filter((one) => one.state === state && one.reason === reason))
      return count === 0 ? [] : [{ state, reason, count }]
    }),
  )
}

async function readCountOf(rx: Rx, campaignId: string): Promise<number> {
  const [row] = await rx.rows<{ opened: number | string }>(
    "SELECT COUNT(readAtMs) AS opened FROM message WHERE campaignId = ? AND state = 'sent'",
    [campaignId],
  )
  return Number(row?.opened ?? 0)
}

async function cameBackOf(rx: Rx, campaignId: string): Promise<CampaignView['cameBack']> {
  const [row] = await rx.rows<Record<'members' | 'purchases' | 'keptFen', number | string | null>>(
    `SELECT COUNT(DISTINCT m.memberId) AS members, COUNT(*) AS purchases,
       SUM(p.totalFen - p.refundedFen) AS keptFen
     FROM message m JOIN purchase p ON ${ANSWERING_SALE}
     WHERE m.campaignId = ? AND m.state = 'sent'`,
    [campaignId],
  )
  return {
    members: Number(row?.members ?? 0),
    purchases: Number(row?.purchases ?? 0),
    totalFen: fen(Number(row?.keptFen ?? 0)),
  }
}

/** When those who were sent to bought first afterwards, by message. */
async function cameBackAtOf(
  rx: Rx,
  messages: readonly ListedMessage[],
): Promise<Map<string, number>> {
  const sent = messages.filter(({ state }) => state === 'sent').map(({ id }) => id)
  if (sent.length === 0) return new Map()
  const rows = await rx.rows<{ id: string; atMs: number | string }>(
    `SELECT m.id AS id, MIN(p.occurredAtMs) AS atMs FROM message m JOIN purchase p
       ON ${ANSWERING_SALE} WHERE m.id IN ${inList(rx)} GROUP BY m.id`,
    [listParameter(rx, sent)],
  )
  return new Map(rows.map((row) => [row.id, Number(row.atMs)]))
}

function sum(tallies: readonly MessageTally[]): number {
  return tallies.reduce((total, { count }) => total + count, 0)
}
