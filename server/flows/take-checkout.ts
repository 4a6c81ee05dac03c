import type { OutcomeCode } from '@huike/shared/outcomes'
import { maskPhonesIn } from '@huike/shared/phone'
import { reversedPoints } from '@huike/shared/earning'
import { fen, formatFen, points } from '@huike/shared/quantities'
import { isSameContent, receiptContentText } from '@huike/shared/receipt'
import type { Member } from '../members/member.entity.js'
import type { MembersService } from '../members/members.service.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { saleAnswered, type NewPurchase } from '../purchases/purchases.service.js'
import { rejected, type Decision } from './answers.js'
import { actorOf, type IncomingCheckout } from './incoming-checkout.js'
import type { IngestState, Named } from './ingest-state.js'
import { returnPointsSpent } from './pay-with-points.js'
import { returnCoupons } from './redeem-coupons.js'

// Taking a checkout: who, purchase, points, facts. Decided against the working set, in order; the
// same rules whatever the source. A sale is never lost for want of a member: it is recorded, and the
// reason is told.

/** Clocks differ; more than this ahead of the server is not a difference but a wrong clock. */
const CLOCK_AHEAD_MS_MAX = 10 * 60_000

/** How a purchase is given to a member that is known already. */
interface Giving {
  actor: string
  nowMs: number
  /** What gives it; names a second giving, when the first was taken back. */
  eventId: string
}

/** Decides one checkout of any channel. */
export function takeCheckout(
  state: IngestState,
  checkout: IncomingCheckout,
  members: MembersService,
): Decision {
  const contentSha256 = sha256Hex(receiptContentText(checkout.receipt))
  const known = state.purchaseByKey(checkout.businessKey)
  const who = whoIsIt(state, checkout, members)
  if (known) return seenAgain(state, { known, checkout, contentSha256, named: who.named })
  const fresh = newPurchase(checkout, contentSha256, who.named)
  const { purchase } = fresh
  if (who.code === 'member_not_found' && checkout.who) state.addStray(purchase, checkout.who)
  const moved = purchase.kind === 'sale' ? takeSale(state, fresh) : takeRefund(state, fresh)
  state.events.push({
    type: 'purchase.recorded',
    aggregateId: purchase.id,
    occurredAtMs: purchase.occurredAtMs,
    payload: { ...factOf(purchase, moved), quantityMilli: quantityOf(fresh) },
  })
  const code = who.code ?? (purchase.clockSuspect === 1 ? 'clock_skew' : null)
  return decisionOf(state, purchase, { status: 'accepted', code, moved })
}

/**
 * Gives a purchase that had no member to one: points for the whole, less what was refunded before.
 * Answers the points moved.
 */
export function giveToMember(
  state: IngestState,
  sale: Purchase,
  to: Giving & Pick<Named, 'member' | 'underId'>,
): number {
  sale.memberId = to.member.id
  sale.madeUnderId = to.underId
  const earned = sale.kind === 'sale' ? earn(state, sale, to) : 0
  const late = sale.kind === 'sale' ? takeBackLate(state, sale, to) : 0
  state.change(sale)
  const moved = earned - late
  state.events.push({
    type: 'purchase.assigned',
    aggregateId: sale.id,
    occurredAtMs: to.nowMs,
    payload: factOf(sale, moved),
  })
  return moved
}

/** Takes back, in one transfer, what refunds before the sale had a member would have taken. */
function takeBackLate(state: IngestState, sale: Purchase, to: Giving & { member: Member }): number {
  const late = reversedPoints({
    earned: points(sale.earnedPoints),
    totalFen: fen(sale.totalFen),
    refundedFen: fen(sale.refundedFen),
    alreadyReversed: points(0),
  })
  sale.reversedPoints = late
  state.book.post({
    memberId: to.member.id,
    direction: 'out',
    points: late,
    reason: 'refund',
    sourceKey: state.book.lateKey(sale.id, to.eventId),
    rule: null,
    explanation: `此前已退款 ${formatFen(fen(sale.refundedFen))}，扣回 ${String(late)} 分`,
    actor: to.actor,
    occurredAtMs: to.nowMs,
    recordedAtMs: to.nowMs,
    answersTransferId: state.book.earningOf(sale.id),
  })
  return late
}

