import { Injectable } from '@nestjs/common'
import {
  COUPON_RULES_MAX,
  couponRuleTermsSchema,
  type CouponRuleChange,
  type CouponRuleDraft,
  type CouponRuleKind,
  type CouponRuleTerms,
} from '@huike/shared/contracts/console-coupon-rules'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { CouponRuleVersion } from './coupon-rule-version.entity.js'
import type { CouponRule } from './coupon-rule.entity.js'
import { CouponTemplatesService } from './coupon-templates.service.js'

// The rules that give coupons by themselves. What one says is a version that is never changed, so that
// every coupon it gave can be read beside the words that gave it.

const RULE_COLUMNS = [
  'id',
  'kind',
  'state',
  'version',
  'walkedDate',
  'walkedUpTo',
  'createdAtMs',
  'createdBy',
] as const satisfies (keyof CouponRule)[]
const CHANGING_COLUMNS = [
  'state',
  'version',
  'walkedDate',
  'walkedUpTo',
] as const satisfies (keyof CouponRule)[]
const VERSION_COLUMNS = [
  'ruleId',
  'version',
  'state',
  'terms',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof CouponRuleVersion)[]

/** A rule as it stands, with what it says now. */
export interface RuleNow {
  rule: CouponRule
  terms: CouponRuleTerms
  publishedAtMs: number
  publishedBy: string
}
export type Ruled = { ok: true; rule: CouponRule } | Refusal

interface Actor {
  staffId: string
  nowMs: number
}

@Injectable()
export class CouponRulesService {
  constructor(private readonly templates: CouponTemplatesService) {}

  /**
   * Makes a rule, once for its request. Refuses `not_found` (no such coupon), `coupon_template_stopped`,
   * `idempotency_conflict`, and `input_invalid` where there are too many.
   */
  async create(tx: Tx, draft: CouponRuleDraft, by: Actor): Promise<Ruled> {
    const { requestId: id, kind, isOn, terms } = draft
    const known = await this.lock(tx, id)
    if (known) return answerAgain(tx, known, draft)
    const refusal = await this.#whyNot(tx, { isOn, terms })
    if (refusal) return refusal
    const [row] = await tx.rows<{ rules: number | string }>(
      'SELECT COUNT(*) AS rules FROM coupon_rule',
    )
    if (Number(row?.rules) >= COUPON_RULES_MAX)
      return refuse('input_invalid', `最多 ${String(COUPON_RULES_MAX)} 条规则，请改用原有的`)
    const rule: CouponRule = {
      ...{ id, kind, state: stateOf(isOn), version: 1, walkedDate: null, walkedUpTo: null },
      ...{ createdAtMs: by.nowMs, createdBy: by.staffId },
    }
    await tx.insert('coupon_rule', RULE_COLUMNS, [valuesOf(rule, RULE_COLUMNS)])
    await publish(tx, rule, terms, by)
    return { ok: true, rule }
  }

  /**
   * Publishes what a rule says from now on. Refuses as `create` does, and `coupon_rule_changed` where
   * somebody was first.
   */
  async change(tx: Tx, id: string, change: CouponRuleChange, by: Actor): Promise<Ruled> {
    const rule = await this.lock(tx, id)
    if (!rule) return refuse('not_found')
    if (rule.version !== change.basedOnVersion) return refuse('coupon_rule_changed')
    if (rule.kind !== 'birthday' && change.terms.daysBefore > 0)
      return refuse('input_invalid', '只有生日可以提前发')
    if ((rule.kind === 'purchase') !== (change.terms.purchase !== undefined))
      return refuse('input_invalid', '消费的条件只用于“每次消费”的规则，而且必须写明')
    const refusal = await this.#whyNot(tx, change)
    if (refusal) return refusal
    const changed = { ...rule, state: stateOf(change.isOn), version: rule.version + 1 }
    // Birthdays while it was off are not made up for.
    if (rule.state === 'off') Object.assign(changed, { walkedDate: null, walkedUpTo: null })
    await tx.updateEach('coupon_rule', 'id', CHANGING_COLUMNS, [
      [id, ...valuesOf(changed, CHANGING_COLUMNS)],
    ])
    await publish(tx, changed, change.terms, by)
    return { ok: true, rule: changed }
  }

  /** Every rule, the newest first. */
  async all(statements: Statements): Promise<RuleNow[]> {
    return said(
      statements,
      await statements.rows<CouponRule>(
        `SELECT * FROM coupon_rule ORDER BY createdAtMs DESC, id DESC
         LIMIT ${String(COUPON_RULES_MAX)}`,
      ),
    )
  }

  /** The rules of these kinds that are on. */
  async on(statements: Statements, kinds: readonly CouponRuleKind[]): Promise<RuleNow[]> {
    return said(
      statements,
      await statements.rows<CouponRule>(
        `SELECT * FROM coupon_rule WHERE state = 'on' AND kind IN ${inList(statements)}
         ORDER BY id LIMIT ${String(COUPON_RULES_MAX)}`,
        [listParameter(statements, kinds)],
      ),
    )
  }

