// What the console's pages of coupons read: kinds of every sort, one with a long name. It refuses as
// the server does, and holds what is asked and answered to the contracts.
import { pageQuerySchema } from '@huike/shared/contracts/common'
import {
  couponStorySchema,
  couponTemplateSchema,
  giveCouponSchema,
  templateChangeSchema,
  templateDraftSchema,
  templatesPageSchema,
  type CouponStory,
  type CouponTemplateView,
  type GiveCoupon,
  type TemplateChange,
  type TemplateDraft,
} from '@huike/shared/contracts/console-coupons'
import {
  couponRuleChangeSchema,
  couponRuleDraftSchema,
  couponRuleSchema,
  couponRulesSchema,
  couponRuleTermsSchema,
  type CouponRule,
  type CouponRuleDraft,
} from '@huike/shared/contracts/console-coupon-rules'
import { codesReportSchema, codesSummarySchema } from '@huike/shared/contracts/coupon-codes'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { Page } from 'playwright-core'
import { memberIdAt } from './console-members-stand-in.js'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const DAY_MS = 86_400_000
const BEGAN_MS = Date.parse('2026-05-01T09:30:00+08:00')
/** As many characters as a name may have. */
export const LONG_COUPON = '欧阳娜娜店长推荐周末全家生鲜水果满减券一'
export const CODE = '003141592653'
export const LONG_RULE = '会员生日月凭券到店免费领取鲜花和蛋糕一份'

const EVERY_ORDER = {
  ...{ leastFen: 10_000, goods: null, notGoods: null, storeIds: [], channels: [] },
  ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
}
const REQUEST = '01JX0000000000000000000REQ'
const PLAIN = templateDraftSchema.parse({
  requestId: REQUEST,
  terms: {
    ...{ name: '满百减十', gives: { kind: 'amount', amountFen: 1_000 }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true, when: EVERY_ORDER },
    validity: { kind: 'days', afterDays: 0, days: 30 },
    ...{ refund: 'given_back', bearer: 'chain' },
  },
  limits: {
    ...{ state: 'open', stock: null, memberMax: null, memberDayMax: null, counterDayMax: null },
    ...{ budgetFen: null, usesMax: null, claimFromMs: null, claimUntilMs: null },
  },
})
const goods = (name: string) => ({ name, codes: ['6901'], prefixes: [], words: [name] })
const LONG = templateDraftSchema.parse({
  requestId: REQUEST,
  terms: {
    ...PLAIN.terms,
    ...{ name: LONG_COUPON, gives: { kind: 'percent', percentOff: 15, mostFen: 9_999_999_999 } },
    ...{ class: 'goods', stacking: 'alone', withPoints: false },
    when: {
      leastFen: 10_000_000_000,
      ...{
        goods: goods('应季生鲜水果和蔬菜净菜类'.slice(0, 12)),
        notGoods: goods('烟酒和各类购物储值卡等'),
      },
      ...{ storeIds: [...STORE_IDS], channels: ['pos'], levelCodes: ['silver', 'black'] },
      ...{
        isFirstPurchase: true,
        weekdays: [1, 2, 3, 4, 5, 6],
        fromTime: '17:00',
        toTime: '21:30',
      },
    },
    validity: { kind: 'dates', fromDate: '2026-05-01', toDate: '2026-12-31' },
  },
  limits: {
    ...{ state: 'open', stock: 100_000_000, memberMax: 3, memberDayMax: 1, counterDayMax: null },
    ...{ budgetFen: 10_000_000_000, usesMax: 100_000_000 },
    ...{ claimFromMs: BEGAN_MS, claimUntilMs: Date.parse('2199-12-31T00:00:00+08:00') },
  },
})

