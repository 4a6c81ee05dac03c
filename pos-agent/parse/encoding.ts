// Which encoding bytes are in, told from the bytes alone: file names and code-page commands lie.
// Chinese tills write GB18030 (GBK, GB2312 are parts of it) or UTF-8; spreadsheets add UTF-16LE.

export type TextEncodingName = 'utf-8' | 'gb18030' | 'utf-16le' | 'big5'

/** Fewer valid multi-byte sequences than this prove nothing: the GBK bytes of 一 are valid UTF-8. */
const UTF8_SEQUENCES_MIN = 3
/** One cut character (a name shortened by bytes) is forgiven per this many whole ones. */
const UTF8_SEQUENCES_PER_BROKEN = 20
/** Words that tell simplified from traditional bytes: they stand on nearly every receipt. */
const TRADITIONAL_WORDS = /合計|總計|總額|小計|實收|應收|現金|找續|單號|日期|時間|數量|金額|收銀/g
const TRADITIONAL_WORDS_MIN = 2
const SIMPLIFIED_WORDS =
  /合计|总计|小计|实收|应收|应付|实付|现金|找零|单号|日期|时间|数量|金额|微信|支付/

/** Decides the encoding of a text file; a byte order mark wins. */
export function encodingOfFile(bytes: Uint8Array): TextEncodingName {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  const { sequences, broken } = countUtf8(bytes)
  if (sequences === 0 && broken === 0) return 'utf-8'
  return isUtf8(sequences, broken) || (broken === 0 && sequences > 0) ? 'utf-8' : 'gb18030'
}

/** Decides the encoding of the text of one print job, given as its runs of printable bytes. */
export function encodingOfJob(runs: readonly Uint8Array[]): TextEncodingName {
  let sequences = 0
  let broken = 0
  for (const run of runs) {
    const counted = countUtf8(run)
    sequences += counted.sequences
    broken += counted.broken
  }
  if (isUtf8(sequences, broken)) return 'utf-8'
  return sequences + broken > 0 && isBig5(runs) ? 'big5' : 'gb18030'
}

/** Decodes a whole text file and drops its byte order mark. Never throws. */
export function decodeFile(bytes: Uint8Array): { text: string; encoding: TextEncodingName } {
  const encoding = encodingOfFile(bytes)
  return { text: new TextDecoder(encoding).decode(bytes), encoding }
}

function isUtf8(sequences: number, broken: number): boolean {
  return sequences >= UTF8_SEQUENCES_MIN && broken * UTF8_SEQUENCES_PER_BROKEN <= sequences
}

function isBig5(runs: readonly Uint8Array[]): boolean {
  const gb18030 = new TextDecoder('gb18030')
  if (runs.some((run) => SIMPLIFIED_WORDS.test(gb18030.decode(run)))) return false
  const big5 = new TextDecoder('big5')
  let words = 0
  for (const run of runs) words += big5.decode(run).match(TRADITIONAL_WORDS)?.length ?? 0
  return words >= TRADITIONAL_WORDS_MIN
}

function countUtf8(bytes: Uint8Array): { sequences: number; broken: number } {
  let sequences = 0
  let broken = 0
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0
    const following = lead < 0x80 ? 0 : followingBytes(lead)
    if (following > 0 && continues(bytes, at + 1, following)) {
      sequences++
      at += following
    } else if (lead >= 0x80) broken++
    at++
  }
  return { sequences, broken }
}

function followingBytes(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1
  if (lead >= 0xe0 && lead <= 0xef) return 2
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0
}

function continues(bytes: Uint8Array, start: number, count: number): boolean {
  for (let at = start; at < start + count; at++)
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return false
  return true
}
