import { TableError } from './table-error.js'
import {
  CELL_CHARACTERS_MAX,
  CELLS_MAX,
  type OpenTable,
  type TableRow,
  type TableSource,
} from './table-source.js'
import { SharedStrings } from './shared-strings.js'
import { dateText, isDateFormat, numberText } from './xlsx-numbers.js'
import { XlsxPackage } from './xlsx-package.js'

// Spreadsheets (ECMA-376), streamed row by row. Of a formula the last result is read, never the
// formula. Only the first sheet that is shown is read; only shared texts stay in memory.

const WORKBOOK = 'xl/workbook.xml'
const LETTERS = 26
const LETTER_BEFORE_A = 64

interface Book {
  sheetPath: string
  startsIn1904: boolean
  /** By style number: is a number of this style a date? */
  dateStyles: boolean[]
}

/** Opens an .xlsx file. Throws TableError. */
export async function openXlsx(source: TableSource): Promise<OpenTable> {
  const parts = await XlsxPackage.open(source)
  if (!parts.has(WORKBOOK)) throw new TableError('file_not_table', '压缩包里没有 Excel 工作簿')
  const book = await readBook(parts)
  return { format: 'xlsx', encoding: null, rows: () => rowsOf(source, book) }
}

async function readBook(parts: XlsxPackage): Promise<Book> {
  const sheets: { id: string; isShown: boolean }[] = []
  let startsIn1904 = false
  await parts.readSmall(WORKBOOK, {
    open: (name, attributes) => {
      if (name === 'workbookPr') startsIn1904 = /^(1|true)$/.test(attributes['date1904'] ?? '')
      if (name !== 'sheet') return
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? ''
      sheets.push({ id, isShown: (attributes['state'] ?? 'visible') === 'visible' })
    },
  })
  const wanted = sheets.find(({ isShown }) => isShown) ?? sheets[0]
  const targets = new Map<string, string>()
  await parts.readSmall('xl/_rels/workbook.xml.rels', {
    open: (name, attributes) => {
      if (name === 'Relationship') targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '')
    },
  })
  const target = targets.get(wanted?.id ?? '') ?? 'worksheets/sheet1.xml'
  const sheetPath = target.startsWith('/') ? target.slice(1) : `xl/${target}`
  return { sheetPath, startsIn1904, dateStyles: await readStyles(parts) }
}

async function readStyles(parts: XlsxPackage): Promise<boolean[]> {
  const codes = new Map<number, string>()
  const dateStyles: boolean[] = []
  let isInside = false
  await parts.readSmall('xl/styles.xml', {
    open: (name, attributes) => {
      if (name === 'numFmt')
        codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '')
      if (name === 'cellXfs') isInside = true
      if (name !== 'xf' || !isInside) return
      const id = Number(attributes['numFmtId'] ?? 0)
      dateStyles.push(isDateFormat(id, codes.get(id) ?? null))
    },
    close: (name) => {
      if (name === 'cellXfs') isInside = false
    },
  })
  return dateStyles
}

async function readStrings(parts: XlsxPackage): Promise<SharedStrings> {
  const strings = new SharedStrings()
  if (!parts.has('xl/sharedStrings.xml')) return strings
  let text = ''
  let isText = false
  let isPhonetic = false
  const events = {
    open: (name: string) => {
      if (name === 'si') text = ''
      if (name === 'rPh') isPhonetic = true
      isText = name === 't'
    },
    text: (part: string) => {
      if (isText && !isPhonetic) text = appended(text, part)
    },
    close: (name: string) => {
      if (name === 'rPh') isPhonetic = false
      if (name === 't') isText = false
      if (name === 'si') strings.add(text)
    },
  }
  await parts.readWhole('xl/sharedStrings.xml', events)
  return strings
}

async function* rowsOf(source: TableSource, book: Book): AsyncGenerator<TableRow[]> {
  const parts = await XlsxPackage.open(source)
  const sheet = new SheetReader(book, await readStrings(parts))
  const reading = parts.read(book.sheetPath, sheet)
  try {
    for (let isDone = false; !isDone;) {
      isDone = (await reading.next()).done === true
      if (sheet.rows.length > 0) yield sheet.rows.splice(0)
    }
  } finally {
    await reading.return(undefined)
  }
}

/** Gathers rows from the tags of a sheet. */
class SheetReader {
  readonly rows: TableRow[] = []
  #rowNo = 0
  #cells: string[] = []
  #column = 0
  #type = ''
  #style = 0
  #value = ''
  #isValue = false

  constructor(
    private readonly book: Book,
    private readonly strings: SharedStrings,
  ) {}

  open(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case 'row':
        this.#rowNo = rowAfter(this.#rowNo, attributes['r'])
        this.#cells = []
        this.#column = -1
        return
      case 'c':
        this.#column = columnOf(attributes['r']) ?? this.#column + 1
        if (this.#column >= CELLS_MAX) throw new TableError('file_over_limits', '表格的列数太多')
        this.#type = attributes['t'] ?? 'n'
        this.#style = Number(attributes['s'] ?? 0)
        this.#value = ''
        return
      case 'v':
      case 't':
        this.#isValue = true
    }
  }

  text(part: string): void {
    if (this.#isValue) this.#value = appended(this.#value, part)
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#isValue = false
        return
      case 'c':
        while (this.#cells.length < this.#column) this.#cells.push('')
        this.#cells[this.#column] = this.#cellText().trim()
        return
      case 'row':
        if (this.#cells.some((cell) => cell !== ''))
          this.rows.push({ rowNo: this.#rowNo, cells: this.#cells })
    }
  }

  #cellText(): string {
    switch (this.#type) {
      case 's':
        return this.strings.at(Number(this.#value)) ?? ''
      case 'b':
        return this.#value === '1' ? '是' : '否'
      case 'e':
        return ''
      case 'n':
        return this.book.dateStyles[this.#style] === true
          ? dateText(this.#value, this.book.startsIn1904)
          : numberText(this.#value)
      default:
        return this.#value
    }
  }
}

/** The number of the row after `last`. Reading goes on by these numbers, so they only ever grow. */
function rowAfter(last: number, written: string | undefined): number {
  const rowNo = written === undefined ? last + 1 : Number(written)
  if (Number.isSafeInteger(rowNo) && rowNo > last) return rowNo
  throw new TableError('file_truncated', 'Excel 文件里行的编号是乱的，请重新导出')
}

/** `C7` → 2; null where the cell does not say where it stands. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^([A-Z]{1,3})\d+$/.exec(reference ?? '')?.[1]
  if (letters === undefined) return null
  let column = 0
  for (let at = 0; at < letters.length; at += 1)
    column = column * LETTERS + letters.charCodeAt(at) - LETTER_BEFORE_A
  return column - 1
}

function appended(text: string, part: string): string {
  if (text.length + part.length > CELL_CHARACTERS_MAX)
    throw new TableError('file_over_limits', '有单元格的内容太长')
  return text + part
}
