import { maskPhonesIn } from '@huike/shared/phone'
import type { StoreContext } from './context.js'
import { StorageFullError } from './context.js'
import type {
  CaptureForParse,
  CursorUpdate,
  QuarantinedRow,
  RawCapture,
  SourceKind,
} from './types.js'
import { pendingCount, OUTBOX_ROWS_MAX } from './outbox-rows.js'
import { crashPoint } from '../platform/crash-points.js'

// Raw captures. Bytes and the source's cursor are in one commit; only when it has returned may the
// source be told "taken". Nothing here looks inside the bytes.

/** A capture that has failed this often is parked: it kills or hangs the reader. */
export const PARSE_ATTEMPTS_MAX = 3

export type TakeResult = { ok: true } | { ok: false; code: 'storage_full' | 'outbox_full' }

interface CaptureRow {
  capture_id: string
  source_kind: SourceKind
  captured_at_ms: number
  sealed: Buffer
  sealed_name: Buffer | null
  is_partial: number
  attempts: number
}

export class Captures {
  constructor(private readonly context: StoreContext) {}

  /**
   * Makes captures durable together with how far their source has been taken. Refuses, and takes
   * nothing, when the disk or the outbox is full.
   */
  take(captures: RawCapture[], cursors: CursorUpdate[]): TakeResult {
    if (pendingCount(this.context.database()) >= OUTBOX_ROWS_MAX)
      return { ok: false, code: 'outbox_full' }
    try {
      this.context.write(() => {
        for (const capture of captures) this.insert(capture)
        for (const cursor of cursors) this.setCursor(cursor)
      })
    } catch (error) {
      if (error instanceof StorageFullError) return { ok: false, code: 'storage_full' }
      throw error
    }
    crashPoint('capture.after_raw_commit')
    return { ok: true }
  }

  /** How far `item` of a source has been taken; null when never. */
  cursor(sourceId: string, item: string): string | null {
    const row = this.context
      .database()
      .prepare<[string, string], { sealed: Buffer }>(
        'SELECT sealed FROM source_cursor WHERE source_id = ? AND item = ?',
      )
      .get(sourceId, this.itemIndex(item))
    return row ? this.context.sealer.open(place(sourceId, item), row.sealed).toString('utf8') : null
  }

  /** True when this source has brought the same bytes before, under whatever name. */
  hasContent(sourceId: string, bytes: Uint8Array): boolean {
    const index = this.context.sealer.index('content', bytes)
    const row = this.context
      .database()
      .prepare('SELECT 1 FROM raw_capture WHERE source_id = ? AND content_index = ? LIMIT 1')
      .get(sourceId, index)
    return row !== undefined
  }

  /** The oldest capture to read, its try counted before it begins; parks those tried too often. */
  takeForParse(): CaptureForParse | null {
    if (pendingCount(this.context.database()) >= OUTBOX_ROWS_MAX) return null
    const row = this.context
      .database()
      .prepare<[], CaptureRow>(
        `SELECT capture_id, source_kind, captured_at_ms, sealed, sealed_name, is_partial, attempts
         FROM raw_capture WHERE state = 'new' ORDER BY seq LIMIT 1`,
      )
      .get()
    if (!row) return null
    const isPoison = row.attempts >= PARSE_ATTEMPTS_MAX
    this.context.write((database) =>
      database
        .prepare('UPDATE raw_capture SET attempts = attempts + 1, state = ? WHERE capture_id = ?')
        .run(isPoison ? 'parked' : 'new', row.capture_id),
    )
    return isPoison ? this.takeForParse() : this.opened(row)
  }

  /** Notes rows of a file that could not be read; the raw capture still has them. */
  quarantine(captureId: string, rows: QuarantinedRow[]): void {
    this.context.write((database) => {
      const insert = database.prepare(
        'INSERT OR IGNORE INTO quarantined_row (capture_id, row_number, reason) VALUES (?, ?, ?)',
      )
      for (const { row, reason } of rows) insert.run(captureId, row, maskPhonesIn(reason))
    })
  }

  /** Captures not read yet, given up, and rows set aside. */
  counts(): { waiting: number; parked: number; quarantinedRows: number } {
    const count = (sql: string): number =>
      this.context.database().prepare<[], { n: number }>(sql).get()?.n ?? 0
    return {
      waiting: count("SELECT count(*) AS n FROM raw_capture WHERE state = 'new'"),
      parked: count("SELECT count(*) AS n FROM raw_capture WHERE state = 'parked'"),
      quarantinedRows: count('SELECT count(*) AS n FROM quarantined_row'),
    }
  }

  private insert(capture: RawCapture): void {
    const { sealer, bootId } = this.context
    const id = capture.captureId
    this.context
      .database()
      .prepare(
        `INSERT INTO raw_capture (capture_id, source_kind, source_id, job_id, is_partial,
           captured_at_ms, wall_ms, monotonic_ms, boot_id, content_index, sealed, sealed_name, state,
           attempts)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new', 0)
         ON CONFLICT (source_id, job_id) DO NOTHING`,
      )
      .run(
        id,
        capture.sourceKind,
        capture.sourceId,
        capture.jobId,
        capture.isPartial ? 1 : 0,
        capture.capturedAtMs,
        capture.wallMs,
        Math.round(capture.monotonicMs),
        bootId,
        sealer.index('content', capture.bytes),
        sealer.seal(`raw:${id}`, capture.bytes),
        capture.fileName === null ? null : sealer.seal(`name:${id}`, capture.fileName),
      )
  }

  private setCursor(cursor: CursorUpdate): void {
    const { sourceId, item, value } = cursor
    this.context
      .database()
      .prepare(
        `INSERT INTO source_cursor (source_id, item, sealed, updated_at_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed, updated_at_ms = excluded.updated_at_ms`,
      )
      .run(
        sourceId,
        this.itemIndex(item),
        this.context.sealer.seal(place(sourceId, item), value),
        Date.now(),
      )
  }

  /** An item may be a file name, and a file name may be anything. */
  private itemIndex(item: string): string {
    return this.context.sealer.index('item', item)
  }

  private opened(row: CaptureRow): CaptureForParse {
    const { sealer } = this.context
    const id = row.capture_id
    return {
      captureId: id,
      sourceKind: row.source_kind,
      capturedAtMs: row.captured_at_ms,
      isPartial: row.is_partial === 1,
      fileName: row.sealed_name && sealer.open(`name:${id}`, row.sealed_name).toString('utf8'),
      bytes: sealer.open(`raw:${id}`, row.sealed),
      attempts: row.attempts + 1,
    }
  }
}

function place(sourceId: string, item: string): string {
  return `cursor:${sourceId}:${item}`
}
