// What the console's pages of the owner read of the points book: a check that found something, what
// is owed, and a rule that was tried. What is asked and answered is held to the contracts.
import { hotItemsQuerySchema, hotItemsSchema } from '@huike/shared/contracts/console-mall-report'
import {
  POINTS_VALUE_DEFAULT,
  pointsCheckAskedSchema,
  pointsCheckSchema,
  pointsChecksSchema,
  pointsOwedPageSchema,
  pointsTrialAskedSchema,
  pointsTrialSchema,
  pointsTrialsSchema,
  type PointsCheck,
  type PointsTrialAsked,
} from '@huike/shared/contracts/console-points-report'
import type { Routes } from './console-stand-in.js'

const NOW_MS = Date.parse('2026-06-03T03:04:00+08:00')
const idOf = (n: number) => `01JX0PJ${String(n).padStart(19, '0')}`
const LONG_EXCHANGED = '欧阳娜娜店长推荐周末全家露营折叠桌椅四件套含收纳袋送防潮垫大'
const MEMBER_ID = '01JX0MB0000000000000000001'
export const TRIAL_ID = idOf(9)

const MANY = 88_888_888
const figuresOf = (points: number) => ({ exchanges: 12, pieces: 15, points, endedExchanges: 3 })
const NO_EXCHANGES = {
  total: { exchanges: 0, pieces: 0, points: 0, endedExchanges: 0 },
  ...{ categories: [], items: [], others: null },
}
const EXCHANGES = {
  total: figuresOf(MANY),
  categories: [{ category: '生活日用品与户外用品', ...figuresOf(MANY) }],
  items: [
    { itemId: idOf(1), name: LONG_EXCHANGED, kind: 'goods', ...figuresOf(MANY - 500) },
    { itemId: idOf(2), name: '满减券', kind: 'coupon', ...figuresOf(300) },
  ],
  others: figuresOf(200),
}

/** Everything the pages ask for, what was asked of them, and how they stand. */
export function pointsReportStandIn(longStore: string) {
  const state = { isWrong: true, isUnderWay: false, isEmpty: false }
  const begun: string[] = []
  let asked: PointsTrialAsked | null = null
  const routes: Routes = {
    'GET /points/checks': () =>
      pointsChecksSchema.strict().parse({
        current: state.isUnderWay ? checkOf(3, 'running', false) : null,
        checks: state.isEmpty ? [] : [checkOf(2, 'done', state.isWrong), checkOf(1, 'done', false)],
        wholeAtMs: state.isEmpty ? null : NOW_MS + 61_000,
      }),
    'POST /points/checks': ({ body }) => {
      begun.push(pointsCheckAskedSchema.parse(body).scope)
      state.isUnderWay = true
      return checkOf(3, 'waiting', false)
    },
    'GET /points/exchanges': ({ query }) => {
      hotItemsQuerySchema.parse(Object.fromEntries(query))
      return hotItemsSchema.strict().parse(state.isEmpty ? NO_EXCHANGES : EXCHANGES)
    },
    'GET /points/owed': () => pointsOwedPageSchema.strict().parse(owedPage(state.isEmpty)),
    'POST /points/owed': () => pointsOwedPageSchema.strict().parse(owedPage(state.isEmpty)),
    'POST /points/trials': ({ body }) => {
      asked = pointsTrialAskedSchema.parse(body)
      return trialOf(asked, longStore)
    },
    'GET /points/trials': () =>
      pointsTrialsSchema.parse({
        trials: [{ ...trialOf(ASKED, longStore), id: idOf(10) }],
      }),
    [`GET /points/trials/${TRIAL_ID}`]: () => trialOf(asked ?? ASKED, longStore),
  }
  return { routes, state, begun, asked: () => asked }
}

const ASKED = pointsTrialAskedSchema.parse({
  terms: {
    ...{ points: 2, perFen: 100, bonuses: [], orderPointsMax: 500 },
    expiry: { kind: 'months', months: 12 },
  },
  ...{ fromDate: '2026-01-01', toDate: '2026-03-31' },
})

function checkOf(n: number, checkState: PointsCheck['state'], isWrong: boolean): PointsCheck {
  return pointsCheckSchema.strict().parse({
    ...{ id: idOf(n), state: checkState, scope: 'all', by: n === 2 ? '欧阳娜娜' : null },
    ...{ doneRows: 402_000, totalRows: 1_198_000, createdAtMs: NOW_MS },
    finishedAtMs: checkState === 'done' ? NOW_MS + 61_000 : null,
    result:
      checkState === 'done'
        ? {
            ...{ accounts: 12_480, transfers: 1_204_331, memberPoints: 9_876_543 },
            ...{ checkpoints: 120, checkpointAtMs: NOW_MS },
            findings: isWrong ? FINDINGS : [],
          }
        : null,
  })
}

const FINDINGS = [
  {
    ...{ table: 'points_transfer', row: idOf(77), memberId: MEMBER_ID },
    words: '这笔流水的内容被改过',
  },
  {
    ...{ table: 'points_checkpoint', row: '12', memberId: null },
    words: '检查点的签名不对',
  },
]

function owedPage(isEmpty: boolean) {
  const months = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06']
  return {
    ...{ value: POINTS_VALUE_DEFAULT, current: null, levelNames: { base: '普通会员' } },
    asOfMs: isEmpty ? null : NOW_MS,
    owed: isEmpty
      ? null
      : {
          ...{ openPoints: 9_876_543, debtPoints: 1_204, breakagePoints: 1_481_481 },
          ages: months.map((_month, n) => ({ months: n, points: 2_000_000 - n * 210_000 })),
          expiries: [
            { month: '2026-12', points: 3_000_000 },
            { month: '2027-12', points: 6_000_000 },
            { month: null, points: 876_543 },
          ],
          months: months.map((month, n) => ({
            ...{ month, issuedPoints: 2_100_000 + n * 1_000, takenBackPoints: 120_345 },
            ...{ spentPoints: 900_000, expiredPoints: n * 3_210 },
            ...{ openPoints: n * 300_000, lostPoints: 315_000 - n * 45_000 },
          })),
          ended: { months: 1, issuedPoints: 2_100_000, lostPoints: 315_000 },
          levels: [
            {
              ...{ levelCode: 'base', members: 12_480, activeMembers: 4_310, purchases: 88_123 },
              ...{ totalFen: 987_654_321, points: 9_875_339 },
            },
          ],
        },
  }
}

function trialOf(asked: PointsTrialAsked, longStore: string) {
  const given = { sales: 4_321, bookPoints: 123_456, trialPoints: 240_123 }
  return pointsTrialSchema.strict().parse({
    ...{ id: TRIAL_ID, state: 'done', doneRows: 8_642, totalRows: null, by: '欧阳娜娜' },
    ...{ createdAtMs: NOW_MS, finishedAtMs: NOW_MS + 9_000, asked, value: POINTS_VALUE_DEFAULT },
    result: {
      ...given,
      ...{ importedSales: 210, replayedPoints: 123_456, differingSales: 0, members: 1_205 },
      ...{ moreMembers: 1_190, fewerMembers: 3, otherStores: null },
      stores: ['人民路店', longStore].map((name, n) => ({
        ...{ name, sales: 2_000 + n, bookPoints: 60_000, trialPoints: 120_000 - n },
      })),
      largest: [
        {
          ...{ memberId: MEMBER_ID, masked: '138****5678', bookPoints: 20, trialPoints: 520 },
        },
        {
          ...{ memberId: idOf(8), masked: null, bookPoints: 220, trialPoints: 20 },
        },
      ],
    },
  })
}
