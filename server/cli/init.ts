import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensureKeyring } from '../platform/keyring.js'

type Say = (line: string) => void

/**
 * `init DIRECTORY`: everything a shop's server needs in one folder: keyring, settings for an embedded
 * database, and what to type next. Overwrites nothing.
 */
export function init(words: string[], say: Say): number {
  const [given] = words
  if (given === undefined) {
    say('用法：init 数据目录')
    return 2
  }
  const directory = resolve(given)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const keyring = join(directory, 'keyring.json')
  const settings = join(directory, 'huike.env')
  ensureKeyring(keyring)
  if (!existsSync(settings))
    writeFileSync(settings, settingsText(directory, keyring), { mode: 0o600, flag: 'wx' })
  say(`密钥：${keyring}（请与数据库分开备份）`)
  say(`设置：${settings}`)
  say('下一步：')
  say(
    '  1. 在设置里填上小程序的 WECHAT_APPID 和 WECHAT_SECRET（试用：把 NODE_ENV=production 一行改成 HUIKE_SANDBOX=1）',
  )
  say(`  2. export HUIKE_ENV_FILE=${settings}`)
  say('  3. npm run huike -- store add S01 门店名，npm run huike -- staff add 账号 姓名 owner')
  say('  4. npm start')
  return 0
}

function settingsText(directory: string, keyring: string): string {
  return [
    `HUIKE_DATABASE_URL=sqlite:${join(directory, 'huike.sqlite')}`,
    `HUIKE_DATA_DIR=${directory}`,
    `HUIKE_KEYRING=${keyring}`,
    'HUIKE_PORT=3000',
    'NODE_ENV=production',
    '# WECHAT_APPID=',
    '# WECHAT_SECRET=',
    '# WECHAT_SUBSCRIBE_*, SMS_*: docs/deploy.md',
    '',
  ].join('\n')
}
