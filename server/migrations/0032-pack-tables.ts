import {
  blindIndexWord,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'
import { addsColumn, createsTable, inOne } from '../platform/schema.js'

// Coupon packs: what is sold, who ordered it, which coupons it came to, what was refunded, and what
// WeChat Pay says about the money.

/** Migrations 189 to 194. */
export const packTables = [
  createsTable(189, 'pack_template', {
    columns: {
      id: idWord,
      state: keyWord(8),
      version: countWord,
      stock: nullable(countWord),
      memberMax: nullable(countWord),
      sold: countWord,
      fromMs: integerWord,
      untilMs: nullable(integerWord),
      createdAtMs: integerWord,
      createdBy: idWord,
    },
    primary: ['id'],
  }),
  createsTable(190, 'pack_version', {
    columns: {
      packId: idWord,
      version: countWord,
      terms: textWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
    },
    primary: ['packId', 'version'],
  }),
  createsTable(191, 'pack_order', {
    columns: {
      id: idWord,
      orderNo: keyWord(32),
      packId: idWord,
      version: countWord,
      memberId: idWord,
      identityId: nullable(idWord),
      payerIndex: nullable(blindIndexWord),
      state: keyWord(10),
      totalFen: integerWord,
      refundedFen: integerWord,
      prepayId: nullable(keyWord(64)),
      transactionId: nullable(keyWord(32)),
      requestKey: keyWord(64),
      createdAtMs: integerWord,
      expiresAtMs: integerWord,
      paidAtMs: nullable(integerWord),
      endedAtMs: nullable(integerWord),
      nextAtMs: nullable(integerWord),
      attempts: countWord,
      billedOn: nullable(dateWord),
    },
    primary: ['id'],
    unique: { ux_pack_order_no: ['orderNo'], ux_pack_order_request: ['requestKey'] },
    index: {
      ix_pack_order_due: ['nextAtMs'],
      ix_pack_order_member: ['memberId', 'id'],
      ix_pack_order_pack: ['packId', 'memberId', 'state'],
      ix_pack_order_bill: ['billedOn', 'paidAtMs'],
    },
  }),
  createsTable(192, 'pack_grant', {
    columns: {
      id: idWord,
      orderId: idWord,
      seq: countWord,
      templateId: idWord,
      version: countWord,
      state: keyWord(8),
      dueAtMs: integerWord,
      shareFen: integerWord,
      couponId: nullable(idWord),
      refundId: nullable(idWord),
    },
    primary: ['id'],
    unique: { ux_pack_grant_order: ['orderId', 'seq'] },
    index: { ix_pack_grant_refund: ['refundId'] },
  }),
  createsTable(193, 'pack_refund', {
    columns: {
      id: idWord,
      orderId: idWord,
      refundNo: keyWord(32),
      requestKey: keyWord(64),
      refundFen: integerWord,
      coupons: countWord,
      state: keyWord(8),
      createdAtMs: integerWord,
      endedAtMs: nullable(integerWord),
      nextAtMs: nullable(integerWord),
      attempts: countWord,
      billedOn: nullable(dateWord),
    },
    primary: ['id'],
    unique: { ux_pack_refund_no: ['refundNo'], ux_pack_refund_request: ['requestKey'] },
    index: {
      ix_pack_refund_due: ['nextAtMs'],
      ix_pack_refund_order: ['orderId', 'id'],
      ix_pack_refund_bill: ['billedOn', 'endedAtMs'],
    },
  }),
  inOne(194, 'create-pay-records', [
    createsTable(194, 'pay_notice', {
      columns: {
        id: keyWord(64),
        kind: keyWord(8),
        number: keyWord(64),
        facts: textWord,
        receivedAtMs: integerWord,
        nextAtMs: nullable(integerWord),
        attempts: countWord,
      },
      primary: ['id'],
      index: { ix_pay_notice_due: ['nextAtMs'], ix_pay_notice_received: ['receivedAtMs'] },
    }),
    createsTable(194, 'pay_finding', {
      columns: {
        id: idWord,
        subjectKey: keyWord(160),
        kind: keyWord(24),
        number: keyWord(64),
        ourFen: nullable(integerWord),
        theirFen: nullable(integerWord),
        detail: keyWord(200),
        foundAtMs: integerWord,
        settledAtMs: nullable(integerWord),
        settledBy: nullable(idWord),
        note: nullable(keyWord(128)),
      },
      primary: ['id'],
      unique: { ux_pay_finding_subject: ['subjectKey'] },
      index: { ix_pay_finding_open: ['settledAtMs', 'id'] },
    }),
    createsTable(194, 'pay_bill', {
      columns: {
        date: dateWord,
        comparedAtMs: integerWord,
        trades: countWord,
        refunds: countWord,
        findings: countWord,
      },
      primary: ['date'],
    }),
  ]),
]

/** Migration 204: money that staff gave back. */
export const packRefundColumns = [
  inOne(204, 'staff-refunds', [
    addsColumn(204, 'pack_refund', 'staffId', nullable(idWord)),
    addsColumn(204, 'pack_refund', 'reason', nullable(keyWord(24))),
    addsColumn(204, 'pack_refund', 'note', nullable(keyWord(128))),
  ]),
]
