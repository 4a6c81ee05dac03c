// What the console's pages of the quality of data read: a chain where some of everything is wrong.
// What is asked and answered is held to the contracts.
import {
  QUALITY_SETTINGS_DEFAULT,
  QUALITY_FIELDS,
  qualityIssuePageSchema,
  qualityIssueQuerySchema,
  qualityIssueSchema,
  qualityOverviewSchema,
  qualityRunsSchema,
  qualityRunSchema,
  qualitySettingsSchema,
  qualitySettleSchema,
  qualityTrendQuerySchema,
  qualityTrendSchema,
  sampleAskSchema,
  sampleFileSchema,
  sampleSchema,
  samplesSchema,
  verdictAskSchema,
  type QualityFigureCode,
  type QualityIssue,
  type SampleItem,
  type SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import type { Routes } from './console-stand-in.js'

const NOW_MS = Date.parse('2026-06-03T03:04:00+08:00')
const DAY_MS = 86_400_000
const MEMBERS = 12_480
export const LONG_STORE = '北京市朝阳区建国门外大街一号国贸商城负一层便利店'
const idOf = (kind: string, n: number) => `01JX0${kind}${String(n).padStart(19, '0')}`

const RUN = {
  ...{ id: idOf('RN', 1), kind: 'daily', state: 'done', businessDate: '2026-06-03' },
  ...{ doneRows: 1_204_331, totalRows: 1_198_000, createdAtMs: NOW_MS },
  ...{ finishedAtMs: NOW_MS + 61_000, by: null, failing: 3, judged: 14 },
}

/** Everything the pages of the quality ask for, and what was changed through them. */
export function qualityStandIn(): {
  routes: Routes
  changes: { what: string; body: unknown }[]
  state: { isEmpty: boolean; isCounting: boolean }
} {
  const changes: { what: string; body: unknown }[] = []
  const state = { isEmpty: false, isCounting: false }
  let issues = someIssues()
  const items = someItems()
  const sample = () => sampleSchema.strict().parse({ ...SAMPLE, sources: precisions(items) })
  const routes: Routes = {
    'GET /quality': () => {
      const current = { ...RUN, id: idOf('RN', 2), state: 'running', doneRows: 402_000 }
      return qualityOverviewSchema.strict().parse({
        last: state.isEmpty ? null : RUN,
        current: state.isCounting ? { ...current, finishedAtMs: null } : null,
        figures: state.isEmpty ? [] : someFigures(),
        open: state.isEmpty ? [] : [{ kind: 'quantity_huge', count: 2 }],
      })
    },
    'GET /quality/trend': ({ query }) => {
      const { code } = qualityTrendQuerySchema.parse(Object.fromEntries(query))
      return qualityTrendSchema.strict().parse({ code, points: somePoints() })
    },
    'GET /quality/runs': () =>
      qualityRunsSchema.parse({ runs: [RUN, { ...RUN, id: idOf('RN', 0), failing: 0 }] }),
    'POST /quality/runs': () => {
      changes.push({ what: 'count', body: null })
      state.isCounting = true
      return qualityRunSchema.parse({ ...RUN, state: 'waiting', finishedAtMs: null })
    },
    'GET /quality/settings': () => QUALITY_SETTINGS_DEFAULT,
    'PUT /quality/settings': ({ body }) => {
      const settings = qualitySettingsSchema.parse(body)
      changes.push({ what: 'settings', body: settings })
      return settings
    },
    'GET /quality/issues': ({ query }) => {
      const asked = qualityIssueQuerySchema.parse(Object.fromEntries(query))
      const found = issues.filter((one) => one.state === asked.state)
      return qualityIssuePageSchema.strict().parse({
        issues: found.map((one) => ({ ...one, kind: asked.kind })),
        nextCursor: null,
      })
    },
    'POST /quality/issues/:id/settle': ({ params, body }) => {
      const answer = qualitySettleSchema.parse(body)
      changes.push({ what: 'settle', body: answer })
      issues = issues.map((one) =>
        one.id === params['id']
          ? { ...one, ...answer, settledAtMs: NOW_MS as never, settledBy: '王总' }
          : one,
      )
      return issues.find(({ id }) => id === params['id'])
    },
    'GET /quality/samples': () => samplesSchema.parse({ samples: state.isEmpty ? [] : [sample()] }),
    'POST /quality/samples': ({ body }) => {
      changes.push({ what: 'draw', body: sampleAskSchema.parse(body) })
      return { ...sample(), state: 'drawing', sources: [] }
    },
    'GET /quality/samples/:id': () => sampleFileSchema.strict().parse({ ...sample(), items }),
    'POST /quality/samples/:id/items/:itemNo': ({ params, body }) => {
      const { verdict } = verdictAskSchema.parse(body)
      changes.push({ what: `verdict ${params['itemNo'] ?? ''}`, body: verdict })
      const item = items[Number(params['itemNo']) - 1]
      if (item) item.verdict = verdict
      return sample()
    },
  }
  return { routes, changes, state }
}

const SAMPLE = {
  ...{ id: idOf('SM', 1), kind: 'merge', state: 'open', seed: 71_344_918_233, perSource: 20 },
  ...{ createdAtMs: NOW_MS, by: '赵运营' },
}

function someFigures(): object[] {
  const figure = (
    code: QualityFigureCode,
    [part, whole]: [number, number],
    rest: { group?: string; threshold?: number; passes?: boolean } = {},
  ) => ({ code, group: '', part, whole, threshold: null, passes: null, ...rest })
  const ofFields = QUALITY_FIELDS.flatMap((field, index) => {
    const code = `has_${field}` as const
    const part = Math.round(MEMBERS * (1 - index / 10))
    const judged = index === 0 ? { threshold: 9_500, passes: true } : {}
    return [
      figure(code, [part, MEMBERS], judged),
      figure(code, [Math.round(part * 0.7), 9_000], { group: 'channel:pos' }),
      figure(code, [Math.round(part * 0.25), 3_480], { group: 'channel:wechat' }),
      figure(code, [Math.round(part * 0.7), 9_000], { group: 'source:till' }),
      figure(code, [Math.round(part * 0.25), 3_480], { group: 'source:import:youzan_members' }),
    ]
  })
  return [
    ...ofFields,
    figure('identity_twice', [0, 20_000], { threshold: 0, passes: true }),
    figure('pair_open', [120, MEMBERS], { threshold: 200, passes: true }),
    figure('bought_before_joined', [3, 1_000_000], { threshold: 50, passes: true }),
    figure('refund_without_sale', [820, 6_000], { threshold: 1_000, passes: false }),
    figure('quantity_huge', [2, 1_000_000], { threshold: 0, passes: false }),
    figure('amount_outlier', [4, 90_000]),
  ]
}

function somePoints(): object[] {
  return Array.from({ length: 30 }, (_, n) => ({
    businessDate: new Date(NOW_MS - (29 - n) * DAY_MS).toISOString().slice(0, 10),
    atMs: NOW_MS - (29 - n) * DAY_MS,
    ...{ part: 11_000 + n * 30, whole: MEMBERS, threshold: 9_000, passes: n > 7 },
  }))
}

function someIssues(): QualityIssue[] {
  return [1, 2].map((n) =>
    qualityIssueSchema.strict().parse({
      ...{ id: idOf('SS', n), kind: 'quantity_huge', state: 'open', storeName: LONG_STORE },
      members: n === 1 ? [{ memberId: idOf('MM', 1), memberNo: '900000000017' }] : [],
      evidence: {
        ...{
          receiptNo: `R00${String(n)}`,
          item: '农夫山泉饮用天然水550ml整箱装促销',
          totalFen: 200_000,
        },
        ...{ quantityMilli: 1_000_000 * n, businessDate: '2026-06-02', occurredAtMs: NOW_MS },
      },
      ...{ foundAtMs: NOW_MS, settledAtMs: null, settledBy: null },
    }),
  )
}

function someItems(): SampleItem[] {
  const side = (n: number, name: string | null, isMerged: boolean) => ({
    ...{ memberId: idOf('MM', n), memberNo: `9000000000${String(n).padStart(2, '0')}` },
    ...{ phoneMasked: isMerged ? '' : '138****8000', nameMasked: name, birthdayMonthDay: '03-08' },
    ...{ registeredChannel: isMerged ? 'online' : 'pos', registeredStoreName: LONG_STORE },
    ...{ memberSinceMs: NOW_MS - n * DAY_MS, isMerged },
  })
  const verdicts: (SampleVerdict | null)[] = ['right', 'right', 'wrong', 'unsure', null, null]
  return verdicts.map((verdict, index) => ({
    ...{ itemNo: index + 1, source: index < 4 ? 'till' : 'import:youzan_members' },
    sides: [side(2 * index + 1, '张**', false), side(2 * index + 2, '張**', true)] as never,
    ...{ verdict, decidedAtMs: null, decidedBy: verdict === null ? null : '赵运营' },
  }))
}

function precisions(items: readonly SampleItem[]): object[] {
  return ['import:youzan_members', 'till'].map((source) => {
    const own = items.filter((item) => item.source === source)
    const times = (verdict: SampleVerdict) => own.filter((one) => one.verdict === verdict).length
    const decided = times('right') + times('wrong')
    return {
      ...{ source, population: source === 'till' ? 812 : 96, drawn: own.length },
      ...{ right: times('right'), wrong: times('wrong'), unsure: times('unsure') },
      precision: decided === 0 ? null : times('right') / decided,
      low: decided === 0 ? null : 0.2077,
      high: decided === 0 ? null : 0.939,
    }
  })
}
