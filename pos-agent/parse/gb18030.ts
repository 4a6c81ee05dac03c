// Writing GB18030, the encoding of Chinese receipt printers. Node reads it (TextDecoder) but does
// not write it, so the two-byte table is inverted from the decoder itself, once, on first use.
// For making print jobs: the simulated till and the tests. The reader never needs it.

const LEAD_MIN = 0x81
const LEAD_MAX = 0xfe
const TRAIL_MIN = 0x40
const TRAIL_MAX = 0xfe
/** The first linear index of the four-byte forms of the astral planes (90 30 81 30). */
const ASTRAL_LINEAR = 189_000
/** Four-byte forms below U+10000 fill linear indexes 0 … 39419. */
const BASIC_FOUR_BYTE_COUNT = 39_420
const REPLACEMENT = 0x3f

let twoByteTable: Map<number, number> | null = null
let fourByteTable: Map<number, number> | null = null

/**
 * Encodes text as GB18030, e.g. `合计` → BA CF BC C6. A lone surrogate becomes `?`.
 * Formula for the four-byte forms: GB 18030-2005, also in the WHATWG Encoding Standard.
 */
export function encodeGb18030(text: string): Uint8Array {
  twoByteTable ??= invertTwoByte()
  const bytes: number[] = []
  for (const character of text) appendCodePoint(bytes, character.codePointAt(0) ?? REPLACEMENT)
  return Uint8Array.from(bytes)
}

function appendCodePoint(bytes: number[], codePoint: number): void {
  if (codePoint < 0x80) {
    bytes.push(codePoint)
    return
  }
  const pair = twoByteTable?.get(codePoint)
  if (pair !== undefined) {
    bytes.push(pair >> 8, pair & 0xff)
    return
  }
  const linear = codePoint >= 0x10000 ? codePoint - 0x10000 + ASTRAL_LINEAR : linearOf(codePoint)
  if (linear === null) bytes.push(REPLACEMENT)
  else bytes.push(...fourBytes(linear))
}

function linearOf(codePoint: number): number | null {
  fourByteTable ??= invertFourByte()
  return fourByteTable.get(codePoint) ?? null
}

function fourBytes(linear: number): [number, number, number, number] {
  return [
    LEAD_MIN + Math.floor(linear / 12_600),
    0x30 + (Math.floor(linear / 1260) % 10),
    LEAD_MIN + (Math.floor(linear / 10) % 126),
    0x30 + (linear % 10),
  ]
}

function invertTwoByte(): Map<number, number> {
  const decoder = new TextDecoder('gb18030')
  const table = new Map<number, number>()
  for (let lead = LEAD_MIN; lead <= LEAD_MAX; lead++) {
    for (let trail = TRAIL_MIN; trail <= TRAIL_MAX; trail++) {
      if (trail === 0x7f) continue
      const text = decoder.decode(Uint8Array.of(lead, trail))
      const codePoint = text.codePointAt(0)
      if (codePoint === undefined || codePoint === 0xfffd || [...text].length !== 1) continue
      if (!table.has(codePoint)) table.set(codePoint, (lead << 8) | trail)
    }
  }
  return table
}

function invertFourByte(): Map<number, number> {
  const decoder = new TextDecoder('gb18030')
  const table = new Map<number, number>()
  for (let linear = 0; linear < BASIC_FOUR_BYTE_COUNT; linear++) {
    const codePoint = decoder.decode(Uint8Array.from(fourBytes(linear))).codePointAt(0)
    if (codePoint !== undefined && codePoint !== 0xfffd && !table.has(codePoint))
      table.set(codePoint, linear)
  }
  return table
}
