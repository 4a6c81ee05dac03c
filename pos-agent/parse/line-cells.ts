import { findNumbers, withoutCodes, type PrintedNumber } from './amounts.js'

// The parts of a printed line: cells set apart by two or more spaces, `label: value` segments, and
// labelled numbers. All offsets refer to the line, so that names can be cut from the printed text.

export interface Cell {
  text: string
  start: number
  end: number
}

export interface Labelled {
  label: string
  numbers: PrintedNumber[]
}

const GAP = /\s{2,}/g
/** `单号:1 机号:2`: a label and a colon start a new segment, also without a wide gap. */
const SEGMENT_START =
  /\s+(?=(?:[\u4e00-\u9fffA-Z][\u4e00-\u9fffA-Za-z()#/.]{0,11}|[A-Za-z]+(?: [A-Za-z#.]+){1,2}):)|(?<=[0-9*)\]元])(?=[\u4e00-\u9fff][\u4e00-\u9fff()]{1,9}:)|\s{2,}/g
const LEADERS = /[.\-_·…]{3,}/g
const LABEL_CHARACTERS_MAX = 24

/** The cells of a line, split at gaps of two or more columns. */
export function cellsOf(folded: string): Cell[] {
  return splitAt(folded, GAP)
}

/** `label: value` segments; a label whose value stands in the next cell is joined with it. */
export function segmentsOf(folded: string): Cell[] {
  const joined: Cell[] = []
  for (const cell of splitAt(folded, SEGMENT_START)) {
    const previous = joined.at(-1)
    if (previous?.text.endsWith(':') && !cell.text.includes(':')) {
      previous.text += cell.text
      previous.end = cell.end
    } else joined.push(cell)
  }
  return joined
}

/** Every number of the line under the words before it: `数量: 3   合计: 21.32` gives two. */
export function labelledNumbers(folded: string): Labelled[] {
  const clean = withoutCodes(withoutLeaders(folded))
  const pairs: Labelled[] = []
  let from = 0
  for (const number of findNumbers(outsideBrackets(clean))) {
    const label = clean.slice(from, number.start).trim()
    const last = pairs.at(-1)
    if (last && isJoiner(label)) last.numbers.push(number)
    else pairs.push({ label: lastWords(label), numbers: [number] })
    from = number.end
  }
  return pairs
}

/** The line without leaders, dates, codes and phones, for reading words. */
export function withoutLeaders(folded: string): string {
  return folded.replace(LEADERS, (run) => ' '.repeat(run.length)).replace(/[|]/g, ' ')
}

function isJoiner(label: string): boolean {
  return /^[\s/|,;x×*=)】\]]*$/i.test(label)
}

/** The part of a label that names the number: behind the last colon that has something after it. */
function lastWords(label: string): string {
  const words = label.replace(/[:\s]+$/, '')
  return words.slice(-LABEL_CHARACTERS_MAX).replace(/^[\s,;)】\]/|]+/, '')
}

/** Numbers in brackets belong to the label: 积分抵扣(500分). Same length. */
function outsideBrackets(text: string): string {
  const blanked = text.replace(/\([^()]*\)|【[^【】]*】|\[[^[\]]*\]/g, (s) => s.replace(/\d/g, ' '))
  return /\d/.test(blanked) ? blanked : text
}

function splitAt(text: string, separator: RegExp): Cell[] {
  const cells: Cell[] = []
  let from = 0
  const push = (to: number): void => {
    const part = text.slice(from, to)
    const trimmed = part.trim()
    if (trimmed === '') return
    const start = from + part.indexOf(trimmed)
    cells.push({ text: trimmed, start, end: start + trimmed.length })
  }
  for (const match of text.matchAll(separator)) {
    push(match.index)
    from = match.index + match[0].length
  }
  push(text.length)
  return cells
}
