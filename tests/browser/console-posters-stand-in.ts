// What the console's page of posters reads: one of every state, one with a long name. It holds what is
// asked and answered to the contracts.
import { pageQuerySchema } from '@huike/shared/contracts/common'
import {
  couponPosterSchema,
  posterDraftSchema,
  postersPageSchema,
  type CouponPosterView,
  type PosterDraft,
} from '@huike/shared/contracts/coupon-posters'
import { LONG_COUPON, templateId } from './console-coupons-stand-in.js'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const DAY_MS = 86_400_000
const BEGAN_MS = Date.parse('2026-05-01T09:30:00+08:00')
/** As many characters as a name may have. */
export const LONG_POSTER = '人民路旗舰店开业三周年会员日大促销第一场'
/** There already. */
export const TAKEN_CODE = 'TAKEN2026'

/** Everything the page of posters asks for, beside coupons. */
export function postersStandIn() {
  const state = {
    posters: [
      posterOf(3, { name: '建设路店开业', taken: 36, takenByNew: 21, used: 12, total: 100 }),
      posterOf(2, {
        ...{ name: LONG_POSTER, couponName: LONG_COUPON, code: 'HUIKE2026MAYDAYS' },
        ...{ state: 'empty', storeId: STORE_IDS[1], total: 88_888_888, taken: 88_888_888 },
        ...{ takenByNew: 77_777_777, used: 66_666_666 },
        sales: { purchases: 66_666_666, totalFen: 9_999_999_999 },
      }),
      posterOf(1, {
        ...{ name: '春游集市', state: 'stopped' },
        stopped: { atMs: BEGAN_MS + DAY_MS, by: '欧阳慕容诸葛上官婉儿小姐' },
      }),
    ],
    drafts: [] as PosterDraft[],
  }
  const routes: Routes = {
    'GET /coupons/posters': ({ query }) => {
      pageQuerySchema.parse(Object.fromEntries(query))
      return postersPageSchema.strict().parse({ posters: state.posters, nextCursor: null })
    },
    'POST /coupons/posters': ({ body }) => {
      const draft = posterDraftSchema.parse(body)
      state.drafts.push(draft)
      if (draft.code === TAKEN_CODE) return new Refused('coupon_poster_code_taken')
      const { requestId: id, templateId: of, name, storeId, code, fromMs, untilMs, total } = draft
      const said = { id, name, storeId, code, fromMs, untilMs, total }
      const made = posterOf(4, { ...said, templateId: of })
      state.posters = [made, ...state.posters]
      return made
    },
    'POST /coupons/posters/:id/stop': ({ params }) => {
      const found = state.posters.find(({ id }) => id === params['id'])
      if (found === undefined) return new Refused('not_found')
      const stopped = couponPosterSchema.parse({
        ...{ ...found, state: 'stopped', stopped: { atMs: BEGAN_MS + DAY_MS, by: '王总' } },
      })
      state.posters = state.posters.map((one) => (one.id === stopped.id ? stopped : one))
      return stopped
    },
  }
  return { routes, state }
}

function posterOf(n: number, over: object): CouponPosterView {
  return couponPosterSchema.strict().parse({
    ...{ id: `01JX00000000000000000P0ST${String(n)}`, templateId: templateId(3) },
    ...{ couponName: '满百减十', headline: '满 ¥100 减 ¥10', storeId: null, code: 'HUIKE2026' },
    ...{ name: '海报', fromMs: BEGAN_MS, untilMs: BEGAN_MS + 7 * DAY_MS, total: null },
    ...{ state: 'open', taken: 0, takenByNew: 0, used: 0, sales: { purchases: 0, totalFen: 0 } },
    ...{ createdAtMs: BEGAN_MS, createdBy: '王总', stopped: null },
    ...over,
  })
}
