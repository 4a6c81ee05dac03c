// Which encoding a text file is in, told from its bytes alone: file names and menus lie. A byte order
// mark wins; without one UTF-16 shows by its zero bytes; what is UTF-8 throughout is UTF-8, and
// anything else is GB18030, of which GBK and GB2312 are parts.

export type TextEncoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'

/** This much that is not ASCII proves UTF-8: GBK text does not stay valid for so long. */
const PROOF_BYTES = 65_536
const SAMPLE_BYTES = 4_096
/** Zero bytes at odd or even places, of all: text of Latin letters has nearly half. */
const ZERO_SHARE_MIN = 0.2

/** Reads `chunks` as far as it takes to tell; an iterator that is left is closed. */
export async function detectEncoding(chunks: AsyncIterable<Buffer>): Promise<TextEncoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isFirst = true
  let proof = 0
  for await (const chunk of chunks) {
    if (isFirst) {
      isFirst = false
      const told = fromBeginning(chunk)
      if (told !== null) return told
    }
    try {
      decoder.decode(chunk, { stream: true })
    } catch {
      return 'gb18030'
    }
    for (const byte of chunk) if (byte > 0x7f) proof += 1
    if (proof >= PROOF_BYTES) return 'utf-8'
  }
  try {
    decoder.decode()
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

/** What a byte order mark, or the zero bytes of UTF-16, say; null when they say nothing. */
function fromBeginning(chunk: Buffer): TextEncoding | null {
  const [first, second, third] = chunk
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  const sample = chunk.subarray(0, SAMPLE_BYTES)
  const zeros = [0, 0]
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  })
  const [even = 0, odd = 0] = zeros
  const enough = (sample.length / 2) * ZERO_SHARE_MIN
  if (odd > enough && even === 0) return 'utf-16le'
  if (even > enough && odd === 0) return 'utf-16be'
  return null
}
