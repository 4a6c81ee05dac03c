import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  filesContaining,
  KEY,
  openCore,
  rawCapture,
  temporaryFolder,
  testId,
} from '../../tests/crash/agent-fixtures.js'
import { StorageFullError } from './context.js'
import type { StoreCore } from './core.js'
import { writeEnrolment, readEnrolment } from './enrolment.js'

const NOW_MS = 1_772_700_100_000
const DAY_MS = 86_400_000
const PHONE = '13912345678'
const SMALL_DISK_BYTES = 3_145_728

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
})
afterEach(() => {
  core.close()
  folder.remove()
})

function register(store: StoreCore, phone = PHONE): string {
  const notice = store.members.notice()
  const answer = store.members.register({
    eventId: testId() as never,
    memberId: testId() as never,
    phone: phone as never,
    policyVersion: notice.policyVersion,
    textSha256: notice.textSha256,
    nowMs: NOW_MS,
    cashier: null,
  })
  if (!answer.ok) throw new Error(answer.code)
  return String(answer.eventId)
}

describe('captures and cursors', () => {
  it('are there together after a restart', () => {
    const capture = rawCapture({ bytes: Buffer.from('小票'), fileName: '日报.csv' })
    core.captures.take([capture], [{ sourceId: 'drop', item: '日报.csv', value: '42' }])
    core.close()
    core = openCore(folder.path)
    expect(core.captures.cursor('drop', '日报.csv')).toBe('42')
    expect(core.captures.takeForParse()).toMatchObject({
      captureId: capture.captureId,
      fileName: '日报.csv',
      bytes: Buffer.from('小票'),
    })
  })

  it('are neither there when one of them cannot be', () => {
    const capture = rawCapture()
    core.captures.take([capture], [])
    expect(() =>
      core.captures.take([rawCapture(), capture], [{ sourceId: 'drop', item: '', value: '1' }]),
    ).toThrow('UNIQUE')
    expect(core.captures.cursor('drop', '')).toBeNull()
    expect(core.captures.counts().waiting).toBe(1)
  })

  it('take a job once that is read from the spool twice', () => {
    core.captures.take([rawCapture({ jobId: 'j1' })], [])
    core.captures.take([rawCapture({ jobId: 'j1' }), rawCapture({ jobId: 'j2' })], [])
    expect(core.captures.counts().waiting).toBe(2)
  })

  it('park what kills the reader three times, and go on with the next', () => {
    const next = rawCapture()
    core.captures.take([rawCapture(), next], [])
    for (let attempt = 0; attempt < 3; attempt += 1) core.captures.takeForParse()
    expect(core.captures.takeForParse()?.captureId).toBe(next.captureId)
    expect(core.captures.counts()).toMatchObject({ parked: 1 })
  })
})

describe('retention', () => {
  it('keeps raw bytes until seven days after everything in them was settled', () => {
    core.captures.take([rawCapture({ capturedAtMs: NOW_MS })], [])
    const taken = core.captures.takeForParse()
    core.receipts.record({
      captureId: String(taken?.captureId),
      sourceKind: 'escpos_tap',
      till: { storeId: 's', terminalId: 't' },
      documents: [],
      nowMs: NOW_MS,
    })
    expect(core.upkeep.tidy(NOW_MS + 6 * DAY_MS).rawCaptures).toBe(0)
    expect(core.upkeep.tidy(NOW_MS + 8 * DAY_MS).rawCaptures).toBe(1)
  })

  it('never deletes an event that was not settled', () => {
    register(core)
    expect(core.upkeep.tidy(NOW_MS + 4_000 * DAY_MS).events).toBe(0)
    expect(core.outbox.counts().waiting).toBe(1)
  })
})

