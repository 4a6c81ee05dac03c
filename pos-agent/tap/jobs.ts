import type { SpoolPosition, TapFrame } from './spool-reader.js'

// Puts the frames of many interleaved connections back together into print jobs. Pure: time comes
// in with the frames and with `nowMs`. A job ends when its connection closes, when the till is
// still for IDLE_MS, or at JOB_BYTES_MAX; where one stream holds several receipts, the parser
// splits it at the cuts. Asking the printer for its status is not printing: it neither starts a
// job nor keeps one open.

export const IDLE_MS = 800
export const JOB_BYTES_MAX = 2 * 1024 * 1024
/** Connections remembered without a job: only to notice a hole or a split in a later one. */
const CONNECTIONS_MAX = 1024
/** Nobody asks more than this at once; longer is something to print. */
const STATUS_BYTES_MAX = 64

/** The bytes of one job as the printer got them. */
export interface PrintJob {
  /** The same for the same frames whenever they are read again. */
  id: string
  tapId: string
  connectionId: string
  bytes: Uint8Array
  firstWallMs: number
  lastWallMs: number
  firstPosition: SpoolPosition
  /** Just behind the job's last frame. */
  nextPosition: SpoolPosition
  endedBy: 'close' | 'idle' | 'size'
  /** Frames are missing in it (spool full, damage): it must not be taken at its word. */
  hasGap: boolean
  /** It goes on where the connection's previous job was cut off by size or by late frames. */
  isContinuation: boolean
}

interface Pending {
  frames: TapFrame[]
  bytes: number
  hasGap: boolean
  isContinuation: boolean
}

interface ConnectionState {
  pending: Pending | null
  nextSequence: number
  /** When the till last sent or was held up by the printer. */
  lastWallMs: number
  lastEnd: PrintJob['endedBy'] | null
}

export class TapJobAssembler {
  private readonly connections = new Map<string, ConnectionState>()
  private ready: PrintJob[] = []
  private nextPosition: SpoolPosition | null = null
  private latestWallMs = 0

  /** Takes the frames that follow those pushed before, in the order they were read. */
  push(frames: TapFrame[]): void {
    for (const frame of frames) {
      this.nextPosition = frame.nextPosition
      this.latestWallMs = frame.wallMs
      this.pushOne(frame)
    }
  }

  /**
   * The jobs that are whole by now. `nowMs` is the wall time up to which the spool was read: the
   * present when the reader was caught up, null when there is more to read (then only times in
   * frames count). `safePosition` is the oldest frame still needed: store it with these jobs and
   * read from there after a restart. Jobs behind it may then come again, under the same id. It is
   * null before the first frame.
   */
  take(nowMs: number | null): { jobs: PrintJob[]; safePosition: SpoolPosition | null } {
    for (const [id, state] of this.connections) {
      // Frames are in order of time, so a later frame of any till tells the time too. A clock
      // that was set back must not keep a job for hours, so a distance in either direction counts.
      const atMs = nowMs ?? this.latestWallMs
      if (state.pending && Math.abs(atMs - state.lastWallMs) > IDLE_MS)
        this.finish(id, state, 'idle')
    }
    this.forgetIdle()
    const jobs = this.ready
    this.ready = []
    const needed = [...this.connections.values()].flatMap(({ pending }) => pending?.frames[0] ?? [])
    const oldest = needed.map(({ position }) => position).sort(comparePositions)[0]
    return { jobs, safePosition: oldest ?? this.nextPosition }
  }

  private pushOne(frame: TapFrame): void {
    const { connectionId: id, sequence, kind, wallMs, bytes } = frame
    const state = this.stateOf(frame)
    const isMissing = sequence > state.nextSequence
    state.nextSequence = sequence + 1
    if (isMissing && state.pending) state.pending.hasGap = true
    if (kind === 'close') {
      if (state.pending) this.finish(id, state, 'close')
      this.connections.delete(id)
      return
    }
    if (kind === 'open') return
    const isStatus = isStatusOnly(bytes)
    const gapMs = wallMs - state.lastWallMs
    if (state.pending && gapMs > IDLE_MS) this.finish(id, state, 'idle')
    if (!state.pending) {
      if (isStatus || bytes.length === 0) return
      const isCutOff = state.lastEnd === 'size' || (state.lastEnd === 'idle' && gapMs <= IDLE_MS)
      state.pending = { frames: [], bytes: 0, hasGap: isMissing, isContinuation: isCutOff }
    }
    state.pending.frames.push(frame)
    state.pending.bytes += bytes.length
    if (!isStatus) state.lastWallMs = wallMs
    if (state.pending.bytes >= JOB_BYTES_MAX) this.finish(id, state, 'size')
  }

  private stateOf({ connectionId, sequence, wallMs }: TapFrame): ConnectionState {
    const known = this.connections.get(connectionId)
    if (known) return known
    // Read from the middle of a connection: what came before was taken in an earlier run.
    const state = { pending: null, nextSequence: sequence, lastWallMs: wallMs, lastEnd: null }
    this.connections.set(connectionId, state)
    return state
  }

  private finish(id: string, state: ConnectionState, endedBy: PrintJob['endedBy']): void {
    const { pending } = state
    const first = pending?.frames[0]
    const last = pending?.frames.at(-1)
    if (!pending || !first || !last) return
    state.pending = null
    state.lastEnd = endedBy
    this.ready.push({
      id: `${id}-${String(first.sequence)}-${String(last.sequence)}`,
      tapId: first.tapId,
      connectionId: id,
      bytes: Buffer.concat(pending.frames.map((frame) => frame.bytes)),
      firstWallMs: first.wallMs,
      lastWallMs: last.wallMs,
      firstPosition: first.position,
      nextPosition: last.nextPosition,
      endedBy,
      hasGap: pending.hasGap,
      isContinuation: pending.isContinuation,
    })
  }

  /** Connections whose tap was killed never close: drop the longest known ones without a job. */
  private forgetIdle(): void {
    for (const [id, { pending }] of this.connections) {
      if (this.connections.size <= CONNECTIONS_MAX) return
      if (!pending) this.connections.delete(id)
    }
  }
}

function comparePositions(a: SpoolPosition, b: SpoolPosition): number {
  return a.segment - b.segment || a.offset - b.offset
}

/** True when the bytes hold nothing but questions about the printer's state. */
function isStatusOnly(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > STATUS_BYTES_MAX) return false
  let at = 0
  while (at < bytes.length) {
    const length = statusLength(bytes[at], bytes[at + 1], bytes[at + 2])
    if (length === 0) return false
    at += length
  }
  return true
}

/** DLE EOT n (a), DLE ENQ n, GS r n, GS I n, GS a n, ESC v, ESC u n; 0 for anything else. */
function statusLength(first = -1, second = -1, third = -1): number {
  if (first === 0x10 && second === 0x04) return third === 7 || third === 8 || third === 18 ? 4 : 3
  if (first === 0x10 && second === 0x05) return 3
  if (first === 0x1d && [0x72, 0x49, 0x61].includes(second)) return 3
  if (first === 0x1b && second === 0x76) return 2
  if (first === 0x1b && second === 0x75) return 3
  return 0
}
