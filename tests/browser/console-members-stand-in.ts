// What the console's pages of members read: a chain of two stores with members of every kind, one
// of them with a long name and a long amount, and a timeline of more than one page.
import type { Page } from 'playwright-core'
import type { ConsoleStores } from '@huike/shared/contracts/console'
import {
  exportJobSchema,
  memberFileSchema,
  memberFilterSchema,
  memberPageSchema,
  memberQuerySchema,
  memberRowSchema,
  phoneViewSchema,
  timelinePageSchema,
  timelineQuerySchema,
  type ExportJob,
  type MemberFile,
  type MemberQuery,
  type MemberRow,
  type TimelineItem,
} from '@huike/shared/contracts/console-members'
import { memberOwnersSchema } from '@huike/shared/contracts/console-owners'
import { deletionSchema } from '@huike/shared/contracts/rights'
import { FileAnswer, Refused, STORE_IDS, type Routes } from './console-stand-in.js'

export const NOW_MS = Date.now()
const DAY_MS = 86_400_000
const MEMBERS = 120
const TIMELINE_ITEMS = 52
export const LONG_NAME = '欧阳****************孜'
export const STORE_NAMES = ['人民路店', '解放路万达广场二层店'] as const

export const STORES = {
  stores: STORE_NAMES.map((name, index) => ({
    id: STORE_IDS[index],
    code: `S00${String(index + 1)}`,
    name,
    timeZone: 'Asia/Shanghai',
    terminals: [],
  })),
} as unknown as ConsoleStores

const OWNERS = [
  { staffId: '01JX000000000000000000STF3', name: '小陈' },
  { staffId: '01JX000000000000000000STF4', name: '欧阳慕容诸葛上官婉儿小姐' },
]

/** The id of the member at `index` of the list. */
export function memberIdAt(index: number): string {
  return `01JX00000000000000000M${String(9_999 - index)}`
}

/** Answers the members' routes; `exports` and `whys` are what was asked for. */
export function membersStandIn() {
  const state = { isEmpty: false, exports: [] as ExportJob[], whys: [] as string[] }
  const routes: Routes = {
    'GET /stores': () => STORES,
    'GET /members': ({ query }) => {
      const asked = memberQuerySchema.parse(Object.fromEntries(query))
      return pageOf(state.isEmpty ? [] : ALL.filter((row) => isWanted(row, asked)), asked)
    },
    ...exportRoutes(state),
    'GET /members/:memberId': ({ params }) => {
      const row = ALL.find(({ memberId }) => memberId === params['memberId'])
      return row === undefined ? new Refused('member_not_found') : fileOf(row)
    },
    'GET /member-owners': () => memberOwnersSchema.parse({ owners: OWNERS }),
    'GET /members/:memberId/deletion': () =>
      deletionSchema.parse({
        ...{ state: 'none', requestedAtMs: null, dueAtMs: null, coolingOffDays: 15 },
        ...{ balancePoints: 1_288, levelName: '金卡会员', purchaseCount: 27, messageCount: 12 },
        ...{ waitingPieces: 2, waitingOrders: 1 },
      }),
    'POST /members/:memberId/phone': ({ body }) => {
      state.whys.push(phoneViewSchema.parse(body).why)
      return { phone: '13812340000' }
    },
    'GET /members/:memberId/timeline': ({ query }) => {
      const { kind, cursor, limit } = timelineQuerySchema.parse(Object.fromEntries(query))
      const items = state.isEmpty
        ? []
        : TIMELINE.filter((item) => kind === undefined || item.kind === kind)
      const from = Number(cursor ?? 0)
      const end = from + limit
      return timelinePageSchema.parse({
        items: items.slice(from, end),
        nextCursor: end < items.length ? String(end) : null,
      })
    },
  }
  return { routes, state }
}

/** An export moves on by a third each time it is read. */
function exportRoutes(state: { exports: ExportJob[] }): Routes {
  return {
    'POST /members/exports': ({ body }) => {
      const job = exportJob({
        id: `01JX0000000000000000000EX${String(state.exports.length)}`,
        state: 'waiting',
        filter: memberFilterSchema.parse(body),
      })
      state.exports.unshift(job)
      return job
    },
    'GET /members/exports': () => {
      const answer = { exports: [...state.exports] }
      state.exports = state.exports.map(moved)
      return answer
    },
    'GET /members/exports/:id/file': ({ params }) => {
      const job = state.exports.find(({ id }) => id === params['id'])
      if (job?.state === 'expired') return new Refused('export_expired')
      return new FileAnswer('\uFEFF会员号,手机号\r\n800000000000,138****0000\r\n', 'text/csv')
    },
  }
}

