// Reading ESC/POS byte by byte. Commands are skipped by their length, never by "until something
// printable": a parameter may look like text (`ESC ! (`). Any bytes give tokens: garbage never
// throws or hangs, every step moves forward, and a length field cannot reach past the end.
//
// Lead and trail bytes of Chinese characters are all 0x30 or above and commands start below 0x20,
// so where commands are does not depend on the text encoding, which is chosen later, per job.
// Formats: Epson's ESC/POS command reference, and the extra forms common on Chinese printers.

/** What the printer was told, in order. `start` and `end` are offsets into the input. */
export type EscPosToken =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'line_feed' | 'carriage_return' | 'form_feed' | 'initialise' | 'cut' | 'pulse' }
  | { kind: 'tab' }
  | { kind: 'feed'; lines: number }
  | { kind: 'align'; align: 'left' | 'centre' | 'right' }
  | { kind: 'size'; width: number; height: number }
  | { kind: 'bold'; on: boolean }
  | { kind: 'position'; dots: number }
  | { kind: 'move'; dots: number }
  | { kind: 'tab_stops'; columns: number[] }
  | { kind: 'kanji'; on: boolean }
  | { kind: 'raster'; rows: number }

const LF = 0x0a
const NUL = 0x00
const ESC = 0x1b
const FS = 0x1c
const GS = 0x1d
const DLE = 0x10
const DEL = 0x7f
const DOTS_PER_LINE = 30
const TAB_STOPS_MAX = 32
const BARCODE_BYTES_MAX = 255
const FS_CUT_PARAMETERS_MAX = 2

/** Parameter bytes of the commands that do nothing for the text. Absent: none. */
const ESC_LENGTHS = lengths({
  1: ' %-3=?ABEGKMNRTUVegjkrstu{9b',
  2: '$\\cB',
  3: 'p7',
  8: 'W',
})
const GS_LENGTHS = lengths({ 1: '!#/BEGHITabfhjrw', 2: '$LPW\\A', 3: '^z', 4: 'g' })
const FS_LENGTHS = lengths({ 1: '!-CEW', 2: '?Sp' })

type Emit = (token: EscPosToken) => void

/** Splits `bytes` into tokens, in one pass. */
export function tokenizeEscPos(bytes: Uint8Array): EscPosToken[] {
  const tokens: EscPosToken[] = []
  const emit: Emit = (token) => tokens.push(token)
  let at = 0
  while (at < bytes.length) {
    const end = isText(bytes[at] ?? NUL) ? textEnd(bytes, at) : at
    if (end > at) {
      tokens.push({ kind: 'text', start: at, end })
      at = end
    } else at = Math.min(bytes.length, Math.max(at + 1, control(bytes, at, emit)))
  }
  return tokens
}

function isText(byte: number): boolean {
  return byte >= 0x20 && byte !== DEL
}

function textEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && isText(bytes[at] ?? NUL)) at++
  return at
}

function control(bytes: Uint8Array, at: number, emit: Emit): number {
  switch (bytes[at]) {
    case LF:
      emit({ kind: 'line_feed' })
      return at + 1
    case 0x0d:
      emit({ kind: 'carriage_return' })
      return at + 1
    case 0x09:
      emit({ kind: 'tab' })
      return at + 1
    case 0x0c:
      emit({ kind: 'form_feed' })
      return at + 1
    case ESC:
      return escape(bytes, at, emit)
    case GS:
      return group(bytes, at, emit)
    case FS:
      return file(bytes, at, emit)
    case DLE:
      return realTime(bytes, at, emit)
    default:
      return at + 1
  }
}

function escape(bytes: Uint8Array, at: number, emit: Emit): number {
  const name = character(bytes, at + 1)
  const first = byteAt(bytes, at + 2)
  const styled = style(name, first, emit)
  if (styled) return at + 3
  switch (name) {
    case '@':
      emit({ kind: 'initialise' })
      return at + 2
    case 'd':
    case 'J':
      emit({ kind: 'feed', lines: name === 'd' ? first : Math.floor(first / DOTS_PER_LINE) })
      return at + 3
    case 'i':
    case 'm':
      emit({ kind: 'cut' })
      return at + 2
    case 'p':
      emit({ kind: 'pulse' })
      return at + 5
    case '$':
      emit({ kind: 'position', dots: wordAt(bytes, at + 2) })
      return at + 4
    case '\\':
      emit({ kind: 'move', dots: signed(wordAt(bytes, at + 2)) })
      return at + 4
    case '*':
      emit({ kind: 'raster', rows: first >= 32 ? 24 : 8 })
      return at + 5 + wordAt(bytes, at + 3) * (first >= 32 ? 3 : 1)
    case 'D':
      return tabStops(bytes, at + 2, emit)
    case '&':
      return userCharacters(bytes, at + 2)
    case '(':
      return at + 5 + wordAt(bytes, at + 3)
    case 'Z':
      return at + 7 + wordAt(bytes, at + 5)
    default:
      return at + 2 + (ESC_LENGTHS.get(name) ?? 0)
  }
}

/** Emits what a one-parameter style command says; false when `name` is not one. */
function style(name: string, value: number, emit: Emit): boolean {
  switch (name) {
    case '!':
      emit({ kind: 'size', width: value & 0x20 ? 2 : 1, height: value & 0x10 ? 2 : 1 })
      emit({ kind: 'bold', on: (value & 0x08) !== 0 })
      return true
    case 'a':
      emit({ kind: 'align', align: (['left', 'centre', 'right'] as const)[value % 48] ?? 'left' })
      return true
    case 'E':
    case 'G':
      emit({ kind: 'bold', on: (value & 1) !== 0 })
      return true
    default:
      return false
  }
}

