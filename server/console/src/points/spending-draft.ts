import type { PointsSettings, RefundPolicy, SpendingTerms } from '@huike/shared/contracts/spending'
import { FEN_MAX, fen, fenFromYuan, formatYuan, points, type Fen } from '@huike/shared/quantities'
import { quoteSpending } from '@huike/shared/spending'
import { spendingStrings } from './spending-strings.js'

// How points are spent while somebody writes it: what was typed, what is wrong with it, and what is
// saved. The spec holds its ends to those of the contract.

const { problem: words } = spendingStrings

const RATE_MAX = 1_000_000
const ORDER_POINTS_MAX = 10_000_000
const PERCENT_MAX = 100
/** The order of which the page says what it may take. */
export const EXAMPLE_FEN = fen(10_000)
/** More points than any order takes. */
const PLENTY = points(1_000_000_000)
/** What is proposed when it is switched on. */
const OFFERED: SpendingTerms = {
  ...{ points: 100, fen: 100, leastPoints: 100, stepPoints: 100, orderPercentMax: 50 },
  ...{ orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: true },
}

/** The fields as they are typed. */
export interface SpendingDraft {
  isOn: boolean
  points: string
  yuan: string
  least: string
  step: string
  percent: string
  /** '' sets none. */
  cap: string
  /** '' sets none. */
  leastOrderYuan: string
  isCodeNeeded: boolean
  refunds: RefundPolicy
}

/** What is wrong, by field, in words. */
export type SpendingProblems = Readonly<Partial<Record<keyof SpendingDraft, string>>>

/** The draft of what is set. */
export function draftOf({ spending, refunds }: PointsSettings): SpendingDraft {
  const terms = spending ?? OFFERED
  return {
    isOn: spending !== null,
    points: String(terms.points),
    yuan: formatYuan(fen(terms.fen)),
    least: String(terms.leastPoints),
    step: String(terms.stepPoints),
    percent: String(terms.orderPercentMax),
    cap: terms.orderPointsMax === null ? '' : String(terms.orderPointsMax),
    leastOrderYuan: terms.leastOrderFen === 0 ? '' : formatYuan(terms.leastOrderFen),
    isCodeNeeded: terms.isCodeNeeded,
    refunds,
  }
}

/** What a draft says, or what is wrong with it. */
export function settingsOf(
  draft: SpendingDraft,
): { settings: PointsSettings } | { problems: SpendingProblems } {
  const { isOn, refunds } = draft
  if (!isOn)
    return refunds === 'cash'
      ? { problems: { refunds: words.cashNeedsWorth } }
      : { settings: { spending: null, refunds } }
  const count = {
    points: within(draft.points, RATE_MAX),
    least: within(draft.least, ORDER_POINTS_MAX),
    step: within(draft.step, ORDER_POINTS_MAX),
    percent: within(draft.percent, PERCENT_MAX),
    cap: draft.cap === '' ? null : within(draft.cap, ORDER_POINTS_MAX),
  }
  const worthFen = amount(draft.yuan, RATE_MAX)
  const leastOrderFen = draft.leastOrderYuan === '' ? fen(0) : amount(draft.leastOrderYuan, FEN_MAX)
  const isWhole = worthFen === null || ((count.step ?? 0) * worthFen) % (count.points ?? 1) === 0
  const problems: SpendingProblems = {
    ...(count.points === null && { points: words.whole(RATE_MAX) }),
    ...((worthFen === null || worthFen === 0) && { yuan: words.worth }),
    ...(count.least === null && { least: words.whole(ORDER_POINTS_MAX) }),
    ...(!isWhole && { step: words.step }),
    ...(count.step === null && { step: words.whole(ORDER_POINTS_MAX) }),
    ...(count.percent === null && { percent: words.whole(PERCENT_MAX) }),
    ...(draft.cap !== '' && count.cap === null && { cap: words.wholeOrNone(ORDER_POINTS_MAX) }),
    ...(leastOrderFen === null && { leastOrderYuan: words.amountOrNone }),
  }
  if (Object.keys(problems).length > 0) return { problems }
  const spending: SpendingTerms = {
    points: count.points ?? 1,
    fen: worthFen ?? 1,
    leastPoints: count.least ?? 1,
    stepPoints: count.step ?? 1,
    orderPercentMax: count.percent ?? 1,
    orderPointsMax: count.cap,
    leastOrderFen: leastOrderFen ?? fen(0),
    isCodeNeeded: draft.isCodeNeeded,
  }
  return { settings: { spending, refunds } }
}

/** What an order of EXAMPLE_FEN may take of plenty of points, or why it takes none. */
export function example(terms: SpendingTerms): {
  points: number
  valueFen: Fen
  why: string | null
} {
  const quote = quoteSpending(terms, { orderFen: EXAMPLE_FEN, spendablePoints: PLENTY })
  return { points: quote.mostPoints, valueFen: quote.mostFen, why: quote.why }
}

function within(text: string, most: number): number | null {
  const value = Number(text)
  return /^\d{1,9}$/.test(text) && value >= 1 && value <= most ? value : null
}

function amount(text: string, mostFen: number): Fen | null {
  const typedFen = fenFromYuan(text)
  return typedFen !== null && typedFen >= 0 && typedFen <= mostFen ? typedFen : null
}
