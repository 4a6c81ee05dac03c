import { encodingOfJob, type TextEncodingName } from './encoding.js'
import { tokenizeEscPos, type EscPosToken } from './escpos-tokens.js'
import { displayWidth, fold } from './text-fold.js'

// From printer commands to what stands on the paper: jobs (what lies between two cuts) of lines
// with their columns. Positions set in dots, tab stops and spaces all become columns, so that a
// reader sees one kind of line whatever the till used.

/** One printed line. `text` and `folded` have the same length. */
export interface PrintedLine {
  text: string
  /** The text with full-width and traditional characters folded, to read labels and numbers in. */
  folded: string
  doubleSize: boolean
  bold: boolean
  align: 'left' | 'centre' | 'right'
}

export interface PrintJob {
  lines: PrintedLine[]
  encoding: TextEncodingName
  /** Something shows that the document came to its end: a cut, paper fed, the drawer opened. */
  ended: boolean
  /** Indexes of the lines before which the printer was initialised anew. */
  restarts: number[]
  /** Rows of dots printed as pictures. */
  rasterRows: number
  /** Text sent without a line end before the stream stopped: the printer never printed it. */
  unprinted: string | null
}

const DOTS_PER_COLUMN = 12
const COLUMN_MAX = 256
const LINES_MAX = 4_000
const TAB_COLUMNS = 8
/** Paper fed before a re-initialisation by at least this many lines was torn off there. */
const TEAR_FEED_LINES_MIN = 3
/** Invisible or impossible in a receipt: controls, private use, what could not be decoded. */
const NOISE = /[\p{Cc}\p{Co}\ufffd\ufeff\u200b-\u200f]/gu

/** What a line is made of, in the order it was sent; columns are known once text is decoded. */
type Piece =
  | { kind: 'text'; bytes: Uint8Array; kanji: boolean; width: number }
  | { kind: 'to' | 'by'; columns: number }
  | { kind: 'tab'; stops: readonly number[] }

interface RawLine {
  pieces: Piece[]
  height: number
  bold: boolean
  align: PrintedLine['align']
}

interface RawJob {
  lines: RawLine[]
  restarts: number[]
  ended: boolean
  rasterRows: number
  tail: RawLine | null
}

/**
 * Reads a stream of ESC/POS bytes into its print jobs, at most `jobsMax` of them. Jobs without any
 * content are left out.
 */
export function layOutEscPos(bytes: Uint8Array, jobsMax = Infinity): PrintJob[] {
  return new Paper(bytes).print(tokenizeEscPos(bytes), jobsMax).map(decodeJob)
}

/** Tokens that change how or where the next text is printed. */
type StyleToken = Extract<
  EscPosToken,
  { kind: 'align' | 'size' | 'bold' | 'kanji' | 'position' | 'move' | 'tab' | 'tab_stops' }
>

/** The printer's state while it goes through the tokens. */
class Paper {
  private readonly jobs: RawJob[] = []
  private job = emptyJob()
  private line = emptyLine()
  private width = 1
  private height = 1
  private bold = false
  private align: PrintedLine['align'] = 'left'
  private kanji = true
  private tabStops: number[] = []
  private fedLines = 0
  private crEndsLine = false

  constructor(private readonly bytes: Uint8Array) {}

  print(tokens: readonly EscPosToken[], jobsMax: number): RawJob[] {
    this.crEndsLine = !tokens.some(({ kind }) => kind === 'line_feed' || kind === 'feed')
    for (const token of tokens) {
      this.take(token)
      if (this.jobs.length >= jobsMax) return this.jobs
    }
    if (hasText(this.line)) this.job.tail = this.line
    this.endJob(false)
    return this.jobs
  }

  private take(token: EscPosToken): void {
    switch (token.kind) {
      case 'text':
        return this.write(token.start, token.end)
      case 'line_feed':
        return this.endLine(1)
      case 'feed':
        return this.endLine(token.lines)
      case 'carriage_return':
        return this.crEndsLine ? this.endLine(1) : undefined
      case 'form_feed':
      case 'cut':
        if (hasText(this.line)) this.endLine(1)
        return this.endJob(true)
      case 'initialise':
        return this.initialise()
      case 'pulse':
        this.job.ended ||= !hasText(this.line) && this.job.lines.length > 0
        return
      case 'raster':
        this.job.rasterRows += token.rows
        return
      default:
        return this.style(token)
    }
  }

  private style(token: StyleToken): void {
    switch (token.kind) {
      case 'align':
        this.align = token.align
        break
      case 'size':
        this.width = token.width
        this.height = token.height
        break
      case 'bold':
        this.bold = token.on
        break
      case 'kanji':
        this.kanji = token.on
        break
      case 'position':
        this.line.pieces.push({ kind: 'to', columns: token.dots / DOTS_PER_COLUMN })
        break
      case 'move':
        this.line.pieces.push({ kind: 'by', columns: token.dots / DOTS_PER_COLUMN })
        break
      case 'tab':
        this.line.pieces.push({ kind: 'tab', stops: this.tabStops })
        break
      case 'tab_stops':
        this.tabStops = token.columns
        break
    }
  }

