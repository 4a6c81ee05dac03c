// What the console's pages of the rules of earning read: a chain with a rule of every kind. It
// refuses as the server does, and holds what is asked and answered to the contracts.
import { consoleStoresSchema } from '@huike/shared/contracts/console'
import {
  earningDraftSchema,
  earningVersionsSchema,
  type EarningDraft,
  type EarningTerms,
  type EarningVersions,
} from '@huike/shared/contracts/console-points'
import { pointsSettingsSchema } from '@huike/shared/contracts/spending'
import { FIRST_ACTIVITIES } from '@huike/shared/activities'
import {
  activityDraftSchema,
  activityVersionsSchema,
  type ActivityTerms,
  type ActivityVersion,
} from '@huike/shared/contracts/activities'
import { FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { epochMs } from '@huike/shared/quantities'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const DAY_MS = 86_400_000
const BEGAN_MS = Date.parse('2026-05-01T00:00:00+08:00')
export const LONG_STORE = '北京市朝阳区建国门外大街一号国贸商城负一层便利店'

/** What holds now, as a person published it. */
export const HOLDS: EarningTerms = {
  ...FIRST_RULE,
  bonuses: [
    {
      name: '会员日',
      when: { ...EVERY_SALE, channels: ['pos'], daysOfMonth: [8, 18, 28] },
      gives: { kind: 'times', tenths: 20 },
    },
    {
      name: '欧阳娜娜店长推荐周三礼',
      when: { ...EVERY_SALE, storeIds: [...STORE_IDS] as never, weekdays: [1, 2, 3, 7] },
      gives: { kind: 'points', points: 20 },
    },
  ],
  orderPointsMax: 500,
  expiry: { kind: 'months', months: 12 },
}

const SPENT = pointsSettingsSchema.parse({
  spending: {
    ...{ points: 100, fen: 100, leastPoints: 100, stepPoints: 100, orderPercentMax: 50 },
    ...{ orderPointsMax: null, leastOrderFen: 0, isCodeNeeded: true },
  },
  refunds: 'negative',
})

type Version = EarningVersions['versions'][number]

/** Everything the pages of the rules ask for, and the drafts that were sent. */
export function pointsStandIn() {
  const sent: EarningDraft[] = []
  const state = {
    versions: [
      versionOf(3, { ...HOLDS, points: 2 }, Date.now() + 30 * DAY_MS),
      versionOf(2, HOLDS, BEGAN_MS),
      { ...versionOf(1, FIRST_RULE, BEGAN_MS), ...NEVER_PUBLISHED },
    ],
    settings: SPENT,
    activities: [
      { ...activitiesOf(1, FIRST_ACTIVITIES, BEGAN_MS), ...NEVER_PUBLISHED, state: 'now' as const },
    ] as ActivityVersion[],
    /** A server whose clock is ahead of the page's. */
    aheadMs: 0,
  }
  const answer = () => earningVersionsSchema.strict().parse({ versions: stated(state.versions) })
  const routes: Routes = {
    'GET /settings/points': () => state.settings,
    'PUT /settings/points': ({ body }) => {
      state.settings = pointsSettingsSchema.parse(body)
      return state.settings
    },
    'GET /stores': () => STORES,
    'GET /points/rules': answer,
    'POST /points/rules': ({ body }) => {
      const draft = earningDraftSchema.parse(body)
      const nowMs = Date.now() + state.aheadMs
      sent.push(draft)
      const latest = state.versions.find(({ withdrawnAtMs }) => withdrawnAtMs === null)
      if (draft.basedOnVersion !== latest?.rule.version) return new Refused('rule_changed')
      if ((draft.effectiveFromMs ?? nowMs) < nowMs) return new Refused('rule_in_past')
      if (draft.terms.points > draft.terms.perFen && !draft.isGenerousMeant)
        return new Refused('rule_generous')
      publish(draft.terms, draft.effectiveFromMs ?? nowMs)
      return answer()
    },
    'POST /points/rules/3/withdraw': () => {
      state.versions = state.versions.map((one) =>
        one.rule.version === 3
          ? { ...one, withdrawnAtMs: epochMs(Date.now()), withdrawnBy: '赵运营' }
          : one,
      )
      return answer()
    },
    'GET /points/activities': () => activities(),
    'POST /points/activities': ({ body }) => {
      const { terms, basedOnVersion } = activityDraftSchema.parse(body)
      const latest = state.activities[0]?.rule.version ?? 1
      if (basedOnVersion !== latest) return new Refused('rule_changed')
      addActivities(terms)
      return activities()
    },
  }
  const activities = () => activityVersionsSchema.strict().parse({ versions: state.activities })
  /** Somebody publishes what is given without a purchase. */
  const addActivities = (terms: ActivityTerms) => {
    const version = (state.activities[0]?.rule.version ?? 1) + 1
    const now = { ...activitiesOf(version, terms, Date.now()), state: 'now' as const }
    state.activities = [now, ...state.activities.map((one) => ({ ...one, state: 'past' as const }))]
  }
  /** Somebody publishes. */
  const publish = (terms: EarningTerms, effectiveFromMs: number) => {
    const next = (state.versions[0]?.rule.version ?? 1) + 1
    state.versions = [versionOf(next, terms, effectiveFromMs), ...state.versions]
  }
  return { routes, sent, state, publish, addActivities }
}

/** The version a new installation starts with was published by nobody. */
const NEVER_PUBLISHED = { effectiveFromMs: null, publishedAtMs: null, publishedBy: null }

const STORES = consoleStoresSchema.parse({
  stores: STORE_IDS.map((id, index) => ({
    ...{ id, code: `S${String(index)}`, name: index === 0 ? '人民路店' : LONG_STORE },
    ...{ timeZone: 'Asia/Shanghai', terminals: [] },
  })),
})

function activitiesOf(
  version: number,
  terms: ActivityTerms,
  effectiveFromMs: number,
): ActivityVersion {
  const { rule, ...about } = versionOf(version, FIRST_RULE, effectiveFromMs)
  return { ...about, rule: { ...terms, version: rule.version } }
}

function versionOf(version: number, terms: EarningTerms, effectiveFromMs: number): Version {
  return earningVersionsSchema.shape.versions.element.parse({
    rule: { ...terms, version },
    ...{ state: 'past', effectiveFromMs, publishedBy: '赵运营' },
    publishedAtMs: Math.min(effectiveFromMs, Date.now()) - DAY_MS,
    ...{ withdrawnAtMs: null, withdrawnBy: null },
  })
}

/** Of two that begin together, the one published later holds. */
function stated(versions: readonly Version[]): Version[] {
  const beganMs = ({ effectiveFromMs }: Version) => effectiveFromMs ?? 0
  const nowMs = Date.now()
  const begun = versions.filter((one) => beganMs(one) <= nowMs && one.withdrawnAtMs === null)
  const now = begun.reduce<Version | undefined>(
    (found, one) => (found !== undefined && beganMs(found) >= beganMs(one) ? found : one),
    undefined,
  )
  return versions.map((one) => {
    if (one.withdrawnAtMs !== null) return { ...one, state: 'withdrawn' }
    if (one === now) return { ...one, state: 'now' }
    return { ...one, state: beganMs(one) > nowMs ? 'coming' : 'past' }
  })
}
