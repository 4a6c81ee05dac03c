import { describe, expect, it } from '@jest/globals'
import type { TillState } from '@huike/shared/contracts/cashier'
import { epochMs } from '@huike/shared/quantities'
import { banner, chips, type Chip } from './status.js'

const NOON_MS = Date.UTC(2026, 5, 3, 4, 0)
const SINCE = epochMs(new Date(2026, 5, 3, 18, 2).getTime())

describe('the state of the till on screen', () => {
  it('shows every chip, all quiet but the connection, when all is well', () => {
    const shown = chips(sampleTill(), 'live')
    expect(shown.map(({ id }) => id)).toEqual([
      'connection',
      'outbox',
      'confirm',
      'parked',
      'tap',
      'storage',
      'clock',
    ])
    expect(shown.slice(1).every(({ tone }) => tone === 'quiet')).toBe(true)
    expect(banner(sampleTill(), 'live')).toBeNull()
  })

  it.each<[Partial<TillState>, Chip['id'], string, Chip['tone']]>([
    [{ connection: 'offline', offlineSinceMs: SINCE }, 'connection', '离线 自 18:02', 'warn'],
    [{ connection: 'unenrolled' }, 'connection', '未登记', 'bad'],
    [{ connection: 'revoked' }, 'connection', '已停用', 'bad'],
    [{ outboxDepth: 12 }, 'outbox', '待上传 12', 'info'],
    [{ parkedCount: 1 }, 'parked', '搁置 1', 'bad'],
    [{ needsConfirmCount: 2 }, 'confirm', '待确认 2', 'warn'],
    [{ tap: 'silent' }, 'tap', '采集没有动静', 'warn'],
    [{ storage: 'full' }, 'storage', '存储已满', 'bad'],
    [{ clockOffsetMs: 120_000 }, 'clock', '时钟正常', 'quiet'],
    [{ clockOffsetMs: 301_000 }, 'clock', '时钟慢 5 分', 'bad'],
    [{ clockOffsetMs: -121_000 }, 'clock', '时钟快 2 分', 'bad'],
    [{ clockOffsetMs: null }, 'clock', '时钟未核对', 'quiet'],
  ])('tells %j', (changes, id, text, tone) => {
    const chip = chips(sampleTill(changes), 'live').find((one) => one.id === id)
    expect(chip).toEqual({ id, text, tone })
  })

  it.each<[Partial<TillState>, 'live' | 'gone', string]>([
    [{ connection: 'offline', offlineSinceMs: SINCE }, 'live', '离线 自 18:02'],
    [{ connection: 'offline', storage: 'full' }, 'live', '存储已满'],
    [{ connection: 'revoked', storage: 'full' }, 'live', '已停用'],
    [{ connection: 'offline' }, 'gone', '本机服务没有响应'],
  ])('puts the worst of %j (%s) on the banner', (changes, link, title) => {
    expect(banner(sampleTill(changes), link)?.title).toBe(title)
  })
})

/** A till at which all is well. */
function sampleTill(changes: Partial<TillState> = {}): TillState {
  return {
    storeName: '人民路店',
    terminalCode: 'T1',
    timeZone: null,
    agentVersion: '0.1.0',
    connection: 'online',
    offlineSinceMs: null,
    lastSyncAtMs: epochMs(NOON_MS),
    outboxDepth: 0,
    parkedCount: 0,
    needsConfirmCount: 0,
    clockOffsetMs: 120,
    tap: 'running',
    storage: 'ok',
    ...changes,
  }
}
