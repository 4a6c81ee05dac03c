import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

// The form of the tap's spool on disk. A segment is a row of frames, each
//   magic "HKF1" · sealed length (u32) · CRC-32 of the sealed bytes (u32) · sealed bytes
// where sealed = nonce (12) · tag (16) · AES-256-GCM ciphertext. The magic lets a reader find its
// feet after damage, the CRC tells damage from a torn tail, the seal keeps a phone number that a
// receipt printed in full from lying on the disk in clear.

export const SPOOL_KEY_BYTES = 32
/** No frame carries more than this; the relay reads 64 KB at a time. */
export const FRAME_DATA_BYTES_MAX = 256 * 1024
export const FRAME_HEADER_BYTES = 12
export const FRAME_MAGIC = Buffer.from('HKF1', 'latin1')

const CONNECTION_ID_LENGTH = 26
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PREAMBLE_BYTES = 40
const SEALED_BYTES_MAX = FRAME_DATA_BYTES_MAX + 1024
const KINDS = ['open', 'data', 'close'] as const
const SEGMENT_NAME = /^spool-(\d{12})\.bin$/

export type FrameKind = (typeof KINDS)[number]

/** One thing that happened on one connection from the till. */
export interface SpoolFrame {
  /** A ULID, minted when the till connected. */
  connectionId: string
  tapId: string
  /** Counts up by one within a connection, also over frames that could not be kept. */
  sequence: number
  kind: FrameKind
  wallMs: number
  /** Empty data says "the till has more, the printer is slow". */
  bytes: Uint8Array
}

/** A place in the spool: segment number and byte offset in it. */
export interface SpoolPosition {
  segment: number
  offset: number
}

/** `12` → `spool-000000000012.bin`. */
export function segmentName(segment: number): string {
  return `spool-${String(segment).padStart(12, '0')}.bin`
}

/** The numbers of the segments among `names`, ascending. */
export function segmentNumbers(names: string[]): number[] {
  const numbers = names.map((name) => SEGMENT_NAME.exec(name)?.[1]).filter((n) => n !== undefined)
  return numbers.map(Number).sort((a, b) => a - b)
}

/** Seals one frame under `key` (32 bytes) into the bytes to append to a segment. */
export function encodeFrame(frame: SpoolFrame, key: Uint8Array): Buffer {
  const tapId = Buffer.from(frame.tapId, 'utf8')
  if (frame.bytes.length > FRAME_DATA_BYTES_MAX) throw new RangeError('frame too large')
  const preamble = Buffer.alloc(PREAMBLE_BYTES)
  preamble.writeUInt8(KINDS.indexOf(frame.kind), 0)
  preamble.writeUInt8(tapId.length, 1)
  preamble.writeUInt32BE(frame.sequence, 2)
  preamble.writeDoubleBE(frame.wallMs, 6)
  preamble.write(frame.connectionId, 14, CONNECTION_ID_LENGTH, 'latin1')
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const parts = [preamble, tapId, frame.bytes].map((part) => cipher.update(part))
  parts.push(cipher.final())
  const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ...parts])
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  FRAME_MAGIC.copy(header)
  header.writeUInt32BE(sealed.length, 4)
  header.writeUInt32BE(crc32(sealed), 8)
  return Buffer.concat([header, sealed])
}

/** The sealed bytes of the frame at `offset`, or null: torn, damaged, or not all there yet. */
export function sealedFrameAt(buffer: Buffer, offset: number): Buffer | null {
  if (offset + FRAME_HEADER_BYTES > buffer.length) return null
  if (!buffer.subarray(offset, offset + 4).equals(FRAME_MAGIC)) return null
  const length = buffer.readUInt32BE(offset + 4)
  const start = offset + FRAME_HEADER_BYTES
  if (length > SEALED_BYTES_MAX || start + length > buffer.length) return null
  const sealed = buffer.subarray(start, start + length)
  return crc32(sealed) === buffer.readUInt32BE(offset + 8) ? sealed : null
}

/** Opens sealed bytes; null when they were sealed under another key or changed since. */
export function openFrame(sealed: Buffer, key: Uint8Array): SpoolFrame | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES + PREAMBLE_BYTES) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES))
  try {
    decipher.final()
  } catch {
    return null
  }
  const kind = KINDS[plain.readUInt8(0)]
  const tapIdEnd = PREAMBLE_BYTES + plain.readUInt8(1)
  if (kind === undefined || tapIdEnd > plain.length) return null
  return {
    connectionId: plain.toString('latin1', 14, 14 + CONNECTION_ID_LENGTH),
    tapId: plain.toString('utf8', PREAMBLE_BYTES, tapIdEnd),
    sequence: plain.readUInt32BE(2),
    kind,
    wallMs: plain.readDoubleBE(6),
    bytes: plain.subarray(tapIdEnd),
  }
}