describe('a damaged database', () => {
  it('is set aside, its readable events taken over, and capture goes on', () => {
    const ids = Array.from({ length: 40 }, (_, index) =>
      register(core, `139${String(index).padStart(8, '0')}`),
    )
    core.close()
    const path = join(folder.path, 'agent.db')
    const bytes = readFileSync(path)
    // An index page near the end; the table in the middle stays readable.
    bytes.fill(0xff, bytes.length - 8_192)
    writeFileSync(path, bytes)
    core = openCore(folder.path)
    expect(core.upkeep.damagedFiles()).toHaveLength(1)
    expect(core.captures.take([rawCapture()], [])).toEqual({ ok: true })
    const saved = core.outbox.peek({ eventsMax: 100, bytesMax: 1e6 }).map((row) => row.eventId)
    expect(saved.length).toBeGreaterThan(0)
    expect(ids).toEqual(expect.arrayContaining(saved))
  })

  it.each([
    ['rubbish', Buffer.from('this is not a database, not at all, and never was one')],
    ['zeros', Buffer.alloc(8_192)],
  ])('of %s does not stop the agent', (_title, content) => {
    core.close()
    writeFileSync(join(folder.path, 'agent.db'), content)
    core = openCore(folder.path)
    expect(core.upkeep.damagedFiles()).toHaveLength(1)
    expect(readdirSync(folder.path).some((name) => name.includes('.damaged-'))).toBe(true)
    expect(core.captures.take([rawCapture()], [])).toEqual({ ok: true })
  })

  it('does not take the enrolment with it', () => {
    const enrolment = {
      terminalId: '01J00000000000000000000001' as never,
      terminalCode: 'T1',
      storeId: '01J00000000000000000000002' as never,
      storeCode: 'S1',
      storeName: '店',
      timeZone: 'Asia/Shanghai',
      serverUrl: 'http://127.0.0.1:1',
      privateKeyPem: 'a private key',
    }
    writeEnrolment(folder.path, KEY, enrolment)
    expect(readEnrolment(folder.path, KEY)).toEqual(enrolment)
    expect(filesContaining(folder.path, 'a private key')).toEqual([])
  })
})

describe('personal data', () => {
  it('is in no file of the data directory, the WAL included', () => {
    register(core)
    core.captures.take(
      [rawCapture({ bytes: Buffer.from(`会员 ${PHONE}`), fileName: `${PHONE}.csv` })],
      [{ sourceId: 'drop', item: `${PHONE}.csv`, value: `{"name":"${PHONE}"}` }],
    )
    core.captures.quarantine('c', [{ row: 1, reason: `数量 ${PHONE}` }])
    expect(readdirSync(folder.path)).toContain('agent.db-wal')
    expect(filesContaining(folder.path, PHONE)).toEqual([])
    expect(core.members.findByPhone(PHONE as never)?.phoneMasked).toBe('139****5678')
  })
})

/** A real small disk, where this user may mount one. */
function mountSmallDisk(path: string): boolean {
  try {
    mkdirSync(path)
    const size = `size=${String(SMALL_DISK_BYTES)}`
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Told at the start, so that where it cannot run the test is named as skipped. */
function canMount(): boolean {
  const probe = temporaryFolder()
  const path = join(probe.path, 'disk')
  const isMounted = mountSmallDisk(path)
  if (isMounted) execFileSync('umount', [path])
  probe.remove()
  return isMounted
}
const itWithDisk = canMount() ? it : it.skip

describe('a full disk', () => {
  itWithDisk('costs the ballast first, then stops capture loudly, keeps all, and recovers', () => {
    const disk = join(folder.path, 'disk')
    expect(mountSmallDisk(disk)).toBe(true)
    const small = openCore(disk)
    try {
      expect(small.upkeep.storageState()).not.toBe('full')
      const taken: string[] = []
      let refused: string | null = null
      for (let i = 0; i < 200 && refused === null; i += 1) {
        const capture = rawCapture({ bytes: Buffer.alloc(65_536, i) })
        const result = small.captures.take([capture], [])
        if (result.ok) taken.push(capture.captureId)
        else refused = result.code
      }
      expect(refused).toBe('storage_full')
      expect(small.upkeep.storageState()).toBe('full')
      expect(readdirSync(disk)).not.toContain('ballast.bin')
      expect(() => {
        for (let i = 0; i < 500; i += 1) register(small, `137${String(i).padStart(8, '0')}`)
      }).toThrow(StorageFullError)
      expect(small.captures.counts().waiting).toBe(taken.length)
      execFileSync('mount', ['-o', 'remount,size=64m', disk])
      expect(small.upkeep.checkStorage()).toBe('ok')
      expect(small.captures.take([rawCapture()], [])).toEqual({ ok: true })
      expect(small.captures.counts().waiting).toBe(taken.length + 1)
    } finally {
      small.close()
      execFileSync('umount', [disk])
    }
  })
})
