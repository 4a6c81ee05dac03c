import { Injectable } from '@nestjs/common'
import {
  SEND_AHEAD_DAYS_MAX,
  type CampaignStart,
  type CampaignState,
} from '@huike/shared/contracts/console-campaigns'
import { bodyWithCoupon } from '@huike/shared/campaign-coupon'
import { couponHeadline } from '@huike/shared/coupon-words'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MessagesService } from '../messages/messages.service.js'
import { Clock } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import { StoresService } from '../stores/stores.service.js'
import { CampaignGiftsService, type Chosen } from './campaign-gifts.service.js'
import { maySee, storesOf, type Acting, type KeptAudience } from './campaign-scope.js'
import type { Campaign } from './campaign.entity.js'

// Campaigns as people make and stop them. Making one starts it, once for each idempotency key; from
// then on nothing of it can be changed, it can only be stopped. So nobody is ever written to a second
// time because somebody corrected a word.

const DAY_MS = 86_400_000
/** Two calls with one key may meet at the unique key; the later then finds what the earlier wrote. */
const RACES_MAX = 5
/** In the answer to a cancel; what waits beyond is taken back behind it. */
const CANCEL_ROUNDS_MAX = 20
/** Campaigns looked through for one page of those a manager may see. */
const LOOKED_THROUGH_MAX = 1_000
const LOOK_ROWS = 200
/** A campaign that needs nobody's attention any more. */
export const NEVER_MS = 7_258_118_400_000

const COLUMNS = [
  'id',
  'name',
  'state',
  'audience',
  'channels',
  'contentId',
  'couponTemplateId',
  'couponVersion',
  'sendAtMs',
  'launchedAtMs',
  'pickedUpTo',
  'pickedCount',
  'nextAtMs',
  'finishedAtMs',
  'createdBy',
  'idempotencyKey',
  'inputSha256',
  'createdAtMs',
] as const satisfies (keyof Campaign)[]

export type Campaigned = { ok: true; campaign: Campaign } | Refusal

