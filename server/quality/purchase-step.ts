import type { QualityEvidence, QualityIssueKind } from '@huike/shared/contracts/console-quality'
import { localTime } from '@huike/shared/local-time'
import type { Rx } from '../platform/database.js'
import { hugeQuantities, type HugeQuantity } from './huge-quantities.js'
import {
  beforeJoined,
  isDayOff,
  isNotItsLines,
  isWithoutSale,
  type CheckedPurchase,
} from './purchase-checks.js'
import { answerOf, stretchAfter, type Step } from './step.js'
import { shareKey, type Doubt, type Shares } from './tally.js'

// Purchases, a stretch at a time: the row with its member's beginning, the sum of its lines, and
// whether its receipt was recorded before.

/** A stretch holds up an embedded server while it is read: short ones let tills in between. */
const PURCHASES_PER_STEP = 250
/** The same receipt again within so long is one receipt; numbers begin again after a while. */
const SAME_RECEIPT_MS = 3 * 86_400_000

type Row = Omit<CheckedPurchase, 'printedAt' | 'linesFen'> & {
  id: string
  storeId: string
  timeZone: string
  memberId: string | null
  receiptNo: string | null
  printedAt: string | null
  isTwice: number
}

/** Every check of purchases, and huge quantities that were not flagged when they came. */
export const stepOverPurchases: Step = async (rx, { after, settings }) => {
  const { upTo, rows, isLast } = await stretchAfter(rx, 'purchase', after, PURCHASES_PER_STEP)
  if (upTo === null) return answerOf({})
  const within: [string, string] = [after, upTo]
  const purchases = await purchasesWithin(rx, within)
  const linesOf = await lineSums(rx, within)
  const huge = await hugeQuantities(rx, {
    where: 'l.purchaseId > ? AND l.purchaseId <= ?',
    parameters: within,
    pieces: settings.hugeQuantity,
  })
  const doubts = purchases.flatMap((row) => doubtsOf(row, linesOf.get(row.id) ?? 0))
  const all = [...doubts, ...huge.map(hugeDoubt)]
  const shares = sharesOf(purchases, all)
  return answerOf({ place: isLast ? null : upTo, rows, shares, doubts: all })
}

/** What is flagged of a huge quantity, whoever finds it. */
export function hugeDoubt(huge: HugeQuantity): Doubt {
  const { purchaseId, storeId, memberId, item, quantityMilli, receiptNo } = huge
  const evidence = { item, quantityMilli, ...(receiptNo === null ? {} : { receiptNo }) }
  return {
    ...{ kind: 'quantity_huge', subjectId: purchaseId, storeId, memberId, otherMemberId: null },
    evidence,
  }
}

function doubtsOf(row: Row, linesFen: number): Doubt[] {
  const printedAt = row.printedAt ?? localTime(row.occurredAtMs, row.timeZone)
  const checked: CheckedPurchase = { ...row, printedAt, linesFen }
  const how = beforeJoined(checked)
  const found: [QualityIssueKind, boolean, QualityEvidence][] = [
    [
      'bought_before_joined',
      how !== null,
      how === null ? {} : { how, joinedAtMs: row.joinedAtMs as never },
    ],
    ['refund_without_sale', isWithoutSale(checked), {}],
    ['lines_not_total', isNotItsLines(checked), { linesFen }],
    ['business_day_off', isDayOff(checked), {}],
    ['clock_ahead', row.clockSuspect === 1, { recordedAtMs: row.recordedAtMs as never }],
    ['receipt_twice', row.isTwice === 1, {}],
  ]
  return found.flatMap(([kind, isTrue, evidence]) =>
    isTrue
      ? [
          {
            ...{ kind, subjectId: row.id, storeId: row.storeId, memberId: row.memberId },
            otherMemberId: null,
            evidence: { ...evidenceOf(row), ...evidence },
          },
        ]
      : [],
  )
}

function evidenceOf(row: Row): QualityEvidence {
  return {
    kind: row.kind as 'sale' | 'refund',
    ...(row.receiptNo === null ? {} : { receiptNo: row.receiptNo }),
    totalFen: row.totalFen as never,
    businessDate: row.businessDate as never,
    occurredAtMs: row.occurredAtMs as never,
  }
}

function sharesOf(purchases: readonly Row[], doubts: readonly Doubt[]): Shares {
  const whole = purchases.length
  const refunds = purchases.filter(({ kind }) => kind === 'refund').length
  const times = (kind: QualityIssueKind) => doubts.filter((one) => one.kind === kind).length
  const ofHow = (how: string) => doubts.filter(({ evidence }) => evidence.how === how).length
  const shares: Shares = {
    [shareKey('receipt_missing')]: [
      purchases.filter(({ receiptNo }) => receiptNo === null).length,
      whole,
    ],
    // Only what nothing explains counts against the data.
    [shareKey('bought_before_joined')]: [ofHow('unexplained'), whole],
    [shareKey('refund_without_sale')]: [times('refund_without_sale'), refunds],
  }
  for (const how of ['imported', 'given_later', 'arrived_late', 'unexplained'])
    shares[shareKey('bought_before_joined', `how:${how}`)] = [ofHow(how), whole]
  for (const kind of [
    'lines_not_total',
    'business_day_off',
    'clock_ahead',
    'receipt_twice',
    'quantity_huge',
  ] as const)
    shares[shareKey(kind)] = [times(kind), whole]
  return shares
}

function purchasesWithin(rx: Rx, within: readonly [string, string]): Promise<Row[]> {
  return rx.rows<Row>(
    `SELECT p.id, p.kind, p.sourceKind, p.storeId, s.timeZone, p.businessDate, p.printedAt,
       p.occurredAtMs, p.recordedAtMs, p.clockSuspect, p.memberId, p.receiptNo, p.totalFen,
       p.originalPurchaseId, p.lineCount, m.createdAtMs AS joinedAtMs,
       CASE WHEN EXISTS (SELECT 1 FROM purchase k WHERE k.storeId = p.storeId
         AND k.receiptNo = p.receiptNo AND k.kind = p.kind AND k.totalFen = p.totalFen
         AND k.contentSha256 = p.contentSha256 AND k.id < p.id
         AND k.occurredAtMs >= p.occurredAtMs - ${String(SAME_RECEIPT_MS)}
         AND k.occurredAtMs <= p.occurredAtMs + ${String(SAME_RECEIPT_MS)})
         THEN 1 ELSE 0 END AS isTwice
     FROM purchase p JOIN store s ON s.id = p.storeId LEFT JOIN member m ON m.id = p.memberId
     WHERE p.id > ? AND p.id <= ? ORDER BY p.id`,
    within,
  )
}

async function lineSums(rx: Rx, within: readonly [string, string]): Promise<Map<string, number>> {
  const rows = await rx.rows<{ purchaseId: string; linesFen: number | string }>(
    `SELECT purchaseId, SUM(amountFen) AS linesFen FROM purchase_line
     WHERE purchaseId > ? AND purchaseId <= ? GROUP BY purchaseId`,
    within,
  )
  return new Map(rows.map(({ purchaseId, linesFen }) => [purchaseId, Number(linesFen)]))
}
