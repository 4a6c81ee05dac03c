// What the console's pages of the levels read. It refuses as the server does, and holds what is asked
// and answered to the contracts.
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
  const state: { versions: SchemeVersion[] } = {
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
  return { routes, sent, state, publish }
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
