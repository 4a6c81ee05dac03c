// What the console's page of coupon packs reads: packs on sale and stopped, orders in every state, and
// differences with WeChat Pay. It holds what is asked and answered to the contracts.
import {
  consolePackOrdersPageSchema,
  consolePackOrderWholeSchema,
  packChangeSchema,
  packDraftSchema,
  packTemplateSchema,
  packTemplatesPageSchema,
  payFindingSchema,
  payFindingsPageSchema,
  payFindingsQuerySchema,
  settleFindingSchema,
  staffRefundRequestSchema,
  type PackChange,
  type PackDraft,
  type PackTemplateView,
  type PayFindingView,
  type StaffRefundRequest,
} from '@huike/shared/contracts/console-packs'
import { packOrderStateSchema } from '@huike/shared/contracts/packs'
import { templateId } from './console-coupons-stand-in.js'
import { memberIdAt } from './console-members-stand-in.js'
import { Refused, type Routes } from './console-stand-in.js'

const BEGAN_MS = Date.parse('2026-05-01T09:30:00+08:00')
export const LONG_PACK = '欧阳娜娜店长推荐周末全家生鲜水果满减券一年四季超值大礼包'
const ORDER_NO = 'HK01JX0000000000000000PACK'

const packId = (n: number) => `01JX00000000000000000PACK${String(n)}`

/** Everything the page of packs asks for, beside coupons. */
export function packsStandIn() {
  const state = {
    packs: [
      packOf(2, draftOf('季度券包', 990, { stock: 500, memberMax: 1 }), 123),
      packOf(1, draftOf(LONG_PACK, 9_999_999_999, { state: 'stopped' }), 88_888_888),
    ],
    drafts: [] as PackDraft[],
    changes: [] as PackChange[],
    refunds: [] as StaffRefundRequest[],
    findings: [findingOf(2, 'bill_amount'), findingOf(1, 'refund_abnormal')],
  }
  const routes: Routes = {
    'GET /packs/templates': () =>
      packTemplatesPageSchema.parse({ packs: state.packs, nextCursor: null }),
    'POST /packs/templates': ({ body }) => {
      const draft = packDraftSchema.parse(body)
      state.drafts.push(draft)
      const pack = packOf(3, draft, 0)
      state.packs.unshift(pack)
      return pack
    },
    'POST /packs/templates/:id': ({ body, params }) => {
      const change = packChangeSchema.parse(body)
      state.changes.push(change)
      const at = state.packs.findIndex(({ id }) => id === params['id'])
      const before = state.packs[at]
      if (!before) return new Refused('not_found')
      if (before.version !== change.basedOnVersion) return new Refused('pack_changed')
      const { terms, limits } = change
      const isSame = JSON.stringify(terms) === JSON.stringify(before.terms)
      const version = before.version + (isSame ? 0 : 1)
      const changed = packTemplateSchema.parse({ ...before, terms, limits, version })
      state.packs[at] = changed
      return changed
    },
    'GET /packs/templates/:id': ({ params }) =>
      state.packs.find(({ id }) => id === params['id']) ?? new Refused('not_found'),
    'GET /packs/orders/:id': ({ params }) => orderOf(params['id'] ?? '', state.refunds),
    'POST /packs/orders/:id/refunds': ({ body, params }) => {
      const asked = staffRefundRequestSchema.parse(body)
      if (!state.refunds.some(({ requestId }) => requestId === asked.requestId))
        state.refunds.push(asked)
      return orderOf(params['id'] ?? '', state.refunds)
    },
    'GET /packs/orders': () =>
      consolePackOrdersPageSchema.parse({
        orders: packOrderStateSchema.options.map((one, at) => ({
          ...{ orderId: `${ORDER_NO.slice(2, 26)}${String(at)}0`.slice(-26), orderNo: ORDER_NO },
          ...{ memberId: memberIdAt(0), title: LONG_PACK, totalFen: 9_999_999_999, state: one },
          refundedFen: one === 'partly' ? 100 : 0,
          ...{ createdAtMs: BEGAN_MS, paidAtMs: at > 1 ? BEGAN_MS + 60_000 : null },
        })),
        nextCursor: null,
      }),
    'GET /packs/findings': ({ query }) => {
      const asked = payFindingsQuerySchema.parse(Object.fromEntries(query))
      const isOpen = asked.state === 'open'
      const findings = state.findings.filter(({ settledAtMs }) => (settledAtMs === null) === isOpen)
      return payFindingsPageSchema.parse({ findings, nextCursor: null, comparedTo: '2026-05-06' })
    },
    'POST /packs/findings/:id/settle': ({ body, params }) => {
      const { note } = settleFindingSchema.parse(body)
      const finding = state.findings.find(({ id }) => id === params['id'])
      if (!finding) return new Refused('not_found')
      const by = { settledAtMs: BEGAN_MS, settledBy: '欧阳慕容诸葛上官婉儿小姐', note }
      return Object.assign(finding, payFindingSchema.parse({ ...finding, ...by }))
    },
  }
  return { state, routes }
}

