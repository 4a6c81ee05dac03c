// What the console's page of reviews reads, held to the contracts.
import {
  reviewPageSchema,
  reviewRowSchema,
  reviewVerdictSchema,
  type ReviewRow,
  type ReviewVerdict,
} from '@huike/shared/contracts/reviews'
import { Refused, type Routes } from './console-stand-in.js'

const WRITTEN_MS = Date.UTC(2026, 5, 3, 6, 10)
export const LONG_WORDS =
  '鸡蛋碎了一个，其他都好。店员很热情，' + '下次还来这一家，推荐给同小区的邻居们。'.repeat(9)

/** Two reviews that wait, and what was decided of them. */
export function reviewsStandIn() {
  const told: ReviewVerdict[] = []
  let rows: ReviewRow[] = [
    rowOf('2', { stars: 4, text: LONG_WORDS, storeName: '北京市朝阳区建国门外大街一号国贸商城店' }),
    rowOf('1', { stars: 1, text: '', pointsNow: 0 }),
  ]
  const routes: Routes = {
    'GET /reviews': ({ query }) => {
      const state = query.get('state') ?? 'waiting'
      const reviews = rows.filter((row) => row.state === state)
      return reviewPageSchema.strict().parse({ reviews, nextCursor: null })
    },
    'POST /reviews/:id/decide': ({ params, body }) => {
      const verdict = reviewVerdictSchema.parse(body)
      const before = rows.find(({ id }) => id === params.id)
      if (!before) return new Refused('not_found')
      told.push(verdict)
      const decided = reviewRowSchema.parse({
        ...{ ...before, state: verdict.verdict, decidedAtMs: WRITTEN_MS, decidedBy: '李店长' },
        givenPoints: verdict.verdict === 'approved' ? before.pointsNow : null,
        reason: verdict.verdict === 'declined' ? verdict.reason : null,
      })
      rows = rows.map((row) => (row.id === decided.id ? decided : row))
      return decided
    },
  }
  return { routes, told }
}

function rowOf(end: string, said: object): ReviewRow {
  return reviewRowSchema.parse({
    ...{ id: `01JX0000000000000000000RV${end}`, state: 'waiting', storeName: '人民路店' },
    ...{ memberId: '01JX0000000000000000000MM1', memberNo: '000012345674' },
    ...{ phoneMasked: '138****5678', businessDate: '2026-06-01', totalFen: 2132 },
    ...{ pointsNow: 20, givenPoints: null, reason: null, writtenAtMs: WRITTEN_MS },
    ...{ decidedAtMs: null, decidedBy: null },
    ...said,
  })
}