@Injectable()
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messages: MessagesService,
    private readonly gifts: CampaignGiftsService,
    private readonly stores: StoresService,
    private readonly audit: StaffAuditService,
  ) {}

  /**
   * Makes a campaign and starts it, now or at its time; the same key with the same input answers the
   * same campaign. Refuses `forbidden` (a store of others), `not_found` (no such store),
   * `input_invalid` (too far ahead), `idempotency_conflict`, and as `CampaignGiftsService.choose` does.
   */
  async start(acting: Acting, input: CampaignStart, idempotencyKey: string): Promise<Campaigned> {
    const inputSha256 = hashOf(input)
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write(async (tx) => {
          const known = await byKey(tx, acting.id, idempotencyKey)
          if (!known) return this.#start(tx, acting, { input, inputSha256, idempotencyKey })
          return known.inputSha256 === inputSha256
            ? { ok: true, campaign: known }
            : refuse('idempotency_conflict')
        })
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /**
   * Stops a campaign: who waits is not written to. Stopping twice is stopping once. Refuses
   * `not_found` and `campaign_ended`.
   */
  async cancel(acting: Acting, id: string): Promise<Campaigned> {
    const nowMs = this.clock.nowMs()
    const stopped = await this.database.write(async (tx): Promise<Campaigned> => {
      const [campaign] = await tx.rows<Campaign>(
        `SELECT * FROM campaign WHERE id = ?${tx.forUpdate}`,
        [id],
      )
      if (!campaign || !maySee(acting, campaign)) return refuse('not_found')
      if (campaign.state === 'cancelled') return { ok: true, campaign }
      if (campaign.state === 'done') return refuse('campaign_ended')
      await tx.run(
        `UPDATE campaign SET state = 'cancelled', finishedAtMs = ?, nextAtMs = ? WHERE id = ?`,
        [nowMs, nowMs, id],
      )
      await this.audit.append(tx, {
        staffId: acting.id,
        action: 'campaign.cancelled',
        subjectId: id,
        detail: null,
        atMs: nowMs,
      })
      return { ok: true, campaign: { ...campaign, state: 'cancelled', finishedAtMs: nowMs } }
    })
    if (stopped.ok)
      for (let round = 0; round < CANCEL_ROUNDS_MAX; round += 1)
        if (!(await this.messages.cancelWaiting(id))) break
    return stopped
  }

  /** One campaign that `acting` may see, or null. */
  async find(statements: Statements, acting: Acting, id: string): Promise<Campaign | null> {
    const [campaign] = await statements.rows<Campaign>('SELECT * FROM campaign WHERE id = ?', [id])
    return campaign && maySee(acting, campaign) ? campaign : null
  }

  /** A page of campaigns, newest first. `next` is where the page after begins; null at the end. */
  async page(
    statements: Statements,
    acting: Acting,
    ask: { before: CampaignKey | null; limit: number },
  ): Promise<{ campaigns: Campaign[]; next: CampaignKey | null }> {
    const campaigns: Campaign[] = []
    let before = ask.before
    for (let looked = 0; looked < LOOKED_THROUGH_MAX; looked += LOOK_ROWS) {
      const rows = await rowsBefore(statements, before)
      for (const [n, row] of rows.entries()) {
        before = { createdAtMs: row.createdAtMs, id: row.id }
        if (maySee(acting, row)) campaigns.push(row)
        const isLast = n === rows.length - 1 && rows.length < LOOK_ROWS
        if (campaigns.length === ask.limit) return { campaigns, next: isLast ? null : before }
      }
      if (rows.length < LOOK_ROWS) return { campaigns, next: null }
    }
    return { campaigns, next: before }
  }

  /** Which of these were stopped by a person. */
  async stopped(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM campaign WHERE id IN ${inList(tx)} AND state = 'cancelled'`,
      [listParameter(tx, ids)],
    )
    return new Set(rows.map((row) => row.id))
  }

  async #start(
    tx: Tx,
    acting: Acting,
    asked: { input: CampaignStart; inputSha256: string; idempotencyKey: string },
  ): Promise<Campaigned> {
    const { input, inputSha256, idempotencyKey } = asked
    const nowMs = this.clock.nowMs()
    const scoped = storesOf(acting, input.audience.storeIds)
    if (!scoped.ok) return scoped
    const { stores } = scoped
    if (stores !== null && !(await this.stores.allExist(tx, stores))) return refuse('not_found')
    const sendAtMs = Math.max(nowMs, input.sendAtMs ?? nowMs)
    if (sendAtMs - nowMs > SEND_AHEAD_DAYS_MAX * DAY_MS)
      return refuse('input_invalid', `最多提前 ${String(SEND_AHEAD_DAYS_MAX)} 天`)
    const gift = await this.#giftOf(tx, acting, { input, sendAtMs })
    if (gift !== null && !gift.ok) return gift
    const isNow = sendAtMs === nowMs
    const { title } = input
    const body = gift === null ? input.body : bodyWithCoupon(couponHeadline(gift.terms), input.body)
    const audience: KeptAudience = { ...input.audience, stores }
    const campaign: Campaign = {
      id: mintId(nowMs),
      name: input.name,
      state: (isNow ? 'picking' : 'scheduled') satisfies CampaignState,
      audience: JSON.stringify(audience),
      channels: input.channels.join(','),
      contentId: await this.messages.addContent(tx, { title, body, nowMs }),
      couponTemplateId: gift?.template.id ?? null,
      couponVersion: gift?.template.version ?? null,
      sendAtMs,
      launchedAtMs: isNow ? nowMs : null,
      pickedUpTo: null,
      pickedCount: 0,
      nextAtMs: sendAtMs,
      finishedAtMs: null,
      createdBy: acting.id,
      idempotencyKey,
      inputSha256,
      createdAtMs: nowMs,
    }
    await tx.insert('campaign', COLUMNS, [valuesOf(campaign, COLUMNS)])
    const storesInWords = stores === null ? '全部门店' : `${String(stores.length)} 家门店`
    await this.audit.append(tx, {
      staffId: acting.id,
      action: 'campaign.started',
      subjectId: campaign.id,
      detail: `${String(audience.inactiveDays)} 天没来，${storesInWords}${giftInWords(gift)}`,
      atMs: nowMs,
    })
    return { ok: true, campaign }
  }

  async #giftOf(
    tx: Tx,
    acting: Acting,
    { input, sendAtMs }: { input: CampaignStart; sendAtMs: number },
  ): Promise<Chosen | Refusal | null> {
    const { couponTemplateId: templateId } = input
    return templateId === null
      ? null
      : this.gifts.choose(tx, acting, { templateId, atMs: sendAtMs })
  }
}

function giftInWords(gift: Chosen | null): string {
  return gift === null ? '' : `，送“${gift.terms.name}”`
}

/** Where a page ends. */
export interface CampaignKey {
  createdAtMs: number
  id: string
}

function rowsBefore(statements: Statements, before: CampaignKey | null): Promise<Campaign[]> {
  // The first condition lets the index end the walk; the second settles one moment's campaigns.
  const older = before === null ? '' : 'WHERE createdAtMs <= ? AND (createdAtMs < ? OR id < ?)'
  return statements.rows<Campaign>(
    `SELECT * FROM campaign ${older} ORDER BY createdAtMs DESC, id DESC LIMIT ${String(LOOK_ROWS)}`,
    before === null ? [] : [before.createdAtMs, before.createdAtMs, before.id],
  )
}

async function byKey(tx: Tx, staffId: string, key: string): Promise<Campaign | null> {
  const [campaign] = await tx.rows<Campaign>(
    'SELECT * FROM campaign WHERE createdBy = ? AND idempotencyKey = ?',
    [staffId, key],
  )
  return campaign ?? null
}

/** The same for the same input, whatever the order its fields came in. */
function hashOf(input: CampaignStart): string {
  const { name, audience, channels, title, body, sendAtMs, couponTemplateId } = input
  const { inactiveDays, storeIds } = audience
  const said = [name, inactiveDays, storeIds, channels, title, body, sendAtMs]
  // One without a coupon is the same as before there were any.
  return sha256Hex(JSON.stringify(couponTemplateId === null ? said : [...said, couponTemplateId]))
}
