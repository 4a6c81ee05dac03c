import { randomBytes } from 'node:crypto'
import type { Config } from '../platform/config.js'
import { UniqueViolation } from '../platform/database.js'
import { StaffService, type StaffRole } from '../staff/staff.service.js'
import { TerminalsService } from '../stores/terminals.service.js'
import { withApp } from './with-app.js'

// Stores, staff and tills, from the command line.

type Say = (line: string) => void
const CODE = /^[A-Za-z0-9_-]{1,32}$/
const ROLES: readonly string[] = ['owner', 'manager', 'clerk'] satisfies StaffRole[]

/** `store add CODE NAME [TIME ZONE]`. */
export function addStore(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, code = '', name = '', timeZone = 'Asia/Shanghai'] = words
  if (verb !== 'add' || !CODE.test(code) || name === '' || !isTimeZone(timeZone))
    return usage(say, 'store add 编号(字母数字) 名称 [时区，如 Asia/Shanghai]')
  return withApp(config, async (app) => {
    try {
      await app.get(TerminalsService, { strict: false }).createStore({ code, name, timeZone })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      say(`门店编号 ${code} 已存在`)
      return 1
    }
    say(`已新建门店 ${code} ${name}`)
    return 0
  })
}

/** `staff add USERNAME NAME [ROLE]`: prints a fresh password once. */
export function addStaff(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, username = '', name = '', role = 'manager'] = words
  if (verb !== 'add' || username === '' || name === '' || !ROLES.includes(role))
    return usage(say, 'staff add 账号 姓名 [owner|manager|clerk]')
  return withApp(config, async (app) => {
    const password = randomBytes(12).toString('base64url')
    try {
      await app
        .get(StaffService, { strict: false })
        .create({ username, name, role: role as StaffRole, password })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      say(`账号 ${username} 已存在`)
      return 1
    }
    say(`已新建 ${username}(${name})，初始密码：${password}`)
    return 0
  })
}

/** `terminal enrol STORE TERMINAL`: prints a one-time code for the agent on that till. */
export function enrolTerminal(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, storeCode = '', terminalCode = ''] = words
  if (verb !== 'enrol' || !CODE.test(terminalCode))
    return usage(say, 'terminal enrol 门店编号 收银台编号')
  return withApp(config, async (app) => {
    const terminals = app.get(TerminalsService, { strict: false })
    const store = await terminals.storeByCode(storeCode)
    if (!store) {
      say(`没有编号为 ${storeCode} 的门店`)
      return 1
    }
    say(await terminals.issueEnrolmentCode(store, terminalCode))
    return 0
  })
}

/** `terminal revoke STORE TERMINAL`: from now on its events are refused. */
export function revokeTerminal(config: Config, words: string[], say: Say): Promise<number> {
  const [, storeCode = '', terminalCode = ''] = words
  return withApp(config, async (app) => {
    const terminals = app.get(TerminalsService, { strict: false })
    const store = (await terminals.list()).find((one) => one.code === storeCode)
    const terminal = store?.terminals.find((one) => one.code === terminalCode)
    if (!terminal || !(await terminals.revoke(terminal.id))) {
      say(`没有找到门店 ${storeCode} 的收银台 ${terminalCode}`)
      return 1
    }
    say(`已停用 ${storeCode} ${terminalCode}`)
    return 0
  })
}

function usage(say: Say, text: string): Promise<number> {
  say(`用法：${text}`)
  return Promise.resolve(2)
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