/** Everything the pages of coupons ask for beside members, stores and levels. */
export function couponsStandIn() {
  const state = {
    templates: [
      templateOf(3, PLAIN, { issued: 1_234, uses: 56, spentFen: 56_000 }),
      templateOf(2, LONG, { issued: 88_888_888, uses: 77_777_777, spentFen: 9_999_999_999 }),
      templateOf(1, stopped(), { issued: 20, uses: 3, spentFen: 2_400 }),
    ],
    drafts: [] as TemplateDraft[],
    changes: [] as TemplateChange[],
    gifts: [] as GiveCoupon[],
    rules: [
      ruleOf(templateId(102), {
        ...{ kind: 'birthday', terms: { ...RULE, name: LONG_RULE, levelCodes: ['black'] } },
        ...{ given: 88_888_888, waiting: 66_666, lapsed: 5_555 },
        ...{ refused: [{ reason: 'coupon_out_of_stock', count: 7_777 }] },
      }),
      ruleOf(templateId(101), { kind: 'level_up', isOn: false, terms: RULE }),
    ],
    ruleDrafts: [] as CouponRuleDraft[],
    codes: { imported: 100_000, used: 4, stockLeft: null as number | null },
    /** Files of codes that were sent. */
    files: [] as string[],
    /** Coupons that were given, by the request that gave them. */
    given: new Map<string, CouponStory>(),
  }
  const found = (id: string | undefined) => state.templates.find((one) => one.id === id)
  const put = (changed: CouponTemplateView) => {
    state.templates = state.templates.map((one) => (one.id === changed.id ? changed : one))
    return changed
  }
  /** Somebody else publishes another version. */
  const changeTerms = (id: string, terms: Partial<TemplateDraft['terms']>) => {
    const now = found(id)
    if (now === undefined) throw new Error(`no template ${id}`)
    const draft = templateDraftSchema.parse({
      requestId: REQUEST,
      terms: { ...now.terms, ...terms },
      limits: now.limits,
    })
    return put(templateOf(0, draft, now, { id, version: now.version + 1 }))
  }
  const routes: Routes = {
    'GET /coupons/templates': ({ query }) => {
      const { cursor, limit } = pageQuerySchema.parse(Object.fromEntries(query))
      const below = state.templates.filter(({ id }) => cursor === undefined || id < cursor)
      const shown = below.slice(0, limit)
      return templatesPageSchema.strict().parse({
        templates: shown,
        nextCursor: below.length > limit ? (shown.at(-1)?.id ?? null) : null,
      })
    },
    'POST /coupons/templates': ({ body }) => {
      const draft = templateDraftSchema.parse(body)
      state.drafts.push(draft)
      const made = templateOf(state.templates.length + 1, draft, NOTHING)
      state.templates = [made, ...state.templates]
      return made
    },
    'GET /coupons/templates/:id': ({ params }) => found(params['id']) ?? new Refused('not_found'),
    'POST /coupons/templates/:id': ({ params, body }) => {
      const change = templateChangeSchema.parse(body)
      state.changes.push(change)
      const now = found(params['id'])
      if (now === undefined) return new Refused('not_found')
      const isLimits = JSON.stringify(change.basedOnLimits) === JSON.stringify(now.limits)
      if (change.basedOnVersion !== now.version || !isLimits)
        return new Refused('coupon_template_changed')
      const isSame = JSON.stringify(change.terms) === JSON.stringify(now.terms)
      const version = now.version + (isSame ? 0 : 1)
      return put(templateOf(0, change, now, { id: now.id, version }))
    },
    'POST /coupons/given': ({ body }) => {
      const gift = giveCouponSchema.parse(body)
      state.gifts.push(gift)
      const template = found(gift.templateId)
      if (template === undefined) return new Refused('not_found')
      const story = state.given.get(gift.requestId) ?? storyOf(template, gift.memberId)
      state.given.set(gift.requestId, story)
      return story
    },
    'GET /coupons/templates/:id/codes': () => codesSummarySchema.strict().parse(state.codes),
    'POST /coupons/templates/:id/codes': ({ body }) => {
      state.files.push(String(body))
      state.codes = { imported: 100_004, used: 4, stockLeft: 99_999 }
      return codesReportSchema.strict().parse({
        ...{ added: 4, known: 2, elsewhere: 1, onPosters: 2, faulty: 101 },
        faults: Array.from({ length: 100 }, (_one, at) => ({ row: at + 2, reason: 'short' })),
      })
    },
    'GET /coupons/rules': () => couponRulesSchema.strict().parse({ rules: state.rules }),
    'POST /coupons/rules': ({ body }) => {
      const { requestId, ...draft } = couponRuleDraftSchema.parse(body)
      state.ruleDrafts.push({ requestId, ...draft })
      const before = state.rules.find(({ id }) => id === (requestId as string))
      if (before !== undefined) return before
      const made = ruleOf(requestId, draft)
      state.rules = [made, ...state.rules]
      return made
    },
    'POST /coupons/rules/:id': ({ params, body }) => {
      const { basedOnVersion, ...change } = couponRuleChangeSchema.parse(body)
      const now = state.rules.find(({ id }) => id === params['id'])
      if (now === undefined) return new Refused('not_found')
      if (now.version !== basedOnVersion) return new Refused('coupon_rule_changed')
      const changed = ruleOf(now.id, { ...now, ...change, version: now.version + 1 })
      state.rules = state.rules.map((one) => (one.id === now.id ? changed : one))
      return changed
    },
    'GET /coupons/by-code/:code': ({ params }) =>
      params['code'] === CODE ? LIVED : new Refused('coupon_not_found'),
  }
  /** Somebody else stops giving them. */
  const stop = (id: string) => {
    const now = found(id)
    if (now !== undefined) put({ ...now, limits: { ...now.limits, state: 'stopped' } })
  }
  return { routes, state, changeTerms, stop }
}

