// What the console's pages of the day, the stores, the staff, the statistics and the settings read:
// a chain of two stores where something is wrong in every way. What is asked and answered is held to
// the contracts.
import { staffCustomersSchema } from '@huike/shared/contracts/console-owners'
import {
  consoleStoresSchema,
  consoleTodaySchema,
  type ConsoleStores,
} from '@huike/shared/contracts/console'
import { SECURITY_SETTINGS_DEFAULT } from '@huike/shared/contracts/console-access'
import {
  MESSAGE_SETTINGS_DEFAULT,
  messageSettingsSchema,
} from '@huike/shared/contracts/console-campaigns'
import { DUPLICATE_SETTINGS_DEFAULT } from '@huike/shared/contracts/console-identity'
import {
  resolutionChangeSchema,
  type ResolutionShown,
} from '@huike/shared/contracts/console-resolution'
import { statisticsQuerySchema, statisticsSchema } from '@huike/shared/contracts/console-members'
import {
  enrolmentAskSchema,
  enrolmentIssuedSchema,
  staffChangeSchema,
  staffListSchema,
  staffMemberSchema,
  staffNewSchema,
  storeChangeSchema,
  storeCreatedSchema,
  storeNewSchema,
  type StaffMember,
} from '@huike/shared/contracts/console-team'
import { Refused, STAFF_ID, STORE_IDS, type Routes } from './console-stand-in.js'

const NOW_MS = Date.now()
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
export const ENROLMENT_CODE = 'K7QF-2M9X-4TBD'
const ENROLMENT_GOOD_MS = DAY_MS
export const LONG_NAME = '欧阳娜娜王李张刘陈杨赵黄周吴徐孙胡朱高林'
export const TODAY = consoleTodaySchema.parse({
  businessDate: '2026-06-03',
  salesCount: 212,
  salesFen: 1_234_567,
  memberSalesCount: 88,
  memberSalesFen: 617_283,
  newMembers: 17,
  pointsGiven: 6_172,
  terminals: { total: 4, silent: 1, behind: 1, unenrolled: 1 },
  parkedCount: 3,
  quality: { failing: 2, anomalies: 1 },
})

const RECOGNISED: ResolutionShown = {
  order: ['phone', 'account', 'email', 'device'],
  quietDays: 365,
  reviewFromFen: null,
  platforms: ['taobao', 'a-platform-with-a-long-name_2026'],
}

/** Answers these pages' routes and remembers what was changed; `changes` is what was sent. */
export function teamStandIn() {
  const changes: { what: string; body: unknown }[] = []
  const state = {
    today: TODAY,
    stores: storesAtFirst(),
    staff: staffAtFirst(),
    settings: MESSAGE_SETTINGS_DEFAULT,
    resolution: RECOGNISED,
    isQuiet: false,
  }
  const routes: Routes = {
    'GET /today': () => state.today,
    'GET /stores': () => state.stores,
    ...storeRoutes(state, changes),
    ...staffRoutes(state, changes),
    'GET /statistics': ({ query }) =>
      statisticsOf(Object.fromEntries(query.entries()), state.isQuiet),
    'GET /settings/duplicates': () => DUPLICATE_SETTINGS_DEFAULT,
    'GET /settings/security': () => SECURITY_SETTINGS_DEFAULT,
    'GET /settings/resolution': () => state.resolution,
    'PUT /settings/resolution': ({ body }) => {
      const { salts, ...rules } = resolutionChangeSchema.parse(body)
      state.resolution = { ...rules, platforms: salts.map(({ platform }) => platform) }
      changes.push({ what: 'resolution', body })
      return state.resolution
    },
    'GET /settings/messages': () => state.settings,
    'PUT /settings/messages': ({ body }) => {
      state.settings = messageSettingsSchema.parse(body)
      changes.push({ what: 'settings', body })
      return state.settings
    },
  }
  return { routes, changes, state }
}

interface State {
  stores: ConsoleStores
  staff: StaffMember[]
}
type Changes = { what: string; body: unknown }[]

function storeRoutes(state: State, changes: Changes): Routes {
  const terminals = () => state.stores.stores.flatMap((store) => store.terminals)
  return {
    'POST /stores': ({ body }) => {
      const store = storeNewSchema.parse(body)
      if (state.stores.stores.some(({ code }) => code === store.code))
        return new Refused('name_taken')
      const { id } = storeCreatedSchema.parse({ id: '01JX0000000000000000000003' })
      state.stores.stores.push({ id, ...store, terminals: [] })
      changes.push({ what: 'store', body })
      return { id }
    },
    'PATCH /stores/:id': ({ params, body }) => {
      const store = state.stores.stores.find(({ id }) => id === params['id'])
      if (store === undefined) return new Refused('not_found')
      store.name = storeChangeSchema.parse(body).name
      changes.push({ what: `rename ${store.code}`, body })
      return undefined
    },
    'POST /terminals/enrolment': ({ body }) => {
      changes.push({ what: 'enrol', body: enrolmentAskSchema.parse(body) })
      const expiresAtMs = Date.now() + ENROLMENT_GOOD_MS
      return enrolmentIssuedSchema.parse({ code: ENROLMENT_CODE, expiresAtMs })
    },
    'POST /terminals/:id/revoke': ({ params }) => {
      const terminal = terminals().find(({ id }) => id === params['id'])
      if (terminal === undefined) return new Refused('not_found')
      terminal.state = 'revoked'
      changes.push({ what: `revoke ${terminal.code}`, body: null })
      return undefined
    },
  }
}

