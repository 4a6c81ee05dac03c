import { open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  openFrame,
  sealedFrameAt,
  segmentName,
  segmentNumbers,
  type SpoolFrame,
  type SpoolPosition,
} from './spool-format.js'

// Reads what a tap captured, while the tap goes on writing. Every call moves forward or says there
// is nothing more: damage is stepped over to the next whole frame (or segment) and counted. Only
// the newest segment may be unfinished, so an end without a whole frame means "not yet" there and
// "torn" everywhere else. Segments go only when acknowledged, and the newest never.

/** Holds at least one whole frame of the largest kind. */
const WINDOW_BYTES = 1024 * 1024
/** More than a segment ever holds. */
const SEGMENT_BYTES_MAX = 16 * 1024 * 1024

export type { SpoolPosition }

/** A frame and where it lies. */
export interface TapFrame extends SpoolFrame {
  position: SpoolPosition
  nextPosition: SpoolPosition
}

export interface SpoolRead {
  frames: TapFrame[]
  /** Where to go on reading. */
  next: SpoolPosition
  /** Damaged or torn places stepped over in this call. */
  damaged: number
  /** True when there was nothing more to read. */
  isCaughtUp: boolean
}

export class SpoolReader {
  /** Damaged or torn places stepped over since this reader was made. */
  damagedTotal = 0
  private readonly directory: string
  private readonly key: Uint8Array

  constructor({ directory, key }: { directory: string; key: Uint8Array }) {
    this.directory = directory
    this.key = key
  }

  /**
   * Up to `framesMax` frames from `from` on (null: from the oldest). A position whose segment is
   * gone leads to the next one there is; one beyond all segments means that the spool was started
   * over, and leads to its beginning. A missing directory reads as empty.
   */
  async read(from: SpoolPosition | null, framesMax: number): Promise<SpoolRead> {
    const segments = await this.segments()
    const frames: TapFrame[] = []
    let next = await this.startAt(from, segments)
    let damaged = 0
    let isCaughtUp = true
    for (const segment of segments) {
      if (segment < next.segment) continue
      if (segment > next.segment) next = { segment, offset: 0 }
      const isNewest = segment === segments.at(-1)
      const scan = await this.scan(next, framesMax - frames.length, isNewest)
      frames.push(...scan.frames)
      next = scan.next
      damaged += scan.damaged
      isCaughtUp = scan.isAtEnd
      if (!scan.isAtEnd) break
    }
    this.damagedTotal += damaged
    return { frames, next, damaged, isCaughtUp }
  }

  /** Deletes segments wholly before `position`; never the newest. */
  async acknowledge(position: SpoolPosition): Promise<void> {
    const segments = await this.segments()
    for (const segment of segments.slice(0, -1))
      if (segment < position.segment) await unlink(this.path(segment)).catch(ignoreMissing)
  }

  private async segments(): Promise<number[]> {
    return segmentNumbers((await readdir(this.directory).catch(ignoreMissing)) ?? [])
  }

  private path(segment: number): string {
    return join(this.directory, segmentName(segment))
  }

  private async startAt(from: SpoolPosition | null, segments: number[]): Promise<SpoolPosition> {
    const first = segments[0]
    if (first === undefined) return from ?? { segment: 0, offset: 0 }
    if (from === null) return { segment: first, offset: 0 }
    if (segments.includes(from.segment)) {
      const { size } = await stat(this.path(from.segment))
      return from.offset <= size ? from : { segment: from.segment, offset: 0 }
    }
    const following = segments.find((segment) => segment > from.segment)
    return { segment: following ?? first, offset: 0 }
  }

  /** Reads on within one segment; `isAtEnd` when no whole frame is left in it. */
  private async scan(from: SpoolPosition, framesMax: number, isNewest: boolean) {
    const { segment } = from
    const frames: TapFrame[] = []
    let { offset } = from
    let damaged = 0
    while (frames.length < framesMax) {
      const chunk = await this.load(segment, offset, WINDOW_BYTES)
      let used = 0
      for (;;) {
        const sealed = frames.length < framesMax ? sealedFrameAt(chunk, used) : null
        if (!sealed) break
        const position = { segment, offset: offset + used }
        used += FRAME_HEADER_BYTES + sealed.length
        const frame = openFrame(sealed, this.key)
        if (frame)
          frames.push({ ...frame, position, nextPosition: { segment, offset: offset + used } })
        else damaged += 1
      }
      offset += used
      if (frames.length === framesMax || (used > 0 && chunk.length === WINDOW_BYTES)) continue
      const rest = used < chunk.length ? await this.load(segment, offset, SEGMENT_BYTES_MAX) : null
      const found = rest ? findFrame(rest) : null
      if (found === null) {
        // Nothing whole behind: not written yet, or torn when the tap was killed.
        if (rest && !isNewest) damaged += 1
        const end = offset + (isNewest ? 0 : (rest?.length ?? 0))
        return { frames, damaged, next: { segment, offset: end }, isAtEnd: true }
      }
      if (found > 0) damaged += 1
      offset += found
    }
    return { frames, damaged, next: { segment, offset }, isAtEnd: false }
  }

  private async load(segment: number, offset: number, bytesMax: number): Promise<Buffer> {
    const file = await open(this.path(segment), 'r')
    try {
      const { size } = await file.stat()
      const buffer = Buffer.alloc(Math.max(0, Math.min(bytesMax, size - offset)))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  }
}

/** Where the first whole frame begins, or null. */
function findFrame(buffer: Buffer): number | null {
  let at = buffer.indexOf(FRAME_MAGIC)
  while (at >= 0 && !sealedFrameAt(buffer, at)) at = buffer.indexOf(FRAME_MAGIC, at + 1)
  return at < 0 ? null : at
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