  /** What rules said in the versions of these. */
  async termsThen(
    statements: Statements,
    versions: readonly { ruleId: string; version: number }[],
  ): Promise<Map<string, CouponRuleTerms>> {
    if (versions.length === 0) return new Map()
    const rows = await statements.rows<CouponRuleVersion>(
      `SELECT ruleId, version, terms FROM coupon_rule_version
       WHERE ruleId IN ${inList(statements)} AND version IN ${inList(statements)}`,
      [
        listParameter(statements, [...new Set(versions.map(({ ruleId }) => ruleId))]),
        listParameter(statements, [...new Set(versions.map(({ version }) => version))]),
      ],
    )
    return new Map(
      rows.map((row) => [ruleKey(row), couponRuleTermsSchema.parse(JSON.parse(row.terms))]),
    )
  }

  /** Whether there is a rule of a kind, on or off: what it gave may have to be taken back. */
  async isAny(tx: Tx, kind: CouponRuleKind): Promise<boolean> {
    const rows = await tx.rows(
      `SELECT id FROM coupon_rule WHERE state IN ('on', 'off') AND kind = ? LIMIT 1`,
      [kind],
    )
    return rows.length > 0
  }

  /** Whether any rule waits for what happens. */
  async isAnyOn(tx: Tx, kinds: readonly CouponRuleKind[]): Promise<boolean> {
    const rows = await tx.rows(
      `SELECT id FROM coupon_rule WHERE state = 'on' AND kind IN ${inList(tx)} LIMIT 1`,
      [listParameter(tx, kinds)],
    )
    return rows.length > 0
  }

  /** One rule, locked, with what it says now; null where there is none, or it is off. */
  async lockOn(tx: Tx, id: string): Promise<RuleNow | null> {
    const rule = await this.lock(tx, id)
    const [now] = rule?.state === 'on' ? await said(tx, [rule]) : []
    return now ?? null
  }

  /** One rule, locked. */
  async lock(tx: Tx, id: string): Promise<CouponRule | null> {
    const [row] = await tx.rows<CouponRule>(
      `SELECT * FROM coupon_rule WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  /** Says how far the birthdays of a day were given; null: all of them. */
  async walked(tx: Tx, id: string, date: string, upTo: string | null): Promise<void> {
    await tx.run('UPDATE coupon_rule SET walkedDate = ?, walkedUpTo = ? WHERE id = ?', [
      date,
      upTo,
      id,
    ])
  }

  /** One that is off may name what is stopped. */
  async #whyNot(
    tx: Tx,
    { isOn, terms }: { isOn: boolean; terms: CouponRuleTerms },
  ): Promise<Refusal | null> {
    const [template] = await this.templates.byIds(tx, [terms.templateId])
    if (!template) return refuse('not_found', '没有这种券')
    return isOn && template.state !== 'open' ? refuse('coupon_template_stopped') : null
  }
}

/** What a rule said in one of its versions, as a key. */
export function ruleKey({ ruleId, version }: { ruleId: string; version: number }): string {
  return `${ruleId}|${String(version)}`
}

/** Whether a rule gives on a day of the chain, `YYYY-MM-DD`. */
export function isGivenOn({ fromDate, toDate }: CouponRuleTerms, day: string): boolean {
  return day >= fromDate && (toDate === null || day <= toDate)
}

function stateOf(isOn: boolean): 'on' | 'off' {
  return isOn ? 'on' : 'off'
}

async function answerAgain(tx: Tx, known: CouponRule, draft: CouponRuleDraft): Promise<Ruled> {
  const [first] = await tx.rows<CouponRuleVersion>(
    'SELECT * FROM coupon_rule_version WHERE ruleId = ? AND version = 1',
    [known.id],
  )
  const isSame =
    known.kind === draft.kind &&
    first?.state === stateOf(draft.isOn) &&
    first.terms === JSON.stringify(draft.terms)
  return isSame ? { ok: true, rule: known } : refuse('idempotency_conflict')
}

async function said(statements: Statements, rules: readonly CouponRule[]): Promise<RuleNow[]> {
  if (rules.length === 0) return []
  const versions = await statements.rows<CouponRuleVersion>(
    `SELECT v.* FROM coupon_rule r JOIN coupon_rule_version v
       ON v.ruleId = r.id AND v.version = r.version WHERE r.id IN ${inList(statements)}`,
    [
      listParameter(
        statements,
        rules.map(({ id }) => id),
      ),
    ],
  )
  const byRule = new Map(versions.map((version) => [version.ruleId, version]))
  return rules.map((rule) => {
    const now = byRule.get(rule.id)
    if (!now) throw new Error(`rule ${rule.id} says nothing`)
    const { publishedAtMs, publishedBy } = now
    const terms = couponRuleTermsSchema.parse(JSON.parse(now.terms))
    return { rule, terms, publishedAtMs, publishedBy }
  })
}

async function publish(
  tx: Tx,
  { id, version, state }: CouponRule,
  terms: CouponRuleTerms,
  { staffId, nowMs }: Actor,
): Promise<void> {
  const row: CouponRuleVersion = {
    ...{ ruleId: id, version, state, terms: JSON.stringify(terms) },
    ...{ publishedAtMs: nowMs, publishedBy: staffId },
  }
  await tx.insert('coupon_rule_version', VERSION_COLUMNS, [valuesOf(row, VERSION_COLUMNS)])
}
