import { encodeGb18030 } from '../parse/gb18030.js'

// Writes ESC/POS as the tills do that we stand beside: init, Kanji mode, GB18030 text in columns.
// Commands: Epson's ESC/POS reference; FS & and FS . switch Kanji mode on Chinese printers.

const ESC = 0x1b
const GS = 0x1d
const FS = 0x1c
const LF = 0x0a
/** Width of one column of font A at 203 dpi, in the units of ESC $. */
const DOTS_PER_COLUMN = 12
const DRAWER_PULSE_UNITS = 25
const DRAWER_PAUSE_UNITS = 250

export type Alignment = 'left' | 'center' | 'right'

/** One cell of a row: text and where it stands, counted in columns. */
export interface Cell {
  text: string
  /** First column of a left-aligned cell, or the column just behind a right-aligned one. */
  column: number
  align?: 'left' | 'right'
}

/** Columns a text takes: two for full-width characters, one for the rest. */
export function textColumns(text: string): number {
  let columns = 0
  for (const character of text) columns += (character.codePointAt(0) ?? 0) > 0xff ? 2 : 1
  return columns
}

/** Cuts a text to at most `columns`, never through a character. */
export function fitColumns(text: string, columns: number): string {
  let fitted = ''
  for (const character of text) {
    if (textColumns(fitted + character) > columns) break
    fitted += character
  }
  return fitted
}

/** Collects one print job; every method returns the writer. */
export class EscposWriter {
  private readonly parts: Uint8Array[] = []

  constructor(readonly columns: number) {}

  /** ESC @ and Kanji mode on. */
  init(): this {
    return this.raw(ESC, 0x40, FS, 0x26)
  }

  raw(...bytes: number[]): this {
    this.parts.push(Uint8Array.from(bytes))
    return this
  }

  text(text: string): this {
    this.parts.push(encodeGb18030(text))
    return this
  }

  line(text = ''): this {
    return this.text(text).raw(LF)
  }

  align(alignment: Alignment): this {
    return this.raw(ESC, 0x61, ['left', 'center', 'right'].indexOf(alignment))
  }

  /** GS !: double width and height. */
  big(isOn: boolean): this {
    return this.raw(GS, 0x21, isOn ? 0x11 : 0x00)
  }

  bold(isOn: boolean): this {
    return this.raw(ESC, 0x45, isOn ? 1 : 0)
  }

  rule(character = '-'): this {
    return this.line(character.repeat(this.columns / textColumns(character)))
  }

  /** A centred line, in double size when `isBig`. */
  title(text: string, isBig = false): this {
    this.align('center')
    if (isBig) this.big(true)
    this.line(text)
    if (isBig) this.big(false)
    return this.align('left')
  }

  /** A row of cells padded with spaces; a cell that would run into the one before moves right. */
  row(...cells: Cell[]): this {
    let row = ''
    for (const { text, column, align } of cells) {
      const start = align === 'right' ? column - textColumns(text) : column
      const padding = start - textColumns(row)
      row += ' '.repeat(Math.max(padding, row === '' ? 0 : 1)) + text
    }
    return this.line(row)
  }

  /** The same row, placed with ESC $ (absolute position) instead of spaces. */
  positionedRow(...cells: Cell[]): this {
    for (const { text, column, align } of cells) {
      const dots = (align === 'right' ? column - textColumns(text) : column) * DOTS_PER_COLUMN
      this.raw(ESC, 0x24, dots & 0xff, dots >> 8).text(text)
    }
    return this.raw(LF)
  }

  /** Label at the left edge, value at the right. */
  pair(label: string, value: string): this {
    const right: Cell = { text: value, column: this.columns, align: 'right' }
    return this.row({ text: label, column: 0 }, right)
  }

  /** ESC d: feeds `lines` lines. */
  feed(lines: number): this {
    return this.raw(ESC, 0x64, lines)
  }

  /** GS V 66: feeds to the cutter and cuts partially. */
  cut(): this {
    return this.raw(GS, 0x56, 0x42, 0x00)
  }

  /** ESC p: opens the cash drawer. */
  kickDrawer(): this {
    return this.raw(ESC, 0x70, 0x00, DRAWER_PULSE_UNITS, DRAWER_PAUSE_UNITS)
  }

  /** GS v 0: a raster of rows, each `widthBytes` × 8 dots. */
  raster(widthBytes: number, rows: Uint8Array): this {
    const height = Math.floor(rows.length / widthBytes)
    this.raw(GS, 0x76, 0x30, 0x00, widthBytes & 0xff, widthBytes >> 8, height & 0xff, height >> 8)
    this.parts.push(rows.subarray(0, height * widthBytes))
    return this
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.parts)
  }
}

/** A round shop sign of `sizeDots` × `sizeDots` (a multiple of 8), for `raster`. */
export function roundLogo(sizeDots: number): { widthBytes: number; rows: Uint8Array } {
  const widthBytes = sizeDots / 8
  const rows = new Uint8Array(widthBytes * sizeDots)
  const middle = (sizeDots - 1) / 2
  for (let y = 0; y < sizeDots; y += 1)
    for (let x = 0; x < sizeDots; x += 1) {
      const distance = Math.hypot(x - middle, y - middle) / middle
      const isInk = distance < 0.4 || (distance > 0.8 && distance <= 1)
      const at = y * widthBytes + (x >> 3)
      if (isInk) rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7))
    }
  return { widthBytes, rows }
}
