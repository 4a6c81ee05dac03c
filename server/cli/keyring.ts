import { existsSync } from 'node:fs'
import { ensureKeyring } from '../platform/keyring.js'

/** `keyring create PATH`: a new keyring file that only its owner may read; never overwrites one. */
export function createKeyring(words: string[], say: (line: string) => void): number {
  const [verb, path = ''] = words
  if (verb !== 'create' || path === '') {
    say('用法：keyring create 文件路径')
    return 2
  }
  if (existsSync(path)) {
    say(`${path} 已存在，没有改动`)
    return 1
  }
  ensureKeyring(path)
  say(`已生成 ${path}。请与数据库分开备份：丢了它，手机号就再也读不出来`)
  return 0
}