function tabStops(bytes: Uint8Array, start: number, emit: Emit): number {
  const columns: number[] = []
  let at = start
  while (at < bytes.length && columns.length < TAB_STOPS_MAX) {
    const column = bytes[at++] ?? NUL
    // Stops ascend; a byte that does not ends the list, as the printer takes it.
    if (column === NUL) break
    if (column <= (columns.at(-1) ?? 0)) return (emit({ kind: 'tab_stops', columns }), at - 1)
    columns.push(column)
  }
  emit({ kind: 'tab_stops', columns })
  return at
}

function userCharacters(bytes: Uint8Array, start: number): number {
  const height = byteAt(bytes, start)
  const from = byteAt(bytes, start + 1)
  const to = byteAt(bytes, start + 2)
  let at = start + 3
  for (let code = from; code <= to && at < bytes.length; code++)
    at += 1 + byteAt(bytes, at) * height
  return at
}

function group(bytes: Uint8Array, at: number, emit: Emit): number {
  const name = character(bytes, at + 1)
  const first = byteAt(bytes, at + 2)
  switch (name) {
    case '!':
      emit({ kind: 'size', width: ((first >> 4) & 7) + 1, height: (first & 7) + 1 })
      return at + 3
    case 'V':
      emit({ kind: 'cut' })
      return at + (first === 0 || first === 1 || first === 48 || first === 49 ? 3 : 4)
    case 'v':
      emit({ kind: 'raster', rows: wordAt(bytes, at + 6) })
      return at + 8 + wordAt(bytes, at + 4) * wordAt(bytes, at + 6)
    case '(':
      if (character(bytes, at + 2) === 'L') graphics(bytes, at + 5, emit)
      return at + 5 + wordAt(bytes, at + 3)
    case '8':
      graphics(bytes, at + 7, emit)
      return at + 7 + wordAt(bytes, at + 3) + wordAt(bytes, at + 5) * 0x10000
    case '*':
      return at + 4 + first * byteAt(bytes, at + 3) * 8
    case 'k':
      return barcode(bytes, at + 2)
    case 'C':
      return at + counterLength(bytes, at + 2)
    case 'Q':
      return at + 8 + wordAt(bytes, at + 4) * Math.ceil(wordAt(bytes, at + 6) / 8)
    default:
      return at + 2 + (GS_LENGTHS.get(name) ?? 0)
  }
}

/** `GS ( L` and `GS 8 L`, function 112/113: a picture stored for printing. */
function graphics(bytes: Uint8Array, at: number, emit: Emit): void {
  const operation = byteAt(bytes, at + 1)
  if (operation === 112 || operation === 113) emit({ kind: 'raster', rows: wordAt(bytes, at + 8) })
}

function barcode(bytes: Uint8Array, at: number): number {
  const form = byteAt(bytes, at)
  if (form === 97) return at + 5 + wordAt(bytes, at + 3)
  if (form >= 65) return at + 2 + byteAt(bytes, at + 1)
  let end = at + 1
  while (end < bytes.length && end - at <= BARCODE_BYTES_MAX && bytes[end] !== NUL) end++
  return end + 1
}

function counterLength(bytes: Uint8Array, at: number): number {
  switch (character(bytes, at)) {
    case '0':
      return 5
    case '1':
      return 9
    case '2':
      return 5
    default:
      return 3
  }
}

function file(bytes: Uint8Array, at: number, emit: Emit): number {
  const name = character(bytes, at + 1)
  const first = byteAt(bytes, at + 2)
  switch (name) {
    case '&':
    case '.':
      emit({ kind: 'kanji', on: name === '&' })
      return at + 2
    case '!':
      emit({ kind: 'size', width: first & 0x04 ? 2 : 1, height: first & 0x08 ? 2 : 1 })
      return at + 3
    case '2':
      return at + 4 + 72
    case '(':
      return at + 5 + wordAt(bytes, at + 3)
    case 'g':
      return at + 10 + (first === 0x31 ? wordAt(bytes, at + 8) : 0)
    case 'q':
      return storedPictures(bytes, at + 2)
    case '}': {
      emit({ kind: 'cut' })
      let end = at + 2
      while (end < at + 2 + FS_CUT_PARAMETERS_MAX && isText(byteAt(bytes, end))) end++
      return end
    }
    default:
      return at + 2 + (FS_LENGTHS.get(name) ?? 0)
  }
}

function storedPictures(bytes: Uint8Array, start: number): number {
  const count = byteAt(bytes, start)
  let at = start + 1
  for (let picture = 0; picture < count && at < bytes.length; picture++)
    at += 4 + wordAt(bytes, at) * wordAt(bytes, at + 2) * 8
  return at
}

function realTime(bytes: Uint8Array, at: number, emit: Emit): number {
  const second = byteAt(bytes, at + 1)
  const third = byteAt(bytes, at + 2)
  if (second === 0x04) return at + (third === 7 || third === 8 || third === 18 ? 4 : 3)
  if (second === 0x05) return at + 3
  if (second !== 0x14) return at + 1
  if (third === 1) emit({ kind: 'pulse' })
  return at + (third === 8 ? 10 : third === 7 ? 4 : 5)
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? NUL
}

function wordAt(bytes: Uint8Array, at: number): number {
  return byteAt(bytes, at) + byteAt(bytes, at + 1) * 0x100
}

function signed(word: number): number {
  return word >= 0x8000 ? word - 0x10000 : word
}

function character(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(byteAt(bytes, at))
}

function lengths(table: Record<number, string>): Map<string, number> {
  const entries = Object.entries(table)
  return new Map(entries.flatMap(([size, names]) => [...names].map((name) => [name, Number(size)])))
}
