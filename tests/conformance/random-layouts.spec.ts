import { describe, it, expect } from '@jest/globals'
import { CONFIDENCE_SURE } from '../../pos-agent/parse/document.js'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { readCapture } from '../../pos-agent/parse/read-capture.js'
import { makeReceipt } from './layout-generator.js'

// The error rate on layouts nobody tuned one by one: the promise is at least 90 % of totals right
// and at most 0.5 % wrong among those the reader is sure of.

const RECEIPTS = 1_000
const RIGHT_MIN = 0.9
const SURE_WRONG_MAX = 0.005
const FIELDS_RIGHT_MIN = 0.95

describe('receipts in layouts put together at random', () => {
  const read = Array.from({ length: RECEIPTS }, (_, seed) => {
    const made = makeReceipt(seed + 1)
    const job = [0x1b, 0x40, ...encodeGb18030(`${made.text}\n\n\n`), 0x1d, 0x56, 66, 0]
    const [document] = readCapture(Uint8Array.from(job))
    return { made, document }
  })
  const share = (matches: (entry: (typeof read)[number]) => boolean): number =>
    read.filter(matches).length / read.length

  it('has at least nine of ten totals right', () => {
    const right = share(({ made, document }) => document?.totalFen === made.totalFen)
    expect(right).toBeGreaterThanOrEqual(RIGHT_MIN)
  })

  it('is hardly ever sure of a wrong total', () => {
    const sure = read.filter(({ document }) => (document?.confidence ?? 0) >= CONFIDENCE_SURE)
    const wrong = sure.filter(({ made, document }) => document?.totalFen !== made.totalFen)
    expect(sure.length).toBeGreaterThan(RECEIPTS * RIGHT_MIN)
    expect(wrong.length / sure.length).toBeLessThanOrEqual(SURE_WRONG_MAX)
  })

  it('reads number, time, kind and items of nearly all', () => {
    expect(share(({ made, document }) => document?.kind === made.kind)).toBeGreaterThan(
      FIELDS_RIGHT_MIN,
    )
    expect(share(({ made, document }) => document?.receiptNo === made.receiptNo)).toBeGreaterThan(
      FIELDS_RIGHT_MIN,
    )
    expect(share(({ made, document }) => document?.printedAt === made.printedAt)).toBeGreaterThan(
      FIELDS_RIGHT_MIN,
    )
    const amounts = share(({ made, document }) => {
      return (
        JSON.stringify(document?.lines.map((line) => line.amountFen)) ===
        JSON.stringify(made.amountsFen)
      )
    })
    expect(amounts).toBeGreaterThan(FIELDS_RIGHT_MIN)
  })
})
