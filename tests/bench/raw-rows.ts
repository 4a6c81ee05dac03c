// What a hand-written loop writes for one checkout: the same rows as the server, column by column,
// with the ids and hashes that the schema promises (the phone's blind index, the receipt's hash, the
// points chain), made by the same functions, because they are data and not overhead. Not included:
// anything that decides. There are no refunds, no parked events, no merged members, no other
// sources, no answers in words, no retries; a hand-written loop for one happy case needs none.
import type { CheckoutCaptured } from '@huike/shared/contracts/agent'
import { earnedPoints, FIRST_RULE, NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { fen } from '@huike/shared/quantities'
import { businessKey, receiptContentText } from '@huike/shared/receipt'
import type { IncomingEvent } from '../../server/flows/ingest-state.js'
import type { SqlValue } from '../../server/platform/database.js'
import { mintId, sha256Hex } from '../../server/platform/ids.js'
import { EARNING_RULE_ID } from '../../server/points/earning-rules.js'
import type { Keyring } from '../../server/platform/keyring.js'
import { ISSUED_ACCOUNT, memberAccount, transferHash } from '../../server/points/chain.js'

export const INSERTS = {
  purchase:
    'purchase (id, businessKey, contentSha256, kind, channel, sourceKind, storeId, terminalId, ' +
    'receiptNo, businessDate, printedAt, occurredAtMs, recordedAtMs, clockSuspect, memberId, ' +
    'totalFen, changeFen, refundedFen, earnedPoints, reversedPoints, cashier, originalReceiptNo, ' +
    'originalPurchaseId, lineCount, firstLineName)',
  line: 'purchase_line (purchaseId, lineNo, name, code, quantityMilli, unitPriceFen, amountFen)',
  payment: 'purchase_payment (purchaseId, lineNo, method, amountFen)',
  transfer:
    'points_transfer (id, memberId, seq, fromAccount, toAccount, points, balanceAfterPoints, ' +
    'reason, sourceKey, ruleId, ruleVersion, explanation, actor, occurredAtMs, recordedAtMs, ' +
    'answersTransferId, availableAtMs, expiresAtMs, previousHash, hash)',
  lot: 'points_lot (id, memberId, leftPoints, availableAtMs, expiresAtMs, state)',
  event: 'event_log (id, type, aggregateId, payload, occurredAtMs, recordedAtMs)',
  delivery: 'event_delivery (eventId, consumer, state, attempts, nextAtMs, lastError)',
  answer:
    'agent_event (eventId, terminalId, type, contentSha256, status, code, purchaseId, memberId, ' +
    'points, balancePoints, receivedAtMs)',
} as const

/** Columns read of what a checkout may meet; the server reads the same. */
export const SELECTS = {
  answer: 'SELECT * FROM agent_event WHERE eventId',
  purchase: 'SELECT * FROM purchase WHERE businessKey',
  waiting: 'SELECT * FROM purchase WHERE storeId = ? AND originalReceiptNo',
  member:
    'SELECT m.*, i.valueIndex FROM identity i JOIN member m ON m.id = i.memberId ' +
    "WHERE i.kind = 'phone' AND i.namespace = 'cn' AND i.valueIndex",
  account:
    'SELECT memberId, balancePoints, headSeq, headHash, openedAtMs FROM points_account ' +
    'WHERE memberId',
  webhooks: "SELECT 1 FROM webhook_subscription WHERE state = 'active' LIMIT 1",
} as const

export interface AccountRow {
  memberId: string
  balancePoints: number
  headSeq: number
  headHash: string
}

type Row = SqlValue[]

export interface CheckoutRows {
  purchase: Row
  lines: Row[]
  payments: Row[]
  transfer: Row
  lot: Row
  event: Row
  deliveries: Row[]
  answer: Row
}

/** What the reads of one checkout look for. */
export interface CheckoutKeys {
  businessKey: string
  phoneIndex: string
  receiptNo: string
}

/** The keys of one checkout; the sale must name a phone and carry a receipt number. */
export function keysOf(keyring: Keyring, { from, event }: IncomingEvent): CheckoutKeys {
  const { receipt, who } = event as CheckoutCaptured
  if (who?.by !== 'phone' || receipt.receiptNo === null) throw new Error('not a sale of the bench')
  return {
    businessKey: businessKey({
      storeId: from.store.id,
      terminalId: from.terminal.id,
      businessDate: receipt.businessDate,
      receiptNo: receipt.receiptNo,
      surrogateKey: null,
      kind: receipt.kind,
    }),
    phoneIndex: keyring.blindIndex('phone|cn', who.phone),
    receiptNo: receipt.receiptNo,
  }
}

/** The rows of one checkout. `account` moves on: the next checkout of the member builds on it. */
export function rowsOf(one: IncomingEvent, keys: CheckoutKeys, account: AccountRow): CheckoutRows {
  const { from, receivedAtMs: nowMs } = one
  const event = one.event as CheckoutCaptured
  const { receipt } = event
  const id = mintId(nowMs)
  const { memberId } = account
  const earned = earnedPoints(FIRST_RULE, {
    totalFen: fen(receipt.totalFen),
    channel: 'pos',
    storeId: from.store.id,
    businessDate: receipt.businessDate,
    ...{ lines: [], heldBonuses: [], dayPoints: 0 },
  })
  const transfer = transferRow(one, { purchaseId: id, account, earned })
  const eventId = mintId(nowMs)
  const payload = {
    kind: 'sale',
    storeId: from.store.id,
    businessDate: receipt.businessDate,
    memberId,
    totalFen: receipt.totalFen,
    points: earned.points,
  }
  return {
    purchase: [
      ...[id, keys.businessKey, sha256Hex(receiptContentText(receipt)), 'sale', 'pos'],
      ...[event.source.kind, from.store.id, from.terminal.id, receipt.receiptNo],
      ...[receipt.businessDate, receipt.printedAt, event.occurredAtMs, nowMs, 0, memberId],
      ...[receipt.totalFen, receipt.changeFen, 0, earned.points, 0, receipt.cashier, null, null],
      ...[receipt.lines.length, receipt.lines[0]?.name ?? null],
    ],
    lines: receipt.lines.map((line, index) => [
      ...[id, index + 1, line.name, line.code, line.quantityMilli, line.unitPriceFen],
      line.amountFen,
    ]),
    payments: receipt.payments.map((payment, index) => [
      ...[id, index + 1, payment.method, payment.amountFen],
    ]),
    transfer,
    lot: [...[String(transfer[0]), memberId, earned.points, nowMs, NEVER_EXPIRES_MS, 'open']],
    event: [
      ...[eventId, 'purchase.recorded', id, JSON.stringify(payload), event.occurredAtMs, nowMs],
    ],
    deliveries: ['member-stat', 'store-day'].map((consumer) => [
      ...[eventId, consumer, 'pending', 0, nowMs, null],
    ]),
    answer: [
      ...[event.eventId, from.terminal.id, event.type, one.contentSha256, 'accepted', null, id],
      ...[memberId, earned.points, account.balancePoints, nowMs],
    ],
  }
}

function transferRow(
  one: IncomingEvent,
  of: { purchaseId: string; account: AccountRow; earned: ReturnType<typeof earnedPoints> },
): Row {
  const { account, earned } = of
  account.balancePoints += earned.points
  account.headSeq += 1
  const content = {
    id: mintId(one.receivedAtMs),
    memberId: account.memberId,
    seq: account.headSeq,
    fromAccount: ISSUED_ACCOUNT,
    toAccount: memberAccount(account.memberId),
    points: earned.points,
    balanceAfterPoints: account.balancePoints,
    reason: 'purchase',
    sourceKey: of.purchaseId,
    ruleId: EARNING_RULE_ID,
    ruleVersion: FIRST_RULE.version,
    explanation: earned.explanation,
    actor: `terminal:${one.from.terminal.id}`,
    occurredAtMs: one.event.occurredAtMs,
    recordedAtMs: one.receivedAtMs,
    answersTransferId: null,
    availableAtMs: one.receivedAtMs,
    expiresAtMs: NEVER_EXPIRES_MS,
    previousHash: account.headHash,
  }
  account.headHash = transferHash(content)
  return [...Object.values(content), account.headHash]
}
