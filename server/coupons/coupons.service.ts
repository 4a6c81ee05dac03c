import { randomInt } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { COUPONS_PER_QUOTE_MAX, type CouponTerms } from '@huike/shared/contracts/coupons'
import type { CouponInHand } from '@huike/shared/coupons'
import type { CouponId } from '@huike/shared/ids'
import { midnightMs } from '@huike/shared/local-time'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { LOGGER } from '../platform/tokens.js'
import {
  COUPON_COLUMNS,
  couponsBy,
  couponsBySource,
  dayOf,
  noteSteps,
  validityOf,
  writeCoupons,
} from './coupon-rows.js'
import type { CouponStep } from './coupon-step.entity.js'
import type { CouponTemplate } from './coupon-template.entity.js'
import { CouponTemplatesService, versionKey, type VersionKey } from './coupon-templates.service.js'
import type { Coupon } from './coupon.entity.js'

// Giving coupons, once for each reason there is, and never more than their template allows: the
// template is held while its coupons are counted and given. What is not used in time expires.

const CODE_END = 1_000_000_000_000
const CODE_DIGITS = 12
const OPEN_STATES: ReadonlySet<string> = new Set(['issued', 'reserved'])
const EXPIRED_PER_ROUND_MAX = 200
/** Of all the members that are asked about together. */
const COUPONS_OF_EACH_MAX = 2_000
const EXPIRY_ACTOR = 'system:expiry'

/** One coupon for a member. */
export interface Gift {
  templateId: string
  memberId: string
  /** Why: the same once more gives nothing more. */
  sourceKey: string
  actor: string
  /** Taken by the member: only where and when members may. */
  isClaim: boolean
  /** Done in the same transaction, where it was given now. */
  also?: (tx: Tx, coupon: Coupon) => Promise<void>
  /** The campaign, the rule or the exchange of points that gives it. */
  givenById?: string
  /** The version that was promised; without it, the one that is given now. */
  version?: number
  /** It was paid for on the terms of this version: it is given whatever the limits are by now. */
  owedVersion?: number
}
export type Given = { ok: true; coupon: Coupon; isNew: boolean } | Refusal

