import { Injectable } from '@nestjs/common'
import type {
  CouponRule as RuleView,
  CouponRuleChange,
  CouponRuleDraft,
  CouponRules,
} from '@huike/shared/contracts/console-coupon-rules'
import { couponHeadline } from '@huike/shared/coupon-words'
import type { CouponRuleId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs } from '@huike/shared/quantities'
import { CouponRuleAwardsService } from '../../coupons/coupon-rule-awards.service.js'
import { CouponRulesService, type RuleNow, type Ruled } from '../../coupons/coupon-rules.service.js'
import { CouponTemplatesService, versionKey } from '../../coupons/coupon-templates.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'

/** Two requests may meet at the key; the later then finds what the earlier wrote. */
const RACES_MAX = 3

export type RuleAnswer = { ok: true; rule: RuleView } | Refusal

/** Rules that give coupons, as the console shows and changes them. */
@Injectable()
export class CouponRulesPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: CouponRulesService,
    private readonly awards: CouponRuleAwardsService,
    private readonly templates: CouponTemplatesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  all(): Promise<CouponRules> {
    return this.database.read(async (rx) => ({
      rules: await this.#views(rx, await this.rules.all(rx)),
    }))
  }

  /** Refuses as `CouponRulesService.create` does. */
  async create(by: ActingStaff, draft: CouponRuleDraft): Promise<RuleAnswer> {
    const nowMs = this.clock.nowMs()
    for (let race = 1; ; race += 1) {
      try {
        const made = await this.database.write(async (tx): Promise<Ruled> => {
          const known = await this.rules.lock(tx, draft.requestId)
          const ruled = await this.rules.create(tx, draft, { staffId: by.id, nowMs })
          if (ruled.ok && !known)
            await this.audit.append(tx, {
              ...{ staffId: by.id, action: 'coupon.rule_created', subjectId: ruled.rule.id },
              ...{ detail: detailOf(draft), atMs: nowMs },
            })
          return ruled
        })
        return await this.#answer(made)
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** Refuses as `CouponRulesService.change` does. */
  async change(by: ActingStaff, id: string, change: CouponRuleChange): Promise<RuleAnswer> {
    const nowMs = this.clock.nowMs()
    const changed = await this.database.write(async (tx): Promise<Ruled> => {
      const ruled = await this.rules.change(tx, id, change, { staffId: by.id, nowMs })
      if (ruled.ok)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action: 'coupon.rule_changed', subjectId: id },
          ...{ detail: detailOf(change), atMs: nowMs },
        })
      return ruled
    })
    return this.#answer(changed)
  }

  async #answer(done: Ruled): Promise<RuleAnswer> {
    if (!done.ok) return done
    const { rules } = await this.all()
    const rule = rules.find(({ id }) => id === done.rule.id)
    return rule ? { ok: true, rule } : refuse('not_found')
  }

  async #views(rx: Statements, rules: readonly RuleNow[]): Promise<RuleView[]> {
    if (rules.length === 0) return []
    const templates = await this.templates.byIds(
      rx,
      rules.map(({ terms }) => terms.templateId),
    )
    const keys = new Map(templates.map(({ id, version }) => [id, { templateId: id, version }]))
    const termsOf = await this.templates.termsOf(rx, [...keys.values()])
    const names = await this.staff.namesOf(
      rx,
      rules.map(({ publishedBy }) => publishedBy),
    )
    const counts = await this.awards.countsOf(
      rx,
      rules.map(({ rule }) => rule.id),
      this.clock.nowMs(),
    )
    return rules.map(({ rule, terms, publishedAtMs, publishedBy }): RuleView => {
      const key = keys.get(terms.templateId)
      const coupon = key && termsOf.get(versionKey(key))
      const own = counts.filter(({ ruleId }) => ruleId === rule.id)
      const standing = own.find(({ refusal }) => refusal === null)
      const { given, waiting, count: all } = standing ?? { given: 0, waiting: 0, count: 0 }
      return {
        id: rule.id as CouponRuleId,
        ...{ version: rule.version, kind: rule.kind as RuleView['kind'], terms },
        isOn: rule.state === 'on',
        couponName: coupon?.name ?? '',
        headline: coupon ? couponHeadline(coupon) : '',
        ...{ given, waiting, lapsed: all - given - waiting },
        refused: own.flatMap(({ refusal, count }) =>
          refusal === null ? [] : [{ reason: refusal, count }],
        ),
        changedAtMs: epochMs(publishedAtMs),
        changedBy: names.get(publishedBy) ?? '',
      }
    })
  }
}

function detailOf({ isOn, terms }: Pick<CouponRuleDraft, 'isOn' | 'terms'>): string {
  return `${terms.name}，${isOn ? '启用' : '停用'}`
}
