import { beforeEach, describe, expect, it } from '@jest/globals'
import type { SubscriptionAnswer, Subscriptions } from '@huike/shared/contracts/account'
import { failure, type Result } from '../api/result.js'
import { createKeeper, type Keeper } from './keeper.js'
import {
  createReminders,
  promptFailureSentence,
  type PromptOutcome,
  type Reminders,
} from './reminders.js'
import { createRemote, type Remote } from './remote.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const

let keeper: Keeper
let told: SubscriptionAnswer[]
let answer: Result<Subscriptions>
let outcome: PromptOutcome
let asked: (readonly string[])[]
let subscriptions: Remote<Subscriptions>

function known(...credits: number[]): Subscriptions {
  return {
    templates: credits.map((count, i) => ({
      templateId: `t${String(i)}`,
      title: '',
      credits: count,
    })),
  }
}

function open(hasWechat = true): Reminders {
  return createReminders(
    {
      keeper,
      nowMs: () => 1_000,
      chance: () => told.length / 10,
      askForMessages: hasWechat
        ? (templateIds) => {
            asked.push(templateIds)
            return Promise.resolve(outcome)
          }
        : null,
    },
    subscriptions,
    (said) => {
      told.push(said)
      return Promise.resolve(answer)
    },
  )
}

beforeEach(async () => {
  const raw = new Map<string, unknown>()
  keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, structuredClone(value)),
    remove: (name) => void raw.delete(name),
  })
  told = []
  asked = []
  answer = { ok: true, value: known(1) }
  outcome = { kind: 'answered', answers: [{ templateId: 't0', result: 'accept' }] }
  subscriptions = createRemote<Subscriptions>({
    load: () => Promise.resolve({ ok: true, value: known(0) }),
    shelf: { read: () => null, write: () => undefined },
    nowMs: () => 0,
  })
  await subscriptions.refresh()
})

describe('a prompt', () => {
  it('is told, and what it brought is shown at once', async () => {
    expect(await open().ask()).toContain('好的')
    expect(told).toMatchObject([{ answers: [{ templateId: 't0', result: 'accept' }] }])
    expect(subscriptions.get().kept?.value).toEqual(known(1))
  })

  it('asks for three at most, those with the fewest first', async () => {
    subscriptions.accept(known(5, 0, 2, 0))
    await open().ask()
    expect(asked).toEqual([['t1', 't3', 't2']])
  })

  it('asks nothing where there is no WeChat or nothing to ask for', async () => {
    expect(open(false).isPossible).toBe(false)
    expect(await open(false).ask()).toBe('')
    subscriptions.accept(known())
    expect(await open().ask()).toBe('')
    expect(asked).toEqual([])
  })

  it('is told under the same id until the server has it, in order, and then no more', async () => {
    answer = OFFLINE
    const reminders = open()
    expect(await reminders.ask()).toContain('联网后')
    await reminders.ask()
    answer = { ok: true, value: known(2) }
    // As after a restart: only what is on the phone is left.
    const restarted = open()
    const before = told.length
    await Promise.all([restarted.flush(), restarted.flush()])
    await restarted.flush()
    const [first, second] = [told[0]?.askId, told[before + 1]?.askId]
    expect(told.slice(before).map(({ askId }) => askId)).toEqual([first, second])
    expect(first).not.toBe(second)
  })

  it('is dropped when the server will never take it', async () => {
    answer = failure('input_invalid')
    const reminders = open()
    await reminders.ask()
    await reminders.flush()
    expect(told).toHaveLength(1)
  })

  it('is not told in the name of the next person', async () => {
    answer = OFFLINE
    const reminders = open()
    await reminders.ask()
    reminders.reset()
    await reminders.flush()
    expect(told).toHaveLength(1)
  })

  it('that WeChat filtered out says nothing', async () => {
    outcome = { kind: 'answered', answers: [{ templateId: 't0', result: 'filter' }] }
    expect(await open().ask()).toBe('')
  })
})

it.each([
  [10_001, '提醒暂时无法开启'],
  [10_002, '网络不稳定'],
  [10_003, '网络不稳定'],
  [10_004, '提醒暂时无法开启'],
  [20_001, '提醒暂时无法开启'],
  [20_002, '提醒暂时无法开启'],
  [20_003, '提醒暂时无法开启'],
  [20_004, '你在微信里关闭了订阅消息'],
  [20_005, '这项提醒目前不能使用'],
  [null, '提醒暂时无法开启'],
])('has a sentence for error %p of the prompt', (errorCode, beginning) => {
  expect(promptFailureSentence(errorCode)).toContain(beginning)
})

it('says nothing when WeChat was in the background', () => {
  expect(promptFailureSentence(10_005)).toBe('')
})
