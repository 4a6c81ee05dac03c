// What the console's page about redeeming without a network reads: every kind of finding, and tills of
// stores with long names. It holds what is asked and answered to the contracts.
import { pageQuerySchema } from '@huike/shared/contracts/common'
import {
  offlineFindingsPageSchema,
  offlineReleaseSchema,
  offlineSettingsSchema,
  offlineTillsSchema,
  type OfflineFinding,
  type OfflineRelease,
  type OfflineSettings,
} from '@huike/shared/contracts/offline'
import { memberIdAt } from './console-members-stand-in.js'
import type { Routes } from './console-stand-in.js'

export const LONG_STORE = '回客生活超市人民路步行街旗舰店二层进口食品馆'
const AT_MS = Date.parse('2026-05-03T18:30:00+08:00')
const FINDINGS: Partial<OfflineFinding>[] = [
  { kind: 'points_short', points: 300 as never },
  { kind: 'points_over', points: 100_000 as never },
  { kind: 'coupon_gone', offFen: 9_999_999 as never },
  { kind: 'code_invalid' },
  { kind: 'late', offFen: 1_000 as never },
  { kind: 'unknown', points: 20 as never },
  ...Array.from({ length: 20 }, (): Partial<OfflineFinding> => ({
    ...{ kind: 'refused', code: 'offline_clock', storeName: LONG_STORE, memberId: null },
  })),
]

/** A chain whose tills hold what there is. */
export function offlineStandIn() {
  const state = {
    settings: { isOn: false, hours: 12, pointsMax: 500 } as OfflineSettings,
    released: [] as OfflineRelease[],
  }
  const findings = FINDINGS.map((finding, at) => ({
    ...{ id: `01JX0000000000000000000${String(999 - at)}`, kind: 'refused', code: null },
    ...{ storeName: '人民路店', terminalCode: '01', memberId: memberIdAt(0) },
    ...{ points: null, offFen: null, atMs: AT_MS, ...finding },
  }))
  const tills = ['01JX0000000000000000000TA1', '01JX0000000000000000000TA2'].map((id, at) => ({
    ...{ terminalId: id, terminalCode: `0${String(at + 1)}`, coupons: 280 + at, members: 100 },
    ...{ storeName: at === 0 ? LONG_STORE : '建设路店', untilMs: AT_MS },
  }))
  const routes: Routes = {
    'GET /offline/settings': () => state.settings,
    'PUT /offline/settings': ({ body }) => {
      state.settings = offlineSettingsSchema.parse(body)
      return state.settings
    },
    'GET /offline/findings': ({ query }) => {
      const { cursor, limit } = pageQuerySchema.parse(Object.fromEntries(query))
      const below = findings.filter(({ id }) => cursor === undefined || id < cursor)
      const shown = below.slice(0, limit)
      const nextCursor = below.length > limit ? (shown.at(-1)?.id ?? null) : null
      return offlineFindingsPageSchema.strict().parse({ findings: shown, nextCursor })
    },
    'GET /offline/tills': () => {
      const gone = new Set(state.released.map((one) => one.terminalId as string))
      const left = tills.filter(({ terminalId }) => !gone.has(terminalId))
      return offlineTillsSchema.strict().parse({ tills: left })
    },
    'POST /offline/release': ({ body }) => {
      state.released.push(offlineReleaseSchema.parse(body))
      return { released: 281 }
    },
  }
  return { routes, state }
}
