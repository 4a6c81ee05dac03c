import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { missingKeys, sealingKeysOf } from '../platform/sealing-keys.js'
import { openRotationOf } from './key-rotation-lease.js'
import { withDatabase } from './with-database.js'

// The operator's check-up: each line says what was measured and whether it will do.

const DISK_FREE_BYTES_MIN = 1_000_000_000
const FSYNC_MS_MAX = 50
const FSYNC_ROUNDS = 20
const YEAR_MIN = 2025

interface Finding {
  ok: boolean
  line: string
}

/** Checks disk, durable-write time, clock, keys and database; exit code 1 when one fails. */
export async function doctor(
  config: Config,
  _words: string[],
  say: (line: string) => void,
): Promise<number> {
  const findings = [
    checkDisk(config.dataDirectory),
    checkFsync(config.dataDirectory),
    checkClock(),
    checkKeyFile(config.keyringPath),
    ...(await checkDatabase(config)),
  ]
  for (const { ok, line } of findings) say(`${ok ? '正常' : '异常'}  ${line}`)
  return findings.every((finding) => finding.ok) ? 0 : 1
}

function checkDisk(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory)
  const freeBytes = bavail * bsize
  const gigabytes = (freeBytes / 1e9).toFixed(1)
  return { ok: freeBytes >= DISK_FREE_BYTES_MIN, line: `数据盘剩余 ${gigabytes} GB` }
}

function checkFsync(directory: string): Finding {
  const path = join(directory, '.doctor')
  const file = openSync(path, 'w')
  const times: number[] = []
  try {
    for (let round = 0; round < FSYNC_ROUNDS; round += 1) {
      const startedMs = performance.now()
      writeSync(file, 'x')
      fsyncSync(file)
      times.push(performance.now() - startedMs)
    }
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
  times.sort((a, b) => a - b)
  const medianMs = times[FSYNC_ROUNDS / 2] ?? 0
  return { ok: medianMs <= FSYNC_MS_MAX, line: `落盘一次 ${medianMs.toFixed(1)} 毫秒(中位数)` }
}

function checkClock(): Finding {
  const now = new Date()
  return { ok: now.getFullYear() >= YEAR_MIN, line: `系统时间 ${now.toISOString()}` }
}

function checkKeyFile(path: string | null): Finding {
  if (path === null) return { ok: true, line: '密钥来自环境变量' }
  const isPrivate = process.platform === 'win32' || (statSync(path).mode & 0o077) === 0
  return { ok: isPrivate, line: `密钥文件${isPrivate ? '仅本人可读' : '权限过宽，请 chmod 600'}` }
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  try {
    return await withDatabase(config, async (database) => {
      const pending = await database.pendingMigrations()
      const isCurrent = pending.length === 0
      const line = isCurrent ? '结构为最新' : `有 ${String(pending.length)} 项待升级(migrate)`
      return [
        { ok: isCurrent, line: `数据库 ${database.dialect}:已连接，${line}` },
        ...(isCurrent ? await checkSealingKeys(config, database) : []),
      ]
    })
  } catch (error) {
    return [{ ok: false, line: `数据库连不上：${(error as Error).message}` }]
  }
}

async function checkSealingKeys({ keyring }: Config, database: Database): Promise<Finding[]> {
  const missing = missingKeys(await database.read(sealingKeysOf), keyring)
  const open = await database.read(openRotationOf)
  return [
    missing.length === 0
      ? { ok: true, line: '密封密钥齐全' }
      : { ok: false, line: `密钥环缺少 ${missing.join('、')}，用它密封的内容打不开` },
    ...(open ? [{ ok: false, line: '密钥轮换没有完成：再运行 keys rotate 会接着做' }] : []),
  ]
}
