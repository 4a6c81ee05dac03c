import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { keyringJson, parseKeyring, withFreshKey } from '../platform/keyring.js'
import { agreeOnKeys, missingKeys, sealingKeysOf } from '../platform/sealing-keys.js'
import { retireKey, SETTLE_MS, type Retired } from './key-retirement.js'
import { openRotationOf } from './key-rotation-lease.js'
import { rotateKeys, type Rotated } from './key-rotation.js'
import { keyServersOf } from './key-servers.js'
import { keyUsesOf, type KeyUse } from './key-uses.js'
import { withDatabase } from './with-database.js'

// `keys`: which sealing keys there are, changing to a new one while servers run, and doing away with
// an old one. What it says goes to standard output, how far it is to standard error.

const WAIT_MINUTES = 10
const WAIT_MINUTES_MAX = 1_440
const TELL_EVERY_MS = 1_000
const MINUTE_MS = 60_000

const STATES: Record<string, string> = {
  published: '已发布，尚未启用',
  active: '使用中',
  old: '只解不封',
  retired: '已停用',
}

const USAGE = [
  '用法：keys list                       各密钥的状态、还有多少数据用它',
  '      keys rotate [--wait 分钟]       换一个新的密封密钥，服务器照常运行；中断后再运行会接着做',
  '      keys retire 密钥编号            停用旧密钥；还有数据用它时会拒绝并说明在哪里',
  '      keys secret [--add] > 文件      密钥存放在环境变量里时：打印更新后的密钥内容',
]

type Say = (line: string) => void

/** `keys list | rotate | retire | secret`. Exit code 1 when it could not be done, 2 for wrong words. */
export async function keys(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, ...rest] = words
  if (verb === 'list' && rest.length === 0) return onDatabase(config, (at) => list(config, at, say))
  if (verb === 'rotate') {
    const waitMs = waitOf(rest)
    if (waitMs !== null) return onDatabase(config, (at) => rotate(config, at, { waitMs, say }))
  }
  const [keyId = ''] = rest
  if (verb === 'retire' && /^k\d{1,6}$/.test(keyId) && rest.length === 1)
    return onDatabase(config, (at) => retire(config, at, { keyId, say }))
  if (verb === 'secret' && rest.every((word) => word === '--add'))
    return onDatabase(config, (at) => secret(config, at, { isAdding: rest.length > 0, say }))
  for (const line of USAGE) say(line)
  return 2
}

function onDatabase(
  config: Config,
  work: (database: Database) => Promise<number>,
): Promise<number> {
  return withDatabase(config, async (database) => {
    await database.migrate()
    return work(database)
  })
}

function waitOf(words: readonly string[]): number | null {
  if (words.length === 0) return WAIT_MINUTES * MINUTE_MS
  const minutes = Number(words[1])
  const isWithin = Number.isFinite(minutes) && minutes >= 0 && minutes <= WAIT_MINUTES_MAX
  return words.length === 2 && words[0] === '--wait' && isWithin ? minutes * MINUTE_MS : null
}

async function list(config: Config, database: Database, say: Say): Promise<number> {
  const found = await database.read(sealingKeysOf)
  const uses = await keyUsesOf(database, config.dataDirectory)
  const missing = missingKeys(found, config.keyring)
  const held = Object.keys(config.keyring.fingerprints())
  const known = new Set(found.map(({ id }) => id))
  for (const { id, state } of found) {
    const where = missing.includes(id) ? '，密钥环里没有它！' : ''
    const ofIt = uses.filter(({ keyId }) => keyId === id)
    say(`${id}  ${STATES[state] ?? state}${where}，密封着 ${numberText(totalOf(ofIt))} 项`)
    for (const line of placesOf(ofIt)) say(line)
  }
  for (const id of held.filter((one) => !known.has(one))) say(`${id}  在密钥环里，数据库还不知道它`)
  const strange = uses.filter(({ keyId }) => !known.has(keyId))
  if (strange.length > 0) {
    say(`不认识的密钥或损坏的内容 ${numberText(totalOf(strange))} 项`)
    for (const line of placesOf(strange)) say(line)
  }
  const open = await database.read(openRotationOf)
  if (open)
    say(
      `轮换进行中：换成 ${open.toKeyId ?? '（尚未定）'}，已看 ${numberText(open.doneRows)} / ${numberText(open.totalRows)} 行`,
    )
  for (const server of await keyServersOf(database))
    say(`运行中  ${server.label}，用 ${server.sealsWith} 密封`)
  return missing.length === 0 ? 0 : 1
}

async function rotate(
  config: Config,
  database: Database,
  { waitMs, say }: { waitMs: number; say: Say },
): Promise<number> {
  const rotated = await rotateKeys({
    ...{ config, database, waitMs, nowMs: Date.now, tellWait, tell: teller() },
    complain: (place, key) => {
      toError(`打不开：${place} ${key}`)
    },
  })
  for (const line of linesOf(rotated, config.keyringPath)) say(line)
  return rotated.is === 'done' && rotated.faults === 0 ? 0 : 1
}