function staffRoutes(state: State, changes: Changes): Routes {
  return {
    'GET /staff': () => staffListSchema.parse({ staff: state.staff }),
    'GET /staff/:id/customers': () =>
      staffCustomersSchema.parse({ memberCount: 1_234, isMore: false, handover: null }),
    'POST /staff': ({ body }) => {
      const given = staffNewSchema.parse(body)
      if (state.staff.some(({ username }) => username === given.username))
        return new Refused('name_taken')
      const added = person('01JX000000000000000000STF9', { ...given, lastSignInAtMs: null })
      state.staff.push(added)
      changes.push({ what: 'staff', body })
      return added
    },
    'PATCH /staff/:id': ({ params, body }) => {
      const given = staffChangeSchema.parse(body)
      const found = state.staff.find(({ id }) => id === params['id'])
      if (found === undefined) return new Refused('not_found')
      if (found.id === STAFF_ID && (given.state ?? given.role) !== undefined)
        return new Refused('forbidden')
      const changed = staffMemberSchema.parse({ ...found, ...given })
      state.staff = state.staff.map((one) => (one.id === changed.id ? changed : one))
      changes.push({ what: `change ${changed.username}`, body })
      return changed
    },
  }
}

function storesAtFirst(): ConsoleStores {
  const terminal = (code: string, changes: object) => ({
    id: `01JX0000000000000000000T${code}`,
    code,
    state: 'active',
    // Not when this file was read: "just now" is over a minute later.
    lastSeenAtMs: Date.now(),
    outboxDepth: 0,
    agentVersion: '0.1.0',
    ...changes,
  })
  const store = (index: 0 | 1, name: string, terminals: object[]) => ({
    id: STORE_IDS[index],
    code: `S00${String(index + 1)}`,
    name,
    timeZone: 'Asia/Shanghai',
    terminals,
  })
  return consoleStoresSchema.parse({
    stores: [
      store(0, '人民路店', [
        terminal('01', { lastSeenAtMs: Date.now() - 5_000 }),
        terminal('02', { lastSeenAtMs: Date.now() - HOUR_MS, outboxDepth: 12 }),
        terminal('03', { state: 'unenrolled', lastSeenAtMs: null, agentVersion: null }),
        terminal('04', { state: 'revoked' }),
      ]),
      store(1, '解放路店', []),
    ],
  })
}

function staffAtFirst(): StaffMember[] {
  return [
    person(STAFF_ID, { username: 'wangzong', name: '王总', role: 'owner', storeIds: [] }),
    person('01JX000000000000000000STF2', { username: 'lidian', name: '李店长', role: 'manager' }),
    person('01JX000000000000000000STF3', { username: 'xiaochen', name: '小陈', role: 'cashier' }),
    person('01JX000000000000000000STF4', {
      username: 'changmingzi',
      name: LONG_NAME,
      role: 'cashier',
      storeIds: [...STORE_IDS],
      lastSignInAtMs: null,
    }),
    person('01JX000000000000000000STF5', {
      username: 'likai',
      name: '周已离开',
      role: 'cashier',
      state: 'stopped',
    }),
  ]
}

function person(id: string, changes: object): StaffMember {
  return staffMemberSchema.parse({
    id,
    state: 'active',
    storeIds: [STORE_IDS[0]],
    createdAtMs: NOW_MS - 30 * DAY_MS,
    lastSignInAtMs: Date.UTC(2026, 5, 3, 1, 12),
    ...changes,
  })
}

/** Sales that go up and down with the days, the same on each call. */
function statisticsOf(query: unknown, isQuiet: boolean): object {
  const { from, to, storeId } = statisticsQuerySchema.parse(query)
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
  const scale = isQuiet ? 0 : storeId === undefined ? 2 : 1
  return statisticsSchema.parse({
    from,
    to,
    members: {
      total: 6_240 * scale,
      new: 12 * days * scale,
      active: 310 * scale,
      lost: 41 * scale,
    },
    days: Array.from({ length: days }, (_, index) => {
      const salesCount = (90 + ((index * 37) % 60)) * scale
      const memberSalesCount = Math.floor(salesCount * (0.3 + ((index * 13) % 30) / 100))
      return {
        businessDate: new Date(Date.parse(from) + index * DAY_MS).toISOString().slice(0, 10),
        salesCount,
        salesFen: salesCount * 5_820,
        memberSalesCount,
        memberSalesFen: memberSalesCount * 7_140,
        newMembers: ((index * 7) % 19) * scale,
        pointsGiven: memberSalesCount * 71,
      }
    }),
    employees: isQuiet
      ? []
      : [
          employee('小陈', '人民路店', 41, 980),
          employee('1002', '解放路店', 28, 1_430),
          employee(LONG_NAME, '人民路店', 3, 120),
          employee(null, '人民路店', 0, 77),
        ],
  })
}

function employee(cashier: string | null, storeName: string, newMembers: number, sales: number) {
  const memberSalesCount = Math.floor(sales * 0.4)
  return {
    cashier,
    storeName,
    newMembers,
    salesCount: sales,
    memberSalesCount,
    salesFen: sales * 5_820,
    memberSalesFen: memberSalesCount * 7_140,
  }
}
