import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { CashierGift, CounterGiftRequest } from '@huike/shared/contracts/counter-gifts'
import { openCore, storeOn, temporaryFolder, testId } from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import type { Asked } from '../uplink/ask-server.js'
import { GiftsAtTill } from './gifts-at-till.js'

// Coupons a cashier gives, over a server that answers as the test wants it to.

const GIFT: CashierGift = {
  templateId: testId() as CashierGift['templateId'],
  memberId: testId() as CashierGift['memberId'],
  reason: 'sorry',
}
const OTHER: CashierGift = { ...GIFT, memberId: testId() as CashierGift['memberId'] }

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let isOnline: boolean
let asked: CounterGiftRequest[]
let answers: Asked<never>[]
let at: GiftsAtTill

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  isOnline = true
  ;[asked, answers] = [[], []]
  at = new GiftsAtTill({
    store: storeOn(core),
    clock: new Clock(),
    isOnline: () => isOnline,
    gifts: {
      list: () => Promise.resolve(answers.shift() ?? answer({ coupons: [] })),
      give: (request) => {
        asked.push(request)
        return Promise.resolve(answers.shift() ?? answer({ gift: { name: '道歉券' } }))
      },
    },
  })
})
afterEach(() => {
  core.close()
  folder.remove()
})

const answer = (body: object): Asked<never> => ({ kind: 'answered', answer: body as never })
const requests = () => asked.map(({ requestId }) => requestId)
const codeOf = async (work: Promise<unknown>) =>
  ((await work.catch((caught: unknown) => caught)) as { code?: string }).code

it('gives one for each time it is asked and answered', async () => {
  expect(await at.give(GIFT)).toEqual({ gift: { name: '道歉券' } })
  await at.give(GIFT)
  expect(new Set(requests()).size).toBe(2)
  expect(asked[0]).toMatchObject({
    ...{ templateId: GIFT.templateId, reason: 'sorry' },
    who: { by: 'member', memberId: GIFT.memberId },
  })
})

it('asks with the same request after a lost answer, whatever else was given meanwhile', async () => {
  answers = [{ kind: 'unreachable' }]
  expect(await codeOf(at.give(GIFT))).toBe('counter_unanswered')
  await at.give(OTHER)
  await at.give({ ...GIFT, reason: 'missed' })
  const [first, other, again] = requests()
  expect([again, other === first]).toEqual([first, false])
  await at.give(GIFT)
  expect(requests()[3]).not.toBe(first)
})

it('needs the network, and does not say that nothing was given where nobody knows', async () => {
  isOnline = false
  expect([await codeOf(at.list()), await codeOf(at.give(GIFT))]).toEqual([
    ...['counter_offline', 'counter_offline'],
  ])
  isOnline = true
  answers = [{ kind: 'unreachable' }]
  await codeOf(at.give(GIFT))
  isOnline = false
  expect(await codeOf(at.give(GIFT))).toBe('counter_unanswered')
  expect(await codeOf(at.give(OTHER))).toBe('counter_offline')
  expect(asked).toHaveLength(1)
})

it('says what the server says', async () => {
  answers = [{ kind: 'refused', code: 'coupon_counter_day_max', detail: null }]
  expect(await codeOf(at.give(GIFT))).toBe('coupon_counter_day_max')
  expect(await at.list()).toEqual({ coupons: [] })
})