function whoIsIt(
  state: IngestState,
  checkout: IncomingCheckout,
  members: MembersService,
): { named: Named | null; code: OutcomeCode | null } {
  const { who } = checkout
  if (who === null) return { named: null, code: null }
  const named = state.named(who)
  if (who.by === 'member_code') {
    const code = members.checkCode(who.memberCode, named?.record, who.readAtMs)
    if (code !== null) return { named: null, code }
  }
  return named ? { named, code: null } : { named: null, code: 'member_not_found' }
}

/** A receipt that is known already: the same, once more; or another under its number. */
function seenAgain(
  state: IngestState,
  again: {
    known: Purchase
    checkout: IncomingCheckout
    contentSha256: string
    named: Named | null
  },
): Decision {
  const { known, checkout, contentSha256, named } = again
  const { receipt, sourceKind } = checkout
  const isSame = isSameContent(
    {
      sourceKind: known.sourceKind,
      totalFen: fen(known.totalFen),
      printedAt: known.printedAt,
      contentSha256: known.contentSha256,
    },
    {
      sourceKind,
      totalFen: receipt.totalFen,
      printedAt: receipt.printedAt,
      contentSha256,
    },
  )
  if (!isSame) return rejected('receipt_conflict')
  // The first source did not know whose it was, this one does.
  const moved =
    named && known.memberId === null
      ? giveToMember(state, known, {
          ...named,
          actor: actorOf(checkout),
          nowMs: checkout.receivedAtMs,
          eventId: mintId(checkout.receivedAtMs),
        })
      : null
  return decisionOf(state, known, { status: 'duplicate', code: null, moved })
}

function takeSale(state: IngestState, fresh: NewPurchase): number {
  const { purchase } = fresh
  // Refunds that arrived before the sale they name: their amounts count from now on.
  const waiting = [...state.purchases()].filter(
    (refund) =>
      refund.kind === 'refund' &&
      refund.originalPurchaseId === null &&
      refund.originalReceiptNo !== null &&
      saleAnswered(refund, [purchase]) !== null,
  )
  state.addPurchase(fresh)
  let moved =
    purchase.memberId === null
      ? 0
      : earn(state, purchase, {
          actor: actorOf(purchase),
          nowMs: purchase.recordedAtMs,
          eventId: purchase.id,
        })
  for (const refund of waiting) moved -= answerSale(state, refund, purchase)
  return moved
}

function takeRefund(state: IngestState, fresh: NewPurchase): number {
  const { purchase } = fresh
  state.addPurchase(fresh)
  if (purchase.originalReceiptNo === null) return 0
  const sale = saleAnswered(purchase, [...state.purchases()])
  return sale === null ? 0 : -answerSale(state, purchase, sale)
}

/** Links a refund to its sale and takes points back in proportion; answers how many. */
function answerSale(state: IngestState, refund: Purchase, sale: Purchase): number {
  refund.originalPurchaseId = sale.id
  refund.memberId ??= sale.memberId
  sale.refundedFen = Math.min(sale.totalFen, sale.refundedFen + refund.totalFen)
  state.change(refund)
  state.change(sale)
  if (sale.memberId === null) return 0
  const taken = reversedPoints({
    earned: points(sale.earnedPoints),
    totalFen: fen(sale.totalFen),
    refundedFen: fen(sale.refundedFen),
    alreadyReversed: points(sale.reversedPoints),
  })
  sale.reversedPoints += taken
  refund.reversedPoints = taken
  state.book.post({
    memberId: state.ownerId(sale.memberId),
    direction: 'out',
    points: taken,
    reason: 'refund',
    sourceKey: refund.id,
    rule: null,
    explanation: refundInWords(refund, sale, taken),
    actor: actorOf(refund),
    occurredAtMs: refund.occurredAtMs,
    recordedAtMs: refund.recordedAtMs,
    answersTransferId: state.book.earningOf(sale.id),
  })
  returnPointsSpent(state, refund, sale)
  returnCoupons(state, refund, sale)
  return taken
}

