import { Injectable } from '@nestjs/common'
import type {
  CounterCounts,
  CouponStory,
  CouponTemplateView,
  GiveCoupon,
  TemplateChange,
  TemplateDraft,
  TemplatesPage,
} from '@huike/shared/contracts/console-coupons'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { PageQuery } from '@huike/shared/contracts/common'
import type { CouponId, CouponTemplateId, MemberId, StoreId } from '@huike/shared/ids'
import { isUlid } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import { CounterGiftsService } from '../../coupons/counter-gifts.service.js'
import { CouponClaimsService } from '../../coupons/coupon-claims.service.js'
import { CouponPostersService } from '../../coupons/coupon-posters.service.js'
import type { CouponStep } from '../../coupons/coupon-step.entity.js'
import type { CouponTemplate } from '../../coupons/coupon-template.entity.js'
import {
  CouponTemplatesService,
  limitsOf,
  versionKey,
} from '../../coupons/coupon-templates.service.js'
import { CouponsService } from '../../coupons/coupons.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { StoresService } from '../../stores/stores.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { VisibleMembersService } from './visible-members.service.js'

/** Who does something to coupons by itself, in words. */
const SYSTEMS: Readonly<Record<string, string>> = {
  expiry: '到期',
  reservations: '超时退回',
  erasure: '注销',
  merge: '合并规则',
  campaign: '活动',
  rule: '自动发券规则',
}

/** Two requests may meet at the key; the later then finds what the earlier wrote. */
const RACES_MAX = 3