/** An order whose coupons are each in another state; refunds take theirs. */
function orderOf(orderId: string, refunds: readonly StaffRefundRequest[]) {
  const gone = new Set(refunds.flatMap(({ seqs }) => seqs ?? []))
  const grants = GRANT_STATES.map((one, seq) => {
    const isRefundable = (one === 'due' || one === 'issued') && !gone.has(seq)
    return {
      ...{
        seq,
        name: '满百减十',
        headline: '满 ¥100 减 ¥10',
        dueAtMs: BEGAN_MS + seq * 86_400_000,
      },
      ...{ shareFen: 198, isRefundable, state: gone.has(seq) ? 'void' : one },
    }
  })
  return consolePackOrderWholeSchema.parse({
    ...{ orderId, orderNo: ORDER_NO, memberId: memberIdAt(0), title: LONG_PACK },
    ...{ totalFen: 1_188, refundedFen: 198, state: refunds.length > 0 ? 'refunding' : 'issued' },
    ...{ createdAtMs: BEGAN_MS, paidAtMs: BEGAN_MS + 60_000, grants },
    refunds: [
      { ...refundOf(0), state: 'done', isByShop: false, ...BY_NOBODY },
      ...refunds.map(({ refundFen, seqs, reason, note }, at) => ({
        ...{ ...refundOf(at + 1), refundFen, coupons: seqs?.length ?? 0, state: 'asked' },
        ...{ isByShop: true, staffName: '欧阳慕容诸葛上官婉儿小姐', reason, note },
      })),
    ],
    refundableFen: grants.filter(({ isRefundable }) => isRefundable).length * 198,
  })
}

const GRANT_STATES = ['issued', 'reserved', 'redeemed', 'expired', 'void', 'issued', 'due'] as const
const BY_NOBODY = { staffName: null, reason: null, note: null }
const refundOf = (at: number) => ({
  ...{ refundNo: `HR01JX000000000000000000RF0${String(at)}`, refundFen: 198, coupons: 1 },
  createdAtMs: BEGAN_MS + 3_600_000,
})

function draftOf(title: string, priceFen: number, limits: object): PackDraft {
  return packDraftSchema.parse({
    requestId: packId(9),
    terms: {
      ...{ title, priceFen },
      items: [
        { templateId: templateId(3), count: 2, when: { kind: 'now' }, worthFen: 1_000 },
        {
          ...{ templateId: templateId(3), count: 1, worthFen: 1_000 },
          when: { kind: 'monthly', months: 3 },
        },
      ],
    },
    limits: {
      ...{ state: 'open', stock: null, memberMax: null, fromMs: BEGAN_MS, untilMs: null },
      ...limits,
    },
  })
}

function packOf(n: number, { terms, limits }: PackDraft, sold: number): PackTemplateView {
  return packTemplateSchema.parse({
    ...{ id: packId(n), version: 1, terms, limits, sold, createdAtMs: BEGAN_MS },
    contents: ['满百减十（满 ¥100 减 ¥10） × 2，付款后马上到账'],
  })
}

function findingOf(n: number, kind: PayFindingView['kind']): PayFindingView {
  return payFindingSchema.parse({
    ...{ id: packId(n), kind, number: ORDER_NO, detail: '支付金额不一致' },
    ...{ ourFen: 990, theirFen: n === 1 ? null : 980, foundAtMs: BEGAN_MS },
    ...{ settledAtMs: null, settledBy: null, note: null },
  })
}