/** An export as the server tells of it. */
export function exportJob(changes: object): ExportJob {
  return exportJobSchema.parse({
    id: '01JX0000000000000000000EX9',
    state: 'done',
    filter: {},
    doneRows: 0,
    totalRows: null,
    createdAtMs: NOW_MS,
    finishedAtMs: null,
    expiresAtMs: null,
    by: '王总',
    ...changes,
  })
}

function moved(job: ExportJob): ExportJob {
  if (job.state === 'waiting') return exportJob({ ...job, state: 'running', totalRows: 12_000 })
  if (job.state !== 'running') return job
  const doneRows = job.doneRows + 4_000
  return doneRows < 12_000
    ? exportJob({ ...job, doneRows })
    : exportJob({
        ...job,
        state: 'done',
        doneRows: 12_000,
        finishedAtMs: NOW_MS,
        expiresAtMs: NOW_MS + DAY_MS,
      })
}

function isWanted(row: MemberRow, asked: MemberQuery): boolean {
  const { search = '', storeId, state, inactiveDays, boughtWithinDays, consent } = asked
  const lastMs = row.lastPurchaseAtMs
  const idleDays = lastMs === null ? null : (NOW_MS - lastMs) / DAY_MS
  return (
    (search === '' || row.memberNo === search || row.phoneMasked.endsWith(search.slice(-4))) &&
    (storeId === undefined ||
      row.lastStoreName === STORE_NAMES[STORE_IDS.findIndex((id) => id === storeId)]) &&
    (state === undefined || row.state === state) &&
    (inactiveDays === undefined || (idleDays !== null && idleDays > inactiveDays)) &&
    (boughtWithinDays === undefined || (idleDays !== null && idleDays <= boughtWithinDays)) &&
    (consent === undefined || row.mayMarket)
  )
}

function pageOf(rows: readonly MemberRow[], { cursor, limit }: MemberQuery): object {
  const from = Number(cursor ?? 0)
  const end = from + limit
  return memberPageSchema.parse({
    members: rows.slice(from, end),
    nextCursor: end < rows.length ? String(end) : null,
  })
}

const ALL: readonly MemberRow[] = Array.from({ length: MEMBERS }, (_, index) => memberRow(index))

function memberRow(index: number): MemberRow {
  const hasBought = index % 7 !== 3
  return memberRowSchema.parse({
    memberId: memberIdAt(index),
    memberNo: String(800_000_000_000 + index),
    phoneMasked: `138****${String(index).padStart(4, '0')}`,
    nameMasked:
      index === 0 ? LONG_NAME : index % 5 === 4 ? null : ['张**', '王*', '李**'][index % 3],
    state: index % 4 === 2 ? 'pending' : 'active',
    levelName: index % 6 === 0 ? '金卡会员' : '普通会员',
    balancePoints: index === 0 ? 999_999_999 : index * 37,
    purchaseCount: hasBought ? 1 + index : 0,
    totalFen: index === 0 ? 9_999_999_990 : hasBought ? index * 4_321 : 0,
    lastPurchaseAtMs: hasBought ? NOW_MS - index * 3 * DAY_MS - 3_600_000 : null,
    lastStoreName: hasBought ? STORE_NAMES[index % 2] : null,
    registeredStoreName: index % 9 === 8 ? null : STORE_NAMES[index % 2],
    memberSinceMs: NOW_MS - (index + 1) * 5 * DAY_MS,
    mayMarket: index % 3 === 0,
  })
}

function fileOf(row: MemberRow): MemberFile {
  return memberFileSchema.parse({
    ...row,
    registeredChannel: 'pos',
    registeredCashier: '小陈',
    level: {
      ...{ code: 'gold', name: row.levelName, growth: 5_120, validUntil: '2027-03-31' },
      next: { name: '至尊黑金终身荣誉私享会员', missing: 94_880 },
      progress: '再积 94,880 成长值升为至尊黑金终身荣誉私享会员',
      keeping: null,
      history: [
        {
          ...{ id: 'C1', reason: 'up', fromName: '普通会员', toName: row.levelName },
          explanation: '成长值 5120，达到金卡会员的 5000，有效期至 2027-03-31',
          atMs: NOW_MS - 30 * DAY_MS,
        },
      ],
    },
    pending: { points: 1_234_567, nextPoints: 234_567, fromDate: '2027-03-31' },
    owner: { staffId: OWNERS[0]?.staffId, name: OWNERS[0]?.name },
    birthdayMonthDay: '08-15',
    onlinePurchaseCount: 3,
    stores: STORE_NAMES.map((storeName, index) => ({
      storeName,
      purchaseCount: 12 - index,
      totalFen: index === 0 ? 999_999_999 : 45_600,
      lastPurchaseAtMs: NOW_MS - (index + 1) * DAY_MS,
    })),
    identities: [
      identity('phone', row.phoneMasked, 'claimed', 'till:S001'),
      identity('wechat_openid', 'oGZ…k3Q', 'verified', 'wechat'),
      identity('email', 'z***@example.com', 'observed', '官方网店'),
    ],
    consents: [
      { purpose: 'marketing', state: 'granted', changedAtMs: NOW_MS - 9 * DAY_MS },
      { purpose: 'marketing_sms', state: 'never_asked', changedAtMs: null },
    ],
    merges: [
      {
        ...{ id: '01JA0000000000000000000M01', state: 'done', role: 'survivor' },
        ...{ otherMemberNo: '600000000018', mergedAtMs: NOW_MS - 3 * DAY_MS, undoneAtMs: null },
      },
    ],
    subscriptionCredits: 2,
    mayShowPhone: row.state === 'active',
    mayAssign: true,
  })
}

