import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fen } from '@huike/shared/quantities'
import type { CapturedDocument } from '../../pos-agent/parse/document.js'
import type { Clock } from '../../pos-agent/platform/clock.js'
import { makeLogger } from '../../pos-agent/platform/log.js'
import type { Logger } from '../../pos-agent/platform/log.js'
import type { ParseRunner } from '../../pos-agent/service/parse-runner.js'
import { OfflineAtTill } from '../../pos-agent/service/offline-at-till.js'
import type { ReadCodes } from '../../pos-agent/service/read-codes.js'
import { StoreCore } from '../../pos-agent/store/core.js'
import { inProcessStore } from '../../pos-agent/store/store.js'
import type { Store } from '../../pos-agent/store/store.js'
import type { RawCapture } from '../../pos-agent/store/types.js'

// What the agent's tests are made of: valid things, of which a test changes the one field it is about.

export const TILL = {
  storeId: '01J00000000000000000000002',
  terminalId: '01J00000000000000000000001',
}
export const KEY = Buffer.alloc(32, 1)
export const SILENT: Logger = makeLogger('silent')
const BALLAST_BYTES = 262_144

/** A folder of its own, gone when `remove` is called. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'huike-agent-'))
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** A store in this thread on `directory`. */
export function openCore(directory: string): StoreCore {
  return new StoreCore({
    dataDirectory: directory,
    key: KEY,
    bootId: 'boot',
    ballastBytes: BALLAST_BYTES,
  })
}

export function storeOn(core: StoreCore): Store {
  return inProcessStore(core)
}

/** A till that may redeem nothing without a network. */
export function noOffline(store: Store, clock: Clock, codes: ReadCodes): OfflineAtTill {
  const syncOffline = () => Promise.resolve({ kind: 'unreachable' as const })
  const ports = { store, clock, syncOffline, isOnline: () => false, place: () => null }
  return new OfflineAtTill(ports, codes)
}

let counter = 0

/** A ULID that sorts by when it was made. */
export function testId(): string {
  counter += 1
  return `01J${String(counter).padStart(23, '0')}`
}

/** A raw capture from the tap. */
export function rawCapture(over: Partial<RawCapture> = {}): RawCapture {
  return {
    captureId: testId(),
    sourceKind: 'escpos_tap',
    sourceId: 'tap:t',
    jobId: null,
    isPartial: false,
    capturedAtMs: 1_772_700_000_000,
    wallMs: 1_772_700_000_000,
    monotonicMs: 1,
    fileName: null,
    bytes: Buffer.from('bytes'),
    ...over,
  }
}

/** A sale of ¥21.32 as a reader gives it. */
export function saleDocument(over: Partial<CapturedDocument> = {}): CapturedDocument {
  return {
    kind: 'sale',
    receiptNo: '00123456',
    storeNo: null,
    terminalNo: null,
    cashier: '王芳',
    printedAt: '2026-03-05T18:21:07',
    lines: [
      {
        name: '苹果',
        code: null,
        quantity: 0.986,
        unit: 'kg',
        unitPriceFen: fen(2_162),
        amountFen: fen(2_132),
      },
    ],
    totalFen: fen(2_132),
    payments: [{ method: '微信', amountFen: fen(2_132) }],
    changeFen: null,
    memberHint: null,
    originalReceiptNo: null,
    confidence: 1,
    checks: [],
    template: 'test',
    text: '小票 00123456\n合计 21.32',
    ...over,
  }
}

/** Reads captures whose bytes are JSON of the documents: the real reader has tests of its own. */
export const jsonParser: ParseRunner = {
  read: (bytes) => {
    try {
      const documents = JSON.parse(Buffer.from(bytes).toString('utf8')) as CapturedDocument[]
      return Promise.resolve({
        ok: true,
        documents: documents.map((document) => ({ document, surrogateText: document.text })),
        quarantined: [],
      })
    } catch (error) {
      return Promise.resolve({ ok: false, reason: (error as Error).message })
    }
  },
  close: () => Promise.resolve(),
}

/** The bytes that `jsonParser` reads as these documents. */
export function captureBytes(...documents: CapturedDocument[]): Buffer {
  return Buffer.from(JSON.stringify(documents))
}

/** Files below `directory` that contain `text` in a usual encoding. */
export function filesContaining(directory: string, text: string): string[] {
  const needles = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((path) => statSync(path).isFile())
    .filter((path) => {
      const content = readFileSync(path)
      return needles.some((needle) => content.includes(needle))
    })
}

/** Waits until `check` holds. */
export async function until(
  check: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + limitMs
  while (!(await check())) {
    if (performance.now() > endMs) throw new Error(`not within ${String(limitMs)} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