/** Coupons, as the console shows and gives them. */
@Injectable()
export class CouponsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly templatesOf: CouponTemplatesService,
    private readonly coupons: CouponsService,
    private readonly claims: CouponClaimsService,
    private readonly posters: CouponPostersService,
    private readonly visible: VisibleMembersService,
    private readonly staff: StaffService,
    private readonly stores: StoresService,
    private readonly audit: StaffAuditService,
    private readonly counters: CounterGiftsService,
  ) {}

  templates({ cursor, limit }: PageQuery): Promise<TemplatesPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const rows = await this.templatesOf.page(rx, { beforeId: cursor ?? null, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        templates: await this.#views(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** One template. Refuses `not_found`. */
  template(id: string): Promise<{ ok: true; template: CouponTemplateView } | Refusal> {
    return this.database.read(async (rx) => {
      const [found] = await this.templatesOf.byIds(rx, [id])
      return found
        ? { ok: true as const, template: await this.#view(rx, found) }
        : refuse('not_found')
    })
  }

  /** Refuses as `CouponTemplatesService.create` does. */
  async create(
    by: ActingStaff,
    draft: TemplateDraft,
  ): Promise<{ ok: true; template: CouponTemplateView } | Refusal> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#createOnce(tx, by, draft))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #createOnce(
    tx: Tx,
    by: ActingStaff,
    draft: TemplateDraft,
  ): Promise<{ ok: true; template: CouponTemplateView } | Refusal> {
    const nowMs = this.clock.nowMs()
    const made = await this.templatesOf.create(tx, draft, { staffId: by.id, nowMs })
    if (!made.ok) return made
    if (made.isFresh)
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'coupon.template_created', subjectId: made.template.id },
        ...{ detail: draft.terms.name, atMs: nowMs },
      })
    return { ok: true, template: await this.#view(tx, made.template) }
  }

  /** Refuses as `CouponTemplatesService.change` does. */
  change(
    by: ActingStaff,
    id: string,
    change: TemplateChange,
  ): Promise<{ ok: true; template: CouponTemplateView } | Refusal> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const changed = await this.templatesOf.change(tx, id, change, { staffId: by.id, nowMs })
      if (!changed.ok) return changed
      const { version } = changed.template
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'coupon.template_changed', subjectId: id },
        ...{ detail: `${change.terms.name}，第 ${String(version)} 版`, atMs: nowMs },
      })
      return { ok: true as const, template: await this.#view(tx, changed.template) }
    })
  }

  /** Gives one. Refuses `member_not_found`, of other stores' members too, and as `give` does. */
  async give(
    by: ActingStaff,
    { requestId, templateId, memberId, reason }: GiveCoupon,
  ): Promise<{ ok: true; story: CouponStory } | Refusal> {
    const member = await this.database.read((rx) => this.visible.find(rx, by, memberId))
    if (!member) return refuse('member_not_found')
    const given = await this.claims.give({
      templateId,
      memberId: member.id,
      sourceKey: `staff|${by.id}|${requestId}`,
      actor: `staff:${by.id}`,
      isClaim: false,
      also: (tx, coupon) =>
        this.audit.append(tx, {
          ...{ staffId: by.id, action: 'coupon.given', subjectId: coupon.id },
          ...{ detail: reason, atMs: coupon.issuedAtMs },
        }),
    })
    return given.ok ? this.story(by, given.coupon.code) : given
  }

  /**
   * How many of a kind each store that `by` may see gave at its counter, those of today first. Refuses
   * `not_found`.
   */
  counts(by: ActingStaff, id: string): Promise<{ ok: true; counts: CounterCounts } | Refusal> {
    return this.database.read(async (rx) => {
      if ((await this.templatesOf.byIds(rx, [id])).length === 0) return refuse('not_found')
      const counts = await this.counters.countsByStore(rx, id, by.storeIds)
      const names = await this.stores.namesOf(
        rx,
        counts.map(({ storeId }) => storeId),
      )
      const stores = counts
        .map((one) => ({
          ...one,
          storeId: one.storeId as StoreId,
          name: names.get(one.storeId) ?? '',
        }))
        .sort((a, b) => b.today - a.today || b.ever - a.ever)
      return { ok: true as const, counts: { stores } }
    })
  }

  /** What happened to one coupon. Refuses `coupon_not_found`, of members out of sight too. */
  story(by: ActingStaff, code: string): Promise<{ ok: true; story: CouponStory } | Refusal> {
    return this.database.read(async (rx) => {
      const found = await this.coupons.storyOf(rx, code)
      if (!found) return refuse('coupon_not_found')
      const { coupon, terms, steps } = found
      if (!(await this.visible.find(rx, by, coupon.memberId))) return refuse('coupon_not_found')
      const names = await this.#namesOf(rx, steps)
      const [poster] = await this.posters.byIds(rx, [coupon.givenById ?? ''])
      return {
        ok: true as const,
        story: {
          couponId: coupon.id as CouponId,
          code: coupon.code,
          name: terms.name,
          headline: couponHeadline(terms),
          memberId: coupon.memberId as MemberId,
          state: coupon.state as CouponStory['state'],
          counterReason: await this.counters.reasonOf(rx, coupon.id),
          poster: poster ? { name: poster.name, code: poster.code } : null,
          validFromMs: epochMs(coupon.validFromMs),
          validUntilMs: epochMs(coupon.validUntilMs),
          steps: steps.map(({ kind, atMs, actor, aboutId }) => ({
            ...{ kind, aboutId },
            atMs: epochMs(atMs),
            by: names(actor),
          })),
        },
      }
    })
  }

  async #namesOf(rx: Statements, steps: readonly CouponStep[]): Promise<(actor: string) => string> {
    const idsOf = (kind: string) =>
      steps.flatMap(({ actor }) =>
        actor.startsWith(`${kind}:`) ? [actor.slice(kind.length + 1)] : [],
      )
    const staff = await this.staff.namesOf(rx, idsOf('staff'))
    const tills = await this.stores.terminalNamesOf(rx, idsOf('terminal'))
    return (actor) => {
      const [kind = '', id = ''] = actor.split(':')
      switch (kind) {
        case 'staff':
          return staff.get(id) ?? '员工'
        case 'terminal':
          return tills.get(id) ?? '收银台'
        case 'member':
          return '会员本人'
        default:
          return SYSTEMS[id] ?? '系统'
      }
    }
  }

  async #view(rx: Statements, template: CouponTemplate): Promise<CouponTemplateView> {
    const [view] = await this.#views(rx, [template])
    if (!view) throw new Error(`template ${template.id} has no version`)
    return view
  }

  async #views(
    rx: Statements,
    templates: readonly CouponTemplate[],
  ): Promise<CouponTemplateView[]> {
    const keys = templates.map(({ id, version }) => ({ templateId: id, version }))
    const termsOf = await this.templatesOf.termsOf(rx, keys)
    return templates.flatMap((template) => {
      const { id, version, issued, uses, spentFen, createdAtMs } = template
      const terms = termsOf.get(versionKey({ templateId: id, version }))
      if (!terms) return []
      return [
        {
          id: id as CouponTemplateId,
          ...{ version, terms, issued, uses },
          limits: limitsOf(template),
          headline: couponHeadline(terms),
          conditions: couponConditions(terms),
          spentFen: fen(spentFen),
          createdAtMs: epochMs(createdAtMs),
        },
      ]
    })
  }
}