function linesOf(rotated: Rotated, keyringPath: string | null): string[] {
  switch (rotated.is) {
    case 'done':
      return [
        `已换成 ${rotated.keyId}，重新密封 ${numberText(rotated.resealed)} 项`,
        ...(rotated.faults > 0
          ? [`有 ${numberText(rotated.faults)} 项打不开，没有动它们：见上面所列，或 keys list`]
          : []),
        keyringPath === null
          ? '请用 keys secret 更新各服务器的密钥内容，并另行备份'
          : `密钥文件 ${keyringPath} 已更新，请与数据库分开备份；旧文件留在旁边`,
        '旧密钥确认不再需要后，用 keys retire 停用',
      ]
    case 'needs-key':
      return [
        '密钥在环境变量里，本命令改不了它，什么都没有做。请这样换：',
        '  1. npm run --silent huike -- keys secret --add > 新密钥文件，写回存放密钥的地方',
        '  2. 逐台重启服务器，让每一台都带上新密钥',
        '  3. 再运行 keys rotate：其余不停机完成',
      ]
    case 'taken':
      return ['另一个进程正在轮换密钥，请等它完成；用 keys list 看进度']
    case 'waiting':
      return [
        `还有 ${String(rotated.servers.length)} 个进程${rotated.for === 'publishing' ? '没有新密钥，所以尚未启用' : '没有改用新密钥'}：`,
        ...rotated.servers.map((label) => `  ${label}`),
        '各台服务器要用同一份密钥文件；更新后再运行 keys rotate 会接着做',
      ]
    case 'left-over':
      return [
        `还有 ${numberText(rotated.count)} 项不断以旧密钥写入：请检查有没有旧版本的服务器在运行，再运行一次`,
      ]
  }
}

async function retire(
  config: Config,
  database: Database,
  { keyId, say }: { keyId: string; say: Say },
): Promise<number> {
  const retired = await retireKey(
    {
      ...{ config, database, nowMs: Date.now, tellWait, settleMs: SETTLE_MS },
      waitMs: WAIT_MINUTES * MINUTE_MS,
    },
    keyId,
  )
  for (const line of retiredLines(retired, keyId, config.keyringPath)) say(line)
  return retired.is === 'retired' ? 0 : 1
}

function retiredLines(retired: Retired, keyId: string, keyringPath: string | null): string[] {
  switch (retired.is) {
    case 'retired':
      return [
        `${keyId} 已停用`,
        keyringPath === null
          ? '请用 keys secret 更新各服务器的密钥内容'
          : '旧密钥文件留在旁边：换密之前的数据库备份还要用它，备份作废时一并销毁',
      ]
    case 'unknown':
      return [`没有编号为 ${keyId} 的密钥`]
    case 'in-use':
      return [`${keyId} 正在使用，不能停用；先用 keys rotate 换一个`]
    case 'rotating':
      return ['轮换还没有完成，请先完成它']
    case 'needed':
      return [
        `${keyId} 还密封着 ${numberText(totalOf(retired.uses))} 项，不能停用：`,
        ...placesOf(retired.uses),
      ]
    case 'waiting':
      return [
        `还有进程用 ${keyId} 密封，不能停用：`,
        ...retired.servers.map((label) => `  ${label}`),
      ]
  }
}

/** The secret as it should be now; with `isAdding`, one more key that a rotation can change to. */
async function secret(
  config: Config,
  database: Database,
  { isAdding, say }: { isAdding: boolean; say: Say },
): Promise<number> {
  if (config.keyringPath !== null) {
    say(`密钥在文件 ${config.keyringPath} 里，keys rotate 会直接更新它`)
    return 2
  }
  if (process.stdout.isTTY) {
    say('密钥不显示在屏幕上，请把输出写到文件：keys secret > 文件')
    return 2
  }
  await agreeOnKeys(database, config.keyring, Date.now())
  const found = await database.read(sealingKeysOf)
  const content = parseKeyring(process.env['HUIKE_KEYRING'] ?? '')
  const retired = new Set(found.filter(({ state }) => state === 'retired').map(({ id }) => id))
  const kept = Object.entries(content.keys).filter(([id]) => !retired.has(id))
  const now = { ...content, keys: Object.fromEntries(kept), active: config.keyring.active }
  const known = found.map(({ id }) => id)
  const hasSpare = kept.some(([id]) => !known.includes(id))
  say(keyringJson(isAdding && !hasSpare ? withFreshKey(now, known) : now))
  return 0
}

/** Says how far the work is, once a second. */
function teller(): (place: string, doneRows: number, totalRows: number) => void {
  let start: { atMs: number; doneRows: number } | null = null
  let toldMs = -Infinity
  return (place, doneRows, totalRows) => {
    const nowMs = performance.now()
    start ??= { atMs: nowMs, doneRows }
    if (nowMs - toldMs < TELL_EVERY_MS) return
    toldMs = nowMs
    const perMs = (doneRows - start.doneRows) / (nowMs - start.atMs)
    const leftSeconds = Math.ceil(Math.max(0, totalRows - doneRows) / perMs / 1_000)
    const left = Number.isFinite(leftSeconds) ? `，约剩 ${String(leftSeconds)} 秒` : ''
    const share = totalRows === 0 ? 100 : Math.floor((100 * doneRows) / totalRows)
    toError(
      `${place} ${String(Math.min(100, share))}%（${numberText(doneRows)} / ${numberText(totalRows)}）${left}`,
    )
  }
}

function tellWait(servers: readonly string[]): void {
  toError(`等待 ${String(servers.length)} 个进程取得密钥：${servers.join('；')}`)
}

function placesOf(uses: readonly KeyUse[]): string[] {
  return uses.map(({ place, count }) => `    ${place} ${numberText(count)} 项`)
}

function totalOf(uses: readonly KeyUse[]): number {
  return uses.reduce((sum, { count }) => sum + count, 0)
}

function numberText(value: number): string {
  return value.toLocaleString('en-US')
}

function toError(line: string): void {
  process.stderr.write(`${line}\n`)
}