function identity(kind: string, valueMasked: string, assurance: string, source: string): object {
  const firstSeenAtMs = NOW_MS - 90 * DAY_MS
  const fromMemberNo = kind === 'email' ? '600000000018' : null
  const lastSeenAtMs = NOW_MS - DAY_MS
  return { kind, valueMasked, assurance, source, fromMemberNo, firstSeenAtMs, lastSeenAtMs }
}

const MESSAGES = [
  { channel: 'wechat', state: 'sent', reason: null },
  { channel: null, state: 'skipped', reason: 'capped' },
  { channel: 'sms', state: 'failed', reason: 'provider_refused' },
  { channel: 'sms', state: 'doubtful', reason: null },
  { channel: 'inbox', state: 'waiting', reason: '等到早上再发' },
] as const

const TIMELINE: readonly TimelineItem[] = timelinePageSchema.parse({
  items: Array.from({ length: TIMELINE_ITEMS }, (_, index) => ({
    id: `e${String(index)}`,
    // Three a day.
    atMs: NOW_MS - Math.floor(index / 3) * DAY_MS - (index % 3) * 3_600_000,
    ...timelineItem(index),
  })),
  nextCursor: null,
}).items

function timelineItem(index: number): object {
  if (index === TIMELINE_ITEMS - 1) return { kind: 'registered', title: '在人民路店登记成为会员' }
  switch (index % 6) {
    case 0:
      return purchase(index, {})
    case 1:
      return {
        kind: 'points',
        points: 88,
        balanceAfterPoints: 1_288,
        title: '消费得积分',
        explanation: '消费 ¥88.00，每 1 元得 1 分',
      }
    case 2:
      return {
        kind: 'message',
        title: '好久不见，来喝一杯',
        ...MESSAGES[Math.floor(index / 6) % MESSAGES.length],
        campaignName: '九月老顾客回店',
      }
    case 3:
      return { kind: 'consent', title: '同意接收优惠与活动消息', how: '小程序，版本 2026-01' }
    case 4:
      return purchase(index, {
        type: 'refund',
        channel: 'online',
        storeName: '官方网店',
        terminalCode: null,
        cashier: null,
        totalFen: 2_000,
        points: -20,
      })
    default:
      return purchase(index, { refundedFen: 2_000, lines: lines(10), lineCount: 14 })
  }
}

function purchase(index: number, changes: object): object {
  return {
    kind: 'purchase',
    type: 'sale',
    channel: 'pos',
    storeName: '人民路店',
    terminalCode: 'T1',
    cashier: '小陈',
    receiptNo: `R${String(index).padStart(4, '0')}`,
    totalFen: index === 0 ? 999_999_999 : 8_800,
    refundedFen: 0,
    points: 88,
    lines: lines(2),
    lineCount: 2,
    ...changes,
  }
}

function lines(howMany: number): object[] {
  const goods = ['拿铁大杯', '可颂', '云南小粒咖啡豆 250 克', '燕麦奶']
  return Array.from({ length: howMany }, (_, index) => ({
    name: goods[index % goods.length],
    quantityMilli: index === 1 ? 1_500 : 1_000,
    amountFen: 3_200 + index * 100,
  }))
}

/** Texts of the page that do not fit into their boxes; a page that scrolls sideways is one. */
export function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...Array.from(document.querySelectorAll<HTMLElement>('main *'))]
      .filter(
        (one) =>
          (one.childElementCount === 0 || one === document.documentElement) &&
          one.clientWidth > 1 &&
          one.scrollWidth > one.clientWidth + 1 &&
          !['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName),
      )
      .map((one) => `${one.tagName} ${one.innerText.slice(0, 40)}`),
  )
}
