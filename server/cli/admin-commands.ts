import { randomBytes } from 'node:crypto'
import type { INestApplicationContext } from '@nestjs/common'
import { outcomeSentence } from '@huike/shared/outcomes'
import { CHAIN_ROLES, STAFF_ROLES } from '@huike/shared/permissions'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { isTimeZone } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import { UniqueViolation } from '../platform/database.js'
import { SecondFactorService } from '../staff/second-factor.service.js'
import { NOBODY_ID } from '../staff/staff-audit.service.js'
import { StaffService } from '../staff/staff.service.js'
import { TerminalsService } from '../stores/terminals.service.js'
import { withApp } from './with-app.js'

// Stores, staff and tills, from the command line.

type Say = (line: string) => void
const CODE = /^[A-Za-z0-9_-]{1,32}$/
/** For `staff add`: every store there is by now. */
const ALL_STORES = '全部'

/** `store add CODE NAME [TIME ZONE]`. */
export function addStore(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, code = '', name = '', timeZone = CHAIN_TIME_ZONE] = words
  if (verb !== 'add' || !CODE.test(code) || name === '' || !isTimeZone(timeZone))
    return usage(say, `store add 编号(字母数字) 名称 [时区，如 ${CHAIN_TIME_ZONE}]`)
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

/** `staff add …` or `staff reset-totp …`. */
export function staff(config: Config, words: string[], say: Say): Promise<number> {
  return words[0] === 'reset-totp' ? resetTotp(config, words, say) : addStaff(config, words, say)
}

/**
 * `staff reset-totp USERNAME`: takes the second factor away from somebody who lost it and its
 * recovery codes, and ends their sessions; written down as an operator's deed.
 */
function resetTotp(config: Config, words: string[], say: Say): Promise<number> {
  const [, username = '', ...others] = words
  if (username === '' || others.length > 0) return usage(say, 'staff reset-totp 账号')
  return withApp(config, async (app, database) => {
    const factors = app.get(SecondFactorService, { strict: false })
    const person = await app.get(StaffService, { strict: false }).byUsername(username)
    if (!person) {
      say(`没有账号 ${username}`)
      return 1
    }
    const { isSet } = await database.read((rx) => factors.stateOf(rx, person.id))
    if (!isSet) {
      say(`${username} 没有启用动态口令`)
      return 1
    }
    const reset = await factors.reset({ id: NOBODY_ID }, person.id)
    if (!reset.ok) {
      say(outcomeSentence(reset.code))
      return 1
    }
    say(`已重置 ${username} 的动态口令，已登录的地方都已退出；下次登录只要密码`)
    return 0
  })
}

/**
 * `staff add USERNAME NAME [ROLE] [STORE,STORE…]`: prints a fresh password once. A manager or a
 * cashier acts for the stores named, or for all there are when none is; the others for every store.
 */
function addStaff(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, username = '', name = '', asked = 'manager', stores = ALL_STORES] = words
  const role = STAFF_ROLES.find((one) => one === asked)
  if (verb !== 'add' || username === '' || name === '' || !role)
    return usage(say, `staff add 账号 姓名 [${STAFF_ROLES.join('|')}] [门店编号,门店编号…]`)
  return withApp(config, async (app) => {
    const storeIds = CHAIN_ROLES.includes(role) ? [] : await storeIdsOf(app, stores, say)
    if (storeIds === null) return 1
    const password = randomBytes(12).toString('base64url')
    try {
      await app
        .get(StaffService, { strict: false })
        .create({ username, name, role, password, storeIds })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      say(`账号 ${username} 已存在`)
      return 1
    }
    say(`已新建 ${username}(${name})，初始密码：${password}`)
    return 0
  })
}

/** The ids of stores named by their codes; null when there is one that nobody knows. */
async function storeIdsOf(
  app: INestApplicationContext,
  codes: string,
  say: Say,
): Promise<string[] | null> {
  const stores = await app.get(TerminalsService, { strict: false }).list()
  if (codes === ALL_STORES) return stores.map(({ id }) => id)
  const idOf = new Map(stores.map(({ id, code }) => [code, id]))
  const ids: string[] = []
  for (const code of new Set(codes.split(','))) {
    const id = idOf.get(code)
    if (id === undefined) {
      say(`没有编号为 ${code} 的门店`)
      return null
    }
    ids.push(id)
  }
  return ids
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
