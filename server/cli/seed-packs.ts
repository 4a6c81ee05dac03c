import type { INestApplicationContext } from '@nestjs/common'
import type { TemplateDraft } from '@huike/shared/contracts/console-coupons'
import type { PackDraft } from '@huike/shared/contracts/console-packs'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import type { CouponTemplateId, RequestId } from '@huike/shared/ids'
import { epochMs, fen } from '@huike/shared/quantities'
import { CouponTemplatesService } from '../coupons/coupon-templates.service.js'
import { PackTemplatesService } from '../packs/pack-templates.service.js'
import type { Database } from '../platform/database.js'
import { mintId } from '../platform/ids.js'

// A coupon pack of the demo: bought on the phone, paid for with the sandbox's WeChat Pay.

const NO_LIMITS: TemplateDraft['limits'] = {
  ...{ state: 'open', stock: null, memberMax: null, memberDayMax: null, counterDayMax: null },
  ...{ budgetFen: null, usesMax: null, claimFromMs: null, claimUntilMs: null },
}
const EVERY_ORDER = {
  ...{ leastFen: fen(5_000), goods: null, notGoods: null, storeIds: [], channels: [] },
  ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
}

/** Sells one pack: three coupons a month, for three months. */
export async function seedPacks(
  app: INestApplicationContext,
  database: Database,
  staffId: string,
): Promise<void> {
  const coupons = app.get(CouponTemplatesService, { strict: false })
  const packs = app.get(PackTemplatesService, { strict: false })
  const by = { staffId, nowMs: Date.now() }
  const terms = couponTermsSchema.parse({
    ...{ name: '券包满减券', gives: { kind: 'amount', amountFen: fen(1_000) }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true, when: EVERY_ORDER },
    validity: { kind: 'days', afterDays: 0, days: 30 },
    ...{ refund: 'given_back', bearer: 'chain' },
  })
  await database.write(async (tx) => {
    const requestId = mintId(by.nowMs) as RequestId
    const made = await coupons.create(tx, { requestId, terms, limits: NO_LIMITS }, by)
    if (!made.ok) throw new Error(made.code)
    const draft = packOf(made.template.id as CouponTemplateId, by.nowMs)
    const saved = await packs.create(tx, draft, by)
    if (!saved.ok) throw new Error(saved.code)
  })
}

function packOf(templateId: CouponTemplateId, nowMs: number): PackDraft {
  const when = { kind: 'monthly' as const, months: 3 }
  const items = [{ templateId, count: 3, when, worthFen: fen(1_000) }]
  return {
    requestId: mintId(nowMs),
    terms: { title: '季度券包', priceFen: fen(1_990), items },
    limits: { state: 'open', stock: null, memberMax: 1, fromMs: epochMs(nowMs), untilMs: null },
  }
}
