// What the console's page of sources reads: a chain with something wrong in every way.
import type {
  ConsoleSources,
  ParkedItem,
  ParkedPage,
  ParkedResolution,
} from '@huike/shared/contracts/console'
import { outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import type { Routes } from './console-stand-in.js'

const NOW_MS = Date.now()
const PAGE_ROWS = 2
const RESOLUTION = {
  atMs: Date.UTC(2026, 5, 3, 6, 10),
  by: '李店长',
} as unknown as ParkedResolution

export const SOURCES = {
  serverTimeMs: NOW_MS,
  thresholds: { silentMs: 120_000, behindLagMs: 600_000, behindOutbox: 100, clockSkewMs: 60_000 },
  sources: [
    source('人民路店', '01', { lagMs: 4_000 }),
    source('人民路店', '02', {
      kind: 'file_drop',
      mode: 'near_realtime',
      state: 'silent',
      lastSyncAtMs: NOW_MS - 2 * 3_600_000,
      lastSeenAtMs: NOW_MS - 3_600_000,
      lagMs: 3_600_000,
    }),
    source('人民路店', '03', {
      state: 'behind',
      lagMs: 720_000,
      outboxDepth: 1_240,
      clockSkewMs: 130_000,
    }),
    source('解放路店', '01', {
      kind: 'till',
      state: 'unenrolled',
      lastSyncAtMs: null,
      lastSeenAtMs: null,
      lagMs: null,
      clockSkewMs: null,
      agentVersion: null,
    }),
  ],
  parked: [parkedCount('receipt_conflict', 2), parkedCount('phone_invalid', 1)],
  deliveries: [
    { consumer: 'member-stat', pending: 3, retrying: 2, dead: 1, lastError: 'Error: disk full' },
  ],
} as unknown as ConsoleSources

export const PARKED = [
  parked('01JX00000000000000000000P4', 'receipt_conflict', {}),
  parked('01JX00000000000000000000P3', 'receipt_conflict', {
    kind: 'refund',
    receiptNo: 'R0043',
    phoneMasked: null,
  }),
  parked('01JX00000000000000000000P2', 'phone_invalid', {
    type: 'member.registered',
    kind: null,
    receiptNo: null,
    totalFen: null,
    phoneMasked: '138****',
  }),
  parked('01JX00000000000000000000P1', 'event_conflict', {
    type: null,
    kind: null,
    receiptNo: null,
    totalFen: null,
    phoneMasked: null,
    occurredAtMs: null,
  }),
]

/** Answers the routes of the sources, and remembers what was settled. */
export function sourcesStandIn() {
  const resolved: string[] = []
  const state = { isEmpty: false }
  const routes: Routes = {
    'GET /sources': () =>
      state.isEmpty ? { ...SOURCES, sources: [], parked: [], deliveries: [] } : SOURCES,
    'GET /parked': ({ query }) =>
      state.isEmpty ? { items: [], nextCursor: null } : pageOf(query, resolved),
    'POST /parked/:eventId/resolve': ({ params }) => {
      const { eventId = '' } = params
      resolved.push(eventId)
      return { eventId, resolution: RESOLUTION }
    },
  }
  return { routes, resolved, state }
}

function pageOf(query: URLSearchParams, resolved: readonly string[]): ParkedPage {
  const wantsResolved = query.get('state') === 'resolved'
  const before = query.get('cursor')
  const rest = PARKED.filter(
    ({ eventId }) =>
      resolved.includes(eventId) === wantsResolved && (before === null || eventId < before),
  )
  const items = rest
    .slice(0, PAGE_ROWS)
    .map((item) => ({ ...item, resolution: wantsResolved ? RESOLUTION : null }))
  const last = rest.length > PAGE_ROWS ? (items.at(-1)?.eventId ?? null) : null
  return { items, nextCursor: last }
}

function source(storeName: string, terminalCode: string, changes: object): object {
  return {
    id: `${storeName}.${terminalCode}`,
    kind: 'escpos_tap',
    mode: 'realtime',
    state: 'ok',
    storeCode: 'S001',
    storeName,
    terminalId: `01JX00000000000000000000${terminalCode}`,
    terminalCode,
    lastSyncAtMs: NOW_MS - 4_000,
    lastSeenAtMs: NOW_MS - 2_000,
    lagMs: 0,
    outboxDepth: 0,
    clockSkewMs: 300,
    agentVersion: '0.1.0',
    ...changes,
  }
}

function parkedCount(code: OutcomeCode, count: number): object {
  return { code, sentence: outcomeSentence(code), count, oldestAtMs: NOW_MS - 86_400_000 }
}

function parked(eventId: string, code: OutcomeCode, changes: object): ParkedItem {
  return {
    eventId,
    code,
    sentence: outcomeSentence(code),
    type: 'checkout.captured',
    storeCode: 'S001',
    storeName: '人民路店',
    timeZone: 'Asia/Shanghai',
    terminalCode: '01',
    kind: 'sale',
    receiptNo: 'R0042',
    totalFen: 9_900,
    phoneMasked: '138****8000',
    occurredAtMs: Date.UTC(2026, 5, 3, 6, 5),
    receivedAtMs: Date.UTC(2026, 5, 3, 6, 6),
    resolution: null,
    ...changes,
  } as ParkedItem
}