  private write(start: number, end: number): void {
    const { line } = this
    if (!hasText(line)) {
      line.align = this.align
      line.bold = this.bold
    }
    const bytes = this.bytes.subarray(start, end)
    line.pieces.push({ kind: 'text', bytes, kanji: this.kanji, width: this.width })
    line.height = Math.max(line.height, this.height, this.width)
    this.fedLines = 0
  }

  private endLine(lines: number): void {
    if (this.job.lines.length < LINES_MAX) this.job.lines.push(this.line)
    this.line = emptyLine()
    this.fedLines += lines
  }

  private initialise(): void {
    const printed = this.job.lines.some(hasText)
    if (printed && !hasText(this.line) && this.fedLines > TEAR_FEED_LINES_MIN) this.endJob(true)
    else if (printed) this.job.restarts.push(this.job.lines.length)
    this.width = this.height = 1
    this.bold = false
    this.align = 'left'
    this.kanji = true
    this.tabStops = []
  }

  private endJob(ended: boolean): void {
    const { job } = this
    job.ended ||= ended || this.fedLines > TEAR_FEED_LINES_MIN
    const printed = job.lines.some(hasText)
    if (printed || job.rasterRows > 0 || job.tail !== null) this.jobs.push(job)
    this.job = emptyJob()
    this.line = emptyLine()
    this.fedLines = 0
  }
}

function emptyJob(): RawJob {
  return { lines: [], restarts: [], ended: false, rasterRows: 0, tail: null }
}

function emptyLine(): RawLine {
  return { pieces: [], height: 1, bold: false, align: 'left' }
}

function hasText(line: RawLine): boolean {
  return line.pieces.some(({ kind }) => kind === 'text')
}

function decodeJob(job: RawJob): PrintJob {
  const all = job.tail ? [...job.lines, job.tail] : job.lines
  const runs = all.flatMap(({ pieces }) => pieces.map((p) => (p.kind === 'text' ? p.bytes : null)))
  const encoding = encodingOfJob(runs.filter((run) => run !== null))
  const decode = decoderOf(encoding)
  return {
    lines: job.lines.map((line) => printedLine(line, decode)),
    encoding,
    restarts: job.restarts,
    ended: job.ended,
    rasterRows: job.rasterRows,
    unprinted: job.tail ? printedLine(job.tail, decode).text.trim() || null : null,
  }
}

type Decode = (bytes: Uint8Array, kanji: boolean) => string

function decoderOf(encoding: TextEncodingName): Decode {
  const whole = new TextDecoder(encoding)
  const singleByte = new TextDecoder('windows-1252')
  return (bytes, kanji) =>
    (kanji || encoding === 'utf-8' ? whole : singleByte).decode(bytes).replace(NOISE, '')
}

function printedLine(line: RawLine, decode: Decode): PrintedLine {
  const printed = joined(placed(line.pieces, decode)).trimEnd()
  const { bold, align, height } = line
  return { text: printed, folded: fold(printed), doubleSize: height > 1, bold, align }
}

interface PlacedText {
  from: number
  to: number
  text: string
}

function placed(pieces: readonly Piece[], decode: Decode): PlacedText[] {
  const texts: PlacedText[] = []
  let column = 0
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      const text = decode(piece.bytes, piece.kanji)
      const to = column + displayWidth(text) * piece.width
      texts.push({ from: column, to, text })
      column = to
    } else if (piece.kind === 'tab') column = nextTabStop(column, piece.stops)
    else column = piece.kind === 'to' ? piece.columns : column + piece.columns
    column = Math.min(COLUMN_MAX, Math.max(0, Math.round(column)))
  }
  return texts
}

function nextTabStop(column: number, stops: readonly number[]): number {
  return stops.find((stop) => stop > column) ?? (Math.floor(column / TAB_COLUMNS) + 1) * TAB_COLUMNS
}

/** The texts from left to right; a jump between two is at least one space. */
function joined(texts: PlacedText[]): string {
  let line = ''
  let column = 0
  for (const { from, to, text } of texts.sort((a, b) => a.from - b.from)) {
    if (from > column) line += ' '.repeat(from - column)
    else if (from < column && !line.endsWith(' ')) line += ' '
    line += text
    column = to
  }
  return line
}

/** Lines of plain text, as captured from a text-only printer queue or a text file. */
export function plainLines(text: string): PrintedLine[] {
  return text.split(/\r\n|\r|\n/, LINES_MAX).map((line) => {
    const printed = line.replace(/\t/g, '    ').replace(NOISE, '').trimEnd()
    return { text: printed, folded: fold(printed), doubleSize: false, bold: false, align: 'left' }
  })
}
