// What the console's pages of the levels read. It refuses as the server does, and holds what is asked
// and answered to the contracts.
import {
  levelTrialAskedSchema,
  levelTrialSchema,
  levelTrialsSchema,
  type LevelTrial,
} from '@huike/shared/contracts/console-level-trials'
import { POINTS_VALUE_DEFAULT } from '@huike/shared/contracts/console-points-report'
import {
  levelNamesSchema,
  levelsPageSchema,
  schemeDraftSchema,
  schemeVersionSchema,
  type SchemeDraft,
  type SchemeTerms,
  type SchemeVersion,
} from '@huike/shared/contracts/levels'
import { FIRST_SCHEME, schemeFault } from '@huike/shared/levels'
import type { Fen } from '@huike/shared/quantities'
import { Refused, type Routes } from './console-stand-in.js'

const DAY_MS = 86_400_000
const BEGAN_MS = Date.parse('2026-05-01T00:00:00+08:00')
export const LEVEL_TRIAL_ID = '01JX0PJ0000000000000000009'
const MEMBER_ID = '01JX0MB0000000000000000001'
const LONG_STORE = '北京市朝阳区建国门外大街一号国贸商城负一层便利店'
export const LONG_LEVEL = '至尊黑金终身荣誉私享会员'

const [base] = FIRST_SCHEME.levels
const NONE = base?.benefits

/** What is in force, as a person published it. */
export const LEVELS: SchemeTerms = {
  ...termsOnly(FIRST_SCHEME),
  levels: [
    ...FIRST_SCHEME.levels,
    {
      ...{ code: 'silver', name: '银卡会员', threshold: 1_000 },
      benefits: { ...NONE, birthdayPoints: 200 } as never,
    },
    {
      ...{ code: 'black', name: LONG_LEVEL, threshold: 100_000_000 },
      benefits: {
        ...{ birthdayPoints: 100_000, birthdayGift: '店长手写贺卡和当季蛋糕一份' },
        ...{ freeShippingCoupons: 4, earlyAccessHours: 48 },
        words: ['专属客服通道，全年无休', '优先售后，上门取件'],
      },
    },
  ],
  growth: { growth: 1, perFen: 100 as Fen, perPurchase: 10, purchasesPerDayMax: 2 },
}

/** Everything the pages of the levels ask for, and the drafts that were sent. */
export function levelsStandIn() {
  const sent: SchemeDraft[] = []
  const state: { versions: SchemeVersion[]; trialState: LevelTrial['state'] } = {
    trialState: 'done',
    versions: [
      versionOf(2, LEVELS, { effectiveFromMs: BEGAN_MS, state: 'now' }),
      versionOf(1, FIRST_SCHEME, { effectiveFromMs: null, state: 'past' }),
    ],
  }
  const answer = () =>
    levelsPageSchema.strict().parse({
      versions: state.versions,
      members: LEVELS.levels.map(({ code, name }, index) => ({
        ...{ code, name, count: index === 0 ? 1_234_567 : 18 },
      })),
    })
  let tried = LEVELS
  const trial = () => trialOf(tried, state.trialState)
  const publish = (terms: SchemeTerms, effectiveFromMs: number) => {
    const next = (state.versions[0]?.scheme.version ?? 1) + 1
    const version = versionOf(next, terms, { effectiveFromMs, state: 'coming' })
    state.versions = [version, ...state.versions]
  }
  const routes: Routes = {
    'GET /levels': answer,
    'GET /levels/names': () =>
      levelNamesSchema.strict().parse({
        levels: state.versions[0]?.scheme.levels.map(({ code, name }) => ({ code, name })),
      }),
    'POST /levels/trials': ({ body }) => {
      tried = levelTrialAskedSchema.parse(body).terms
      state.trialState = 'running'
      return trial()
    },
    'GET /levels/trials': () => levelTrialsSchema.parse({ trials: [trialOf(LEVELS, 'done', 1)] }),
    [`GET /levels/trials/${LEVEL_TRIAL_ID}`]: trial,
    [`POST /levels/trials/${LEVEL_TRIAL_ID}/cancel`]: () => {
      state.trialState = 'cancelled'
      return trial()
    },
    'POST /levels': ({ body }) => {
      const draft = schemeDraftSchema.parse(body)
      sent.push(draft)
      const [latest] = state.versions
      if (draft.basedOnVersion !== latest?.scheme.version) return new Refused('scheme_changed')
      if (schemeFault(draft.terms, latest.scheme) !== null) return new Refused('scheme_invalid')
      publish(draft.terms, draft.effectiveFromMs ?? Date.now())
      return answer()
    },
  }
  return { routes, sent, state, publish, tried: () => tried }
}

function trialOf(terms: SchemeTerms, trialState: LevelTrial['state'], n = 9): LevelTrial {
  const pair = (fromCode: string, toCode: string, members: number) => ({
    ...{ fromCode, toCode, members },
    examples:
      fromCode === toCode
        ? []
        : [
            { memberId: MEMBER_ID, masked: '138****5678' },
            { memberId: MEMBER_ID, masked: null },
          ],
  })
  const given = { sales: 4_321, nowPoints: 60_000, trialPoints: 90_123 }
  return levelTrialSchema.strict().parse({
    ...{ id: LEVEL_TRIAL_ID.replace(/9$/, String(n)), state: trialState, by: '欧阳娜娜' },
    ...{ doneRows: 402_000, totalRows: 1_234_585, createdAtMs: BEGAN_MS },
    ...{ finishedAtMs: null, asked: { terms }, value: POINTS_VALUE_DEFAULT },
    result:
      trialState === 'done'
        ? {
            ...{ members: 1_234_585, up: 1_200, down: 45, isGrownAnew: false },
            pairs: [
              pair('base', 'base', 1_233_322),
              pair('base', 'silver', 1_200),
              ...[pair('silver', 'silver', 18), pair('black', 'silver', 40)],
              pair('black', 'base', 5),
            ],
            cost: {
              ...{ fromDate: '2025-06-03', toDate: '2026-06-03', otherStores: null },
              ...{ sales: 8_642, nowPoints: 120_000, trialPoints: 180_246 },
              stores: ['人民路店', LONG_STORE].map((name) => ({ ...given, name })),
            },
          }
        : null,
  })
}

function versionOf(
  version: number,
  terms: SchemeTerms,
  as: { effectiveFromMs: number | null; state: SchemeVersion['state'] },
): SchemeVersion {
  const isFirst = as.effectiveFromMs === null
  return schemeVersionSchema.parse({
    ...as,
    scheme: { ...termsOnly(terms), version },
    publishedAtMs: isFirst ? null : BEGAN_MS - DAY_MS,
    publishedBy: isFirst ? null : '赵运营',
  })
}

function termsOnly(terms: SchemeTerms & { version?: number }): SchemeTerms {
  const { version, ...rest } = terms
  return version === undefined ? terms : rest
}
