import type { CapturedDocument } from './document.js'
import { fold, isRule } from './text-fold.js'

// The text two prints of one receipt have in common, for receipts that carry no number: their key
// is a hash of it. A reprint mark, its time, and how lines are spaced must not change it.

const REPRINT_MARK =
  /重打|补打|重印|补印|复打|副本|再次打印|打印次数|第\s*\S\s*次打印|reprint|duplicat/i
const PRINT_TIME = /^(?:打印|出单)(?:时间|日期)/

/** The printable text of a document, folded, without rules, spacing and reprint marks. */
export function surrogateText(document: Pick<CapturedDocument, 'text'>): string {
  return fold(document.text)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '' && !isRule(line))
    .filter((line) => !REPRINT_MARK.test(line) && !PRINT_TIME.test(line))
    .join('\n')
}