@Injectable()
export class CouponsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly templates: CouponTemplatesService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'the expiry of coupons')
  }

  /**
   * Gives coupons, in order; one answer each. Refuses `not_found`, `coupon_template_stopped`,
   * `coupon_claim_closed`, `coupon_out_of_stock`, `coupon_member_max`, `coupon_day_max`,
   * `coupon_expired` where it would be over at once, and `idempotency_conflict` where the reason was
   * used for something else.
   */
  async give(tx: Tx, gifts: readonly Gift[], nowMs: number): Promise<Given[]> {
    const templates = await this.#lockTemplates(tx, gifts)
    const keys = [...templates.values()]
    const termsOf = await this.templates.termsOf(
      tx,
      gifts.flatMap((gift) => {
        const template = templates.get(gift.templateId)
        return template ? [versionFor(gift, template)] : []
      }),
    )
    const sourceKeys = gifts.map(({ sourceKey }) => sourceKey)
    const before = await couponsBySource(tx, sourceKeys)
    const known = new Map(before.map((coupon) => [coupon.sourceKey, coupon]))
    const counts = await this.#countsOf(tx, keys, { gifts, nowMs })
    const fresh: (Coupon & { actor: string })[] = []
    const answers = gifts.map((gift): Given => {
      const same = known.get(gift.sourceKey)
      if (same) return answerAgain(same, gift)
      const template = templates.get(gift.templateId)
      if (!template) return refuse('not_found')
      const count = counts.get(countKey(gift)) ?? NONE
      const refusal =
        gift.owedVersion === undefined
          ? whyNotGiven(template, count, { isClaim: gift.isClaim, nowMs })
          : null
      if (refusal) return refusal
      const key = versionFor(gift, template)
      const terms = termsOf.get(versionKey(key))
      if (!terms) throw new Error(`template ${template.id} has no version ${String(key.version)}`)
      if (gift.owedVersion === undefined && this.isOverWhenGiven(terms, nowMs))
        return refuse('coupon_expired')
      const coupon = freshCoupon(gift, { ...key, terms, nowMs })
      template.issued += 1
      counts.set(countKey(gift), { ever: count.ever + 1, today: count.today + 1 })
      known.set(gift.sourceKey, coupon)
      fresh.push({ ...coupon, actor: gift.actor })
      return { ok: true, coupon, isNew: true }
    })
    await this.#write(tx, fresh, { templates: keys, nowMs })
    return answers
  }

  /** Whether a coupon on these terms could not be used any more in the moment it is given. */
  isOverWhenGiven({ validity }: Pick<CouponTerms, 'validity'>, givenAtMs: number): boolean {
    return validityOf(validity, givenAtMs).validUntilMs <= givenAtMs
  }

  /** When the day of the chain began that limits for a day are counted in. */
  dayBeganMs(nowMs: number): number {
    return midnightMs(dayOf(nowMs), CHAIN_TIME_ZONE)
  }

  /** What a member may use at some time: those that end first, as many as a basket is told about. */
  async inHand(statements: Statements, memberId: string, nowMs: number): Promise<CouponInHand[]> {
    const rows = await statements.rows<Coupon>(
      `SELECT * FROM coupon WHERE memberId = ? AND state = 'issued' AND validUntilMs > ?
       ORDER BY validUntilMs, id LIMIT ${String(COUPONS_PER_QUOTE_MAX)}`,
      [memberId, nowMs],
    )
    return this.withTerms(statements, rows)
  }

  /** What each of these members may use at some time: those that end first, some for each. */
  async inHandOfEach(
    statements: Statements,
    memberIds: readonly string[],
    nowMs: number,
  ): Promise<Map<string, CouponInHand[]>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<Coupon>(
      `SELECT * FROM coupon WHERE memberId IN ${inList(statements)} AND state = 'issued'
         AND validUntilMs > ? ORDER BY validUntilMs, id LIMIT ${String(COUPONS_OF_EACH_MAX)}`,
      [listParameter(statements, memberIds), nowMs],
    )
    const byMember = new Map<string, CouponInHand[]>(memberIds.map((id) => [id, []]))
    const inHand = await this.withTerms(statements, rows)
    for (const [at, coupon] of inHand.entries())
      byMember.get(rows[at]?.memberId ?? '')?.push(coupon)
    return byMember
  }

  /** Coupons by id, as they are now, with their terms. */
  async byIds(statements: Statements, ids: readonly string[]): Promise<CouponInHand[]> {
    if (ids.length === 0) return []
    const rows = await statements.rows<Coupon>(
      `SELECT * FROM coupon WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return this.withTerms(statements, rows)
  }

  /** Coupons with the terms they were given on. */
  async withTerms(statements: Statements, coupons: readonly Coupon[]): Promise<CouponInHand[]> {
    const termsOf = await this.templates.termsOf(statements, coupons)
    return coupons.map((coupon) => {
      const terms = termsOf.get(versionKey(coupon))
      if (!terms) throw new Error(`coupon ${coupon.id} has no terms`)
      const { code, templateId, version, state, validFromMs, validUntilMs } = coupon
      return {
        couponId: coupon.id as CouponId,
        ...{ code, templateId, version, terms, state, validFromMs, validUntilMs },
      }
    })
  }

  /**
   * A page of a member's coupons in one state: of those that can still be used what ends first before
   * the others, of those that are over the latest.
   */
  async ofMember(
    statements: Statements,
    memberId: string,
    page: { state: string; after: { validUntilMs: number; id: string } | null; limit: number },
  ): Promise<Coupon[]> {
    const { state, after, limit } = page
    const [order, beyond] = OPEN_STATES.has(state) ? ['ASC', '>'] : ['DESC', '<']
    const below = after
      ? `AND (validUntilMs ${beyond} ? OR (validUntilMs = ? AND id ${beyond} ?))`
      : ''
    return statements.rows<Coupon>(
      `SELECT * FROM coupon WHERE memberId = ? AND state = ? ${below}
       ORDER BY validUntilMs ${order}, id ${order} LIMIT ${String(limit)}`,
      [memberId, state, ...(after ? [after.validUntilMs, after.validUntilMs, after.id] : [])],
    )
  }

  /** Of these templates, those a member has all that is allowed of, with the sentence for it. */
  async whyNoMore(
    statements: Statements,
    memberId: string,
    templates: readonly CouponTemplate[],
  ): Promise<Map<string, string>> {
    const nowMs = this.clock.nowMs()
    const gifts = templates.map(({ id }) => ({ templateId: id, memberId }))
    const counts = await this.#countsOf(statements, templates, { gifts, nowMs })
    return new Map(
      templates.flatMap((template) => {
        const count = counts.get(countKey({ templateId: template.id, memberId })) ?? NONE
        const refusal = whyNotGiven(template, count, { isClaim: true, nowMs })
        return refusal ? [[template.id, outcomeSentence(refusal.code)] as const] : []
      }),
    )
  }

  /** One coupon by its code, and what happened to it. */
  async storyOf(
    statements: Statements,
    code: string,
  ): Promise<{ coupon: Coupon; terms: CouponTerms; steps: CouponStep[] } | null> {
    const [coupon] = await statements.rows<Coupon>('SELECT * FROM coupon WHERE code = ?', [code])
    if (!coupon) return null
    const [inHand] = await this.withTerms(statements, [coupon])
    const steps = await statements.rows<CouponStep>(
      'SELECT * FROM coupon_step WHERE couponId = ? ORDER BY id',
      [coupon.id],
    )
    return inHand ? { coupon, terms: inHand.terms, steps } : null
  }

  /** Ends what is past its time; false when nothing is. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM coupon WHERE state = 'issued' AND validUntilMs <= ?
         ORDER BY validUntilMs LIMIT ${String(EXPIRED_PER_ROUND_MAX)}`,
        [nowMs],
      ),
    )
    if (due.length === 0) return false
    await this.database.write(async (tx) => {
      const rows = await couponsBy(
        tx,
        'id',
        due.map(({ id }) => id),
      )
      const over = rows.filter(
        ({ state, validUntilMs }) => state === 'issued' && validUntilMs <= nowMs,
      )
      for (const coupon of over) Object.assign(coupon, { state: 'expired', endedAtMs: nowMs })
      await writeCoupons(tx, over, 'expired', { actor: EXPIRY_ACTOR, nowMs, aboutId: null })
    })
    return true
  }

  async #lockTemplates(tx: Tx, gifts: readonly Gift[]): Promise<Map<string, CouponTemplate>> {
    const ids = [...new Set(gifts.map(({ templateId }) => templateId))]
    const rows = await tx.rows<CouponTemplate>(
      `SELECT * FROM coupon_template WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, ids)],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }

  /** How many these members were given of templates that limit it, ever and today. */
  async #countsOf(
    tx: Statements,
    templates: readonly CouponTemplate[],
    {
      gifts,
      nowMs,
    }: {
      gifts: readonly Pick<Gift, 'templateId' | 'memberId'>[]
      nowMs: number
    },
  ): Promise<Map<string, Count>> {
    const counts = new Map<string, Count>()
    const todayMs = this.dayBeganMs(nowMs)
    for (const { id, memberMax, memberDayMax } of templates) {
      if (memberMax === null && memberDayMax === null) continue
      const memberIds = gifts.flatMap((gift) => (gift.templateId === id ? [gift.memberId] : []))
      const rows = await tx.rows<{ memberId: string } & Record<keyof Count, number | string>>(
        `SELECT memberId, COUNT(*) AS ever,
           SUM(CASE WHEN issuedAtMs >= ? THEN 1 ELSE 0 END) AS today
         FROM coupon WHERE templateId = ? AND memberId IN ${inList(tx)} GROUP BY memberId`,
        [todayMs, id, listParameter(tx, [...new Set(memberIds)])],
      )
      for (const { memberId, ever, today } of rows)
        counts.set(countKey({ templateId: id, memberId }), {
          ever: Number(ever),
          today: Number(today),
        })
    }
    return counts
  }

  async #write(
    tx: Tx,
    fresh: readonly (Coupon & { actor: string })[],
    { templates, nowMs }: { templates: readonly CouponTemplate[]; nowMs: number },
  ): Promise<void> {
    if (fresh.length === 0) return
    const touched = new Set(fresh.map(({ templateId }) => templateId))
    await tx.updateEach(
      'coupon_template',
      'id',
      ['issued'],
      templates.filter(({ id }) => touched.has(id)).map(({ id, issued }) => [id, issued]),
    )
    await tx.insert(
      'coupon',
      COUPON_COLUMNS,
      fresh.map((coupon) => valuesOf(coupon, COUPON_COLUMNS)),
    )
    await noteSteps(
      tx,
      fresh.map(({ id, actor }) => ({
        ...{ couponId: id, actor, kind: 'issued', atMs: nowMs, aboutId: null },
      })),
    )
  }
}

interface Count {
  ever: number
  today: number
}
const NONE: Count = { ever: 0, today: 0 }

function countKey({ templateId, memberId }: { templateId: string; memberId: string }): string {
  return `${templateId}|${memberId}`
}

function answerAgain(before: Coupon, gift: Gift): Given {
  const isSame = before.templateId === gift.templateId && before.memberId === gift.memberId
  return isSame ? { ok: true, coupon: before, isNew: false } : refuse('idempotency_conflict')
}

function whyNotGiven(
  template: CouponTemplate,
  count: Count,
  { isClaim, nowMs }: { isClaim: boolean; nowMs: number },
): Refusal | null {
  const { state, stock, issued, memberMax, memberDayMax, claimFromMs, claimUntilMs } = template
  if (state !== 'open') return refuse('coupon_template_stopped')
  const isOpen = claimFromMs !== null && nowMs >= claimFromMs && nowMs < (claimUntilMs ?? Infinity)
  if (isClaim && !isOpen) return refuse('coupon_claim_closed')
  if (memberMax !== null && count.ever >= memberMax) return refuse('coupon_member_max')
  if (memberDayMax !== null && count.today >= memberDayMax) return refuse('coupon_day_max')
  if (stock !== null && issued >= stock) return refuse('coupon_out_of_stock')
  return null
}

function versionFor(gift: Gift, template: CouponTemplate): VersionKey {
  return { templateId: template.id, version: gift.owedVersion ?? gift.version ?? template.version }
}

function freshCoupon(
  { memberId, sourceKey, givenById }: Gift,
  of: VersionKey & { terms: CouponTerms; nowMs: number },
): Coupon {
  const { templateId, version, terms, nowMs } = of
  return {
    id: mintId(nowMs),
    code: String(randomInt(0, CODE_END)).padStart(CODE_DIGITS, '0'),
    ...{ templateId, version, memberId },
    state: 'issued',
    sourceKey,
    givenById: givenById ?? null,
    issuedAtMs: nowMs,
    ...validityOf(terms.validity, nowMs),
    reservationId: null,
    purchaseId: null,
    offFen: null,
    endedAtMs: null,
  }
}
