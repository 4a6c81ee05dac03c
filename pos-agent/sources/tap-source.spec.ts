import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  openCore,
  SILENT,
  storeOn,
  temporaryFolder,
  testId,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import type { Store } from '../store/store.js'
import { Alarms } from '../tap/alarms.js'
import { SpoolWriter } from '../tap/spool-writer.js'
import { TapSource } from './tap-source.js'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(join(folder.path, 'data'))
})
afterEach(() => {
  core.close()
  folder.remove()
})

function sourceOn(store: Store): TapSource {
  return new TapSource(
    {
      tapId: 'till',
      spoolDirectory: join(folder.path, 'spool'),
      keyFile: join(folder.path, 'tap.key'),
      statusFile: join(folder.path, 'status'),
      supervise: false,
      listenHost: '127.0.0.1',
      listenPort: 0,
      printerHost: '127.0.0.1',
      printerPort: 9,
    },
    { store, clock: new Clock(), log: SILENT, onTaken: () => undefined },
  )
}

async function print(...texts: string[]): Promise<void> {
  const spool = new SpoolWriter({
    directory: join(folder.path, 'spool'),
    keyFile: join(folder.path, 'tap.key'),
    alarms: new Alarms(),
  })
  for (const text of texts) {
    const head = { connectionId: testId(), tapId: 'till', wallMs: Date.now() }
    spool.push({ ...head, sequence: 0, kind: 'open', bytes: Buffer.alloc(0) })
    spool.push({ ...head, sequence: 1, kind: 'data', bytes: Buffer.from(text) })
    spool.push({ ...head, sequence: 2, kind: 'close', bytes: Buffer.alloc(0) })
  }
  await spool.close(5_000)
}

describe('the tap source', () => {
  it('waits for a tap that has not started yet', async () => {
    await sourceOn(storeOn(core)).step()
    expect(core.captures.counts().waiting).toBe(0)
  })

  it('takes each print job once, also after a restart', async () => {
    await print('小票一', '小票二')
    await sourceOn(storeOn(core)).step()
    expect(core.captures.counts().waiting).toBe(2)
    await sourceOn(storeOn(core)).step()
    await print('小票三')
    await sourceOn(storeOn(core)).step()
    expect(core.captures.counts().waiting).toBe(3)
    expect(Buffer.from(core.captures.takeForParse()?.bytes ?? []).toString()).toBe('小票一')
  })

  it('keeps what the store refused, and brings it when there is room again', async () => {
    await print('小票一')
    const store = storeOn(core)
    let isFull = true
    const captures: Store['captures'] = {
      ...store.captures,
      cursor: store.captures.cursor,
      take: (...args) =>
        isFull
          ? Promise.resolve({ ok: false, code: 'storage_full' })
          : store.captures.take(...args),
    }
    const source = sourceOn({ ...store, captures })
    await source.step()
    expect(core.captures.counts().waiting).toBe(0)
    isFull = false
    await source.step()
    expect(core.captures.counts().waiting).toBe(1)
  })
})
