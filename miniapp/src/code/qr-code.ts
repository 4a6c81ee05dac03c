// A QR code of version 1 (21 × 21 modules) in numeric mode: all a 22-digit member code needs.
// ISO/IEC 18004:2015; the section is named where a rule comes from. Pinned by the worked example of
// the standard's Annex I in qr-code.spec.ts.

/** Rows of modules; true is dark. The quiet zone of 4 modules is the drawer's business. */
export type Modules = readonly (readonly boolean[])[]

/** Damage the code survives: M about 15 %, Q about 25 %. */
export type QrLevel = 'M' | 'Q'

export const QR_SIZE_MODULES = 21

const LEVELS = {
  M: { dataBytes: 16, correctionBytes: 10, digitsMax: 34, formatBits: 0b00 },
  Q: { dataBytes: 13, correctionBytes: 13, digitsMax: 27, formatBits: 0b11 },
} as const

const MODE_NUMERIC = 0b0001
const COUNT_BITS = 10
const BITS_OF_DIGITS = [0, 4, 7, 10] as const
const PAD_BYTES = [0b11101100, 0b00010001] as const

/** §7.8.2, table 10: which modules a mask turns over; i is the row, j the column. */
const MASKS: readonly ((i: number, j: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
]

/** The QR code of `digits` with the mask that scans best. Throws when they do not fit version 1. */
export function qrModules(digits: string, level: QrLevel = 'Q'): Modules {
  const codewords = qrCodewords(digits, level)
  const candidates = MASKS.map((_, mask) => drawn(codewords, level, mask))
  return candidates.reduce((best, next) => (penalty(next) < penalty(best) ? next : best))
}

/** Data and error correction codewords, §7.4.3 and §7.5. Exported for the standard's example. */
export function qrCodewords(digits: string, level: QrLevel): number[] {
  const { dataBytes, correctionBytes, digitsMax } = LEVELS[level]
  if (!/^\d+$/.test(digits) || digits.length > digitsMax)
    throw new RangeError(
      `not 1 to ${String(digitsMax)} digits: ${String(digits.length)} characters`,
    )
  let bits = binary(MODE_NUMERIC, 4) + binary(digits.length, COUNT_BITS)
  for (let at = 0; at < digits.length; at += 3) {
    const group = digits.slice(at, at + 3)
    bits += binary(Number(group), BITS_OF_DIGITS[group.length] ?? 0)
  }
  bits += '0'.repeat(Math.min(4, dataBytes * 8 - bits.length))
  bits += '0'.repeat((8 - (bits.length % 8)) % 8)
  const data: number[] = []
  for (let at = 0; at < bits.length; at += 8) data.push(parseInt(bits.slice(at, at + 8), 2))
  for (let pad = 0; data.length < dataBytes; pad += 1) data.push(PAD_BYTES[pad % 2] ?? 0)
  return data.concat(correction(data, correctionBytes))
}

/** Reed-Solomon remainder over GF(2^8) with the polynomial 0x11d, §7.5.2. */
function correction(data: readonly number[], count: number): number[] {
  let generator = [1]
  let root = 1
  for (let i = 0; i < count; i += 1) {
    const shifted = generator.concat(0)
    generator = shifted.map((term, k) => term ^ product(generator[k - 1] ?? 0, root))
    root = product(root, 2)
  }
  const remainder: number[] = new Array<number>(count).fill(0)
  for (const byte of data) {
    const factor = byte ^ (remainder.shift() ?? 0)
    remainder.push(0)
    remainder.forEach((term, i) => {
      remainder[i] = term ^ product(generator[i + 1] ?? 0, factor)
    })
  }
  return remainder
}

function product(a: number, b: number): number {
  let result = 0
  for (let bit = 7; bit >= 0; bit -= 1) {
    result = (result << 1) ^ ((result >>> 7) * 0x11d)
    result ^= ((b >>> bit) & 1) * a
  }
  return result
}

function drawn(codewords: readonly number[], level: QrLevel, mask: number): boolean[][] {
  const grid: (boolean | null)[][] = rows(() => null)
  drawFunctionPatterns(grid)
  drawFormat(grid, (LEVELS[level].formatBits << 3) | mask)
  drawCodewords(grid, codewords, MASKS[mask] ?? (() => false))
  return grid.map((row) => row.map((module) => module === true))
}

/** Finders with their separators and the timing lines, §6.3. */
function drawFunctionPatterns(grid: (boolean | null)[][]): void {
  const far = QR_SIZE_MODULES - 7
  for (const [top, left] of [
    [0, 0],
    [0, far],
    [far, 0],
  ] as const)
    for (let i = -1; i <= 7; i += 1)
      for (let j = -1; j <= 7; j += 1) {
        const ring = Math.max(Math.abs(i - 3), Math.abs(j - 3))
        put(grid, top + i, left + j, ring !== 2 && ring !== 4)
      }
  for (let at = 8; at < QR_SIZE_MODULES - 8; at += 1) {
    put(grid, 6, at, at % 2 === 0)
    put(grid, at, 6, at % 2 === 0)
  }
}

/** Level and mask, twice, protected by a BCH code, §7.9; and the module that is always dark. */
function drawFormat(grid: (boolean | null)[][], value: number): void {
  let remainder = value
  for (let i = 0; i < 10; i += 1) remainder = (remainder << 1) ^ ((remainder >>> 9) * 0x537)
  const bits = ((value << 10) | remainder) ^ 0x5412
  const last = QR_SIZE_MODULES - 1
  for (let i = 0; i < 15; i += 1) {
    const dark = ((bits >>> i) & 1) === 1
    // Around the top left finder, stepping over the timing lines.
    if (i < 8) put(grid, i < 6 ? i : i + 1, 8, dark)
    else put(grid, 8, i === 8 ? 7 : 14 - i, dark)
    if (i < 8) put(grid, 8, last - i, dark)
    else put(grid, last - 14 + i, 8, dark)
  }
  put(grid, last - 7, 8, true)
}

/** Codewords go up and down in columns two wide, from the right, over the timing column, §7.7.3. */
function drawCodewords(
  grid: (boolean | null)[][],
  codewords: readonly number[],
  isTurned: (i: number, j: number) => boolean,
): void {
  let bit = 0
  for (let right = QR_SIZE_MODULES - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const isUpward = ((right + 1) & 2) === 0
    for (let step = 0; step < QR_SIZE_MODULES; step += 1)
      for (const j of [right, right - 1]) {
        const i = isUpward ? QR_SIZE_MODULES - 1 - step : step
        if (grid[i]?.[j] !== null) continue
        const dark = (((codewords[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1
        put(grid, i, j, dark !== isTurned(i, j))
        bit += 1
      }
  }
}

/** How badly a masked code scans, §7.8.3: runs, blocks, false finders and imbalance. */
function penalty(grid: Modules): number {
  const columns = grid.map((_, j) => grid.map((row) => row[j] === true))
  const lines = [...grid, ...columns].map((line) => line.map((dark) => (dark ? '1' : '0')).join(''))
  let points = 0
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2
    for (let at = 0; at + 11 <= line.length; at += 1)
      if (/^(00001011101|10111010000)/.test(line.slice(at, at + 11))) points += 40
  }
  for (let i = 1; i < grid.length; i += 1)
    for (let j = 1; j < grid.length; j += 1) {
      const dark = grid[i]?.[j]
      const same = [grid[i - 1]?.[j], grid[i]?.[j - 1], grid[i - 1]?.[j - 1]]
      if (same.every((module) => module === dark)) points += 3
    }
  const darkShare = countDark(grid) / (grid.length * grid.length)
  return points + Math.floor(Math.abs(darkShare * 100 - 50) / 5) * 10
}

function countDark(grid: Modules): number {
  return grid.reduce((sum, row) => sum + row.filter(Boolean).length, 0)
}

function rows<T>(module: () => T): T[][] {
  return Array.from({ length: QR_SIZE_MODULES }, () =>
    Array.from({ length: QR_SIZE_MODULES }, module),
  )
}

function put(grid: (boolean | null)[][], i: number, j: number, dark: boolean): void {
  const row = grid[i]
  if (row !== undefined && j >= 0 && j < QR_SIZE_MODULES) row[j] = dark
}

function binary(value: number, width: number): string {
  return value.toString(2).padStart(width, '0')
}