function earn(state: IngestState, sale: Purchase, by: Giving): number {
  if (sale.memberId === null) throw new Error('points are earned by a member')
  const { facts } = state
  const earned = facts.rules.earnedBy(sale, facts.of(sale))
  Object.assign(sale, { earnedPoints: earned.points, earnedAs: earned.earnedAs })
  state.book.post({
    memberId: state.ownerId(sale.memberId),
    direction: 'in',
    points: earned.points,
    reason: 'purchase',
    sourceKey: state.book.saleKey(sale.id, by.eventId),
    rule: earned.rule,
    explanation: earned.explanation,
    actor: by.actor,
    occurredAtMs: sale.occurredAtMs,
    recordedAtMs: by.nowMs,
    answersTransferId: null,
    lot: earned.lot,
  })
  return earned.points
}

function newPurchase(
  checkout: IncomingCheckout,
  contentSha256: string,
  named: Named | null,
): NewPurchase {
  const { receipt, receivedAtMs } = checkout
  const id = mintId(receivedAtMs)
  const isAhead = checkout.occurredAtMs > receivedAtMs + CLOCK_AHEAD_MS_MAX
  // Receipts print members' numbers among goods and payments; here they are kept masked.
  const lines = receipt.lines.map((line) => ({ ...line, name: maskPhonesIn(line.name) }))
  const purchase: Purchase = {
    id,
    businessKey: checkout.businessKey,
    contentSha256,
    kind: receipt.kind,
    channel: checkout.channel,
    sourceKind: checkout.sourceKind,
    storeId: checkout.storeId,
    terminalId: checkout.terminalId,
    receiptNo: receipt.receiptNo,
    businessDate: receipt.businessDate,
    printedAt: receipt.printedAt,
    occurredAtMs: isAhead ? receivedAtMs : checkout.occurredAtMs,
    recordedAtMs: receivedAtMs,
    clockSuspect: isAhead ? 1 : 0,
    memberId: named?.member.id ?? null,
    madeUnderId: named?.underId ?? null,
    totalFen: receipt.totalFen,
    changeFen: receipt.changeFen,
    refundedFen: 0,
    earnedPoints: 0,
    reversedPoints: 0,
    spentPoints: null,
    couponFen: null,
    returnedPoints: null,
    earnedAs: null,
    cashier: receipt.cashier === null ? null : maskPhonesIn(receipt.cashier),
    originalReceiptNo: receipt.originalReceiptNo,
    originalPurchaseId: null,
    lineCount: receipt.lines.length,
    firstLineName: lines[0]?.name ?? null,
  }
  return {
    purchase,
    lines: lines.map((line, index) => ({ purchaseId: id, lineNo: index + 1, ...line })),
    payments: receipt.payments.map((payment, index) => ({
      purchaseId: id,
      lineNo: index + 1,
      ...payment,
      method: maskPhonesIn(payment.method),
    })),
  }
}

function decisionOf(
  state: IngestState,
  purchase: Purchase,
  as: { status: 'accepted' | 'duplicate'; code: OutcomeCode | null; moved: number | null },
): Decision {
  const { memberId } = purchase
  return {
    status: as.status,
    code: as.code,
    purchaseId: purchase.id,
    memberId,
    points:
      memberId === null ? null : (as.moved ?? purchase.earnedPoints - purchase.reversedPoints),
    balancePoints: memberId === null ? null : state.book.balanceOf(state.ownerId(memberId)),
  }
}

/** Of all lines together, in thousandths. Some tills print what came back below zero. */
function quantityOf({ lines }: NewPurchase): number {
  return lines.reduce((sum, { quantityMilli }) => sum + Math.abs(quantityMilli), 0)
}

/** What consumers of events are told of a purchase. */
export function factOf(purchase: Purchase, moved: number) {
  return {
    kind: purchase.kind as 'sale' | 'refund',
    channel: purchase.channel as 'pos' | 'online',
    storeId: purchase.storeId,
    businessDate: purchase.businessDate,
    memberId: purchase.memberId,
    totalFen: purchase.totalFen,
    points: moved,
    cashier: purchase.cashier,
  }
}

function refundInWords(refund: Purchase, sale: Purchase, taken: number): string {
  const original = `原单 ${formatFen(fen(sale.totalFen))} 得 ${String(sale.earnedPoints)} 分`
  return `退款 ${formatFen(fen(refund.totalFen))}（${original}），按比例扣回 ${String(taken)} 分`
}
