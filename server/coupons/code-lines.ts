// The first cells of the rows of a text table, as its bytes come in: never more than a chunk and a row
// of it in memory. A code holds nothing that has to be quoted, so no table has to be understood.

const ROW_CHARACTERS_MAX = 1_000
const DELIMITER = /[,;\t]/
/** `="0012"`: text that a spreadsheet must not read as a number. */
const AROUND = /^="|^"|"$/g

export interface CodeLine {
  /** From 1. */
  row: number
  text: string
}

export class CodeLines {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #row = 0
  #isBinary = false

  /** Whether something was met that is in no text. */
  get isBinary(): boolean {
    return this.#isBinary
  }

  /** The rows a chunk completes. */
  take(chunk: Uint8Array): CodeLine[] {
    const text = this.#decoder.decode(chunk, { stream: true })
    this.#isBinary ||= text.includes('\0')
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    // What never ends is no row; it is read as one that is too long.
    this.#rest = (lines.pop() ?? '').slice(0, ROW_CHARACTERS_MAX)
    return this.#linesOf(lines)
  }

  /** The row that no line end completes. */
  end(): CodeLine[] {
    const last = (this.#rest + this.#decoder.decode()).replace(/\r$/, '')
    this.#rest = ''
    return this.#linesOf([last])
  }

  #linesOf(lines: readonly string[]): CodeLine[] {
    return lines.flatMap((line) => {
      this.#row += 1
      const [cell = ''] = line.split(DELIMITER)
      const text = cell.trim().replace(AROUND, '').trim()
      return text === '' ? [] : [{ row: this.#row, text }]
    })
  }
}
