// What a till without a network has to refuse: each spoils what was fine.
import { expect } from '@jest/globals'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { fen, points } from '@huike/shared/quantities'
import type { CouponShop, Holder } from './coupons.js'
import type { OfflineTill } from './offline-till.js'
import type { TestTill } from './server.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Somebody at an agent that has lost its network, whose code was just read. */
export interface Spoiling {
  holder: Holder
  memberCode: string
  shop: CouponShop
  agentAt: (till: TestTill) => OfflineTill
}
type Spoil = (agent: OfflineTill, of: Spoiling) => Promise<void>

const altered: Spoil = async (agent, { holder }) => {
  const { token } = agent.core.offline.of(holder.id)
  const [head = '', body = '', signature = ''] = (token ?? '').split('.')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  claims.points.points = 100_000
  const more = Buffer.from(JSON.stringify(claims)).toString('base64url')
  await putToken(agent, holder.id, [head, more, signature].join('.'))
}

const ofAnotherTill: Spoil = async (agent, { holder, memberCode, shop, agentAt }) => {
  const { token, keys } = agent.core.offline.of(holder.id)
  const other = agentAt(shop.other)
  await putToken(other, holder.id, token ?? '', keys)
  other.isOnline = false
  other.codes.remember(holder.id, memberCode)
  await expect(other.coupons.reserve(agent.order(holder.id))).rejects.toThrow('offline_none')
  await putToken(agent, holder.id, `${token ?? ''}x`)
}

const over: Spoil = (_agent, { shop }) => {
  shop.server.clock.advance(12 * HOUR_MS)
  return Promise.resolve()
}

const setBack: Spoil = async (agent, { shop }) => {
  shop.server.clock.advance(2 * HOUR_MS)
  await agent.offline.sync()
  agent.clockOffMs = -DAY_MS
}

const usedBefore: Spoil = async (agent, { holder }) => {
  const asked = { memberId: holder.id as never, orderFen: fen(2_000) }
  await agent.points.hold({ ...asked, points: points(100) })
  agent.gives(holder.id, 1_900)
}

const ofAnotherMember: Spoil = async (agent, { holder, shop }) => {
  const other = await shop.member()
  await agent.reads(other.phone, { memberId: holder.id })
}

const forged: Spoil = (agent, { holder, memberCode }) => {
  agent.codes.remember(holder.id, `${memberCode.slice(0, 14)}00000000`)
  return Promise.resolve()
}

/** What it is, what it is refused with, and how it comes about. */
export const SPOILED: readonly (readonly [title: string, code: OutcomeCode, spoil: Spoil])[] = [
  ['an allowance that was altered', 'offline_none', altered],
  ['the allowance of another till', 'offline_none', ofAnotherTill],
  ['an allowance whose time is over', 'offline_over', over],
  ['a clock set back a day', 'offline_clock', setBack],
  ['a code that paid an order before', 'offline_code_used', usedBefore],
  ['the code of another member', 'offline_code_invalid', ofAnotherMember],
  ['a forged code', 'offline_code_invalid', forged],
]

/** Puts another token in the place of the one that was kept. */
function putToken(
  agent: OfflineTill,
  memberId: string,
  token: string,
  keys = agent.core.offline.of(memberId).keys,
): Promise<void> {
  const allowances = [{ memberId, token, allowanceIds: [] }]
  agent.core.offline.keep({ keys, allowances, nowMs: agent.clock.correctedNowMs() })
  return Promise.resolve()
}