/** Has a new campaign give one of these; answers what was offered. */
export async function chooseForCampaign(page: Page, name: string): Promise<string[]> {
  await page.getByLabel('送一张券').click()
  const offered = page.locator('.ant-select-item-option')
  await offered.first().waitFor()
  const names = await offered.allInnerTexts()
  await offered.filter({ hasText: name }).click()
  await page.getByText('全部用掉最多减').first().waitFor()
  return names
}

/** Adds so many plain kinds, older than all others. */
export function manyTemplates(count: number): CouponTemplateView[] {
  return Array.from({ length: count }, (_one, at) => templateOf(-at, PLAIN, NOTHING))
}

const RULE = couponRuleTermsSchema.parse({
  ...{ name: '升级送券', templateId: templateId(3), fromDate: '2026-05-01', toDate: null },
  ...{ levelCodes: [], daysBefore: 0 },
})

function ruleOf(id: string, over: Partial<CouponRule>): CouponRule {
  return couponRuleSchema.strict().parse({
    ...{ id, version: 1, isOn: true, given: 0, waiting: 0, lapsed: 0, refused: [] },
    ...{ couponName: '满百减十', headline: '满 ¥100 减 ¥10' },
    ...{ changedAtMs: BEGAN_MS, changedBy: '欧阳慕容诸葛上官婉儿小姐', ...over },
  })
}

const NOTHING = { issued: 0, uses: 0, spentFen: 0 }

function templateOf(
  place: number,
  { terms, limits }: Omit<TemplateDraft, 'requestId'>,
  { issued, uses, spentFen }: { issued: number; uses: number; spentFen: number },
  as: { id: string; version: number } = { id: templateId(place), version: 1 },
): CouponTemplateView {
  return couponTemplateSchema.strict().parse({
    ...as,
    ...{ terms, limits, issued, uses, spentFen, createdAtMs: BEGAN_MS },
    ...{ headline: couponHeadline(terms), conditions: couponConditions(terms) },
  })
}

/** The id of the template at a place: later ones sort behind. */
export function templateId(place: number): string {
  return `01JX000000000000000000${String(5_000 + place)}`
}

function stopped(): TemplateDraft {
  const gives = { kind: 'gift' as const, mostFen: null }
  const when = { ...EVERY_ORDER, leastFen: 0, goods: goods('面包') }
  return templateDraftSchema.parse({
    requestId: REQUEST,
    terms: { ...PLAIN.terms, name: '免费尝一个面包', gives, class: 'goods', when },
    limits: { ...PLAIN.limits, state: 'stopped', stock: 20 },
  })
}

function storyOf({ terms, headline }: CouponTemplateView, memberId: string): CouponStory {
  return couponStorySchema.strict().parse({
    ...{ couponId: '01JX0000000000000000000CP2', code: '271828182845', name: terms.name },
    ...{ headline, memberId, state: 'issued', poster: null, counterReason: 'sorry' },
    ...{ validFromMs: BEGAN_MS, validUntilMs: BEGAN_MS + 30 * DAY_MS },
    steps: [{ kind: 'issued', atMs: BEGAN_MS, by: '王总', aboutId: null }],
  })
}

/** A coupon to which everything happened. */
const LIVED = couponStorySchema.strict().parse({
  ...{ couponId: '01JX0000000000000000000CP1', code: CODE, name: LONG_COUPON, headline: '8.5 折' },
  ...{ memberId: memberIdAt(0), state: 'expired' },
  counterReason: null,
  poster: { name: '人民路店开业三周年会员日大促', code: 'HUIKE2026MAY' },
  ...{ validFromMs: BEGAN_MS, validUntilMs: BEGAN_MS + 30 * DAY_MS },
  steps: [
    ...[['issued', '会员本人'] as const, ['reserved', '二号收银台'] as const],
    ...[['released', '超时退回'] as const, ['reserved', '二号收银台'] as const],
    ...[['redeemed', '二号收银台'] as const, ['given_back', '系统'] as const],
    ...[['moved', '欧阳慕容诸葛上官婉儿小姐'] as const, ['expired', '到期'] as const],
  ].map(([kind, by], at) => ({ kind, by, atMs: BEGAN_MS + at * DAY_MS, aboutId: null })),
})
