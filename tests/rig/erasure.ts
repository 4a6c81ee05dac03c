// Somebody the chain knows well, who asks to be forgotten.
import { expect } from '@jest/globals'
import { deletionSchema, type Deletion } from '@huike/shared/contracts/rights'
import { ErasureWorkerService } from '../../server/flows/erasure-worker.service.js'
import { again, DAY_MS, newShopper } from './manager.js'
import type { TestServer, TestTill } from './server.js'
import type { WechatShopper } from './wechat-shopper.js'

export const COOLING_OFF_DAYS = 15
export const KNOWN_NAME = '诸葛风吟上官婉儿'
export const KNOWN_BIRTHDAY = '1988-07-06'
const GRANTS = ['marketing', 'marketing_sms'] as const

type Phone = Pick<WechatShopper, 'get' | 'send'>

export async function deletionOf(phone: Phone): Promise<Deletion> {
  return deletionSchema.strict().parse((await phone.get('deletion')).body)
}

/** Asks to be forgotten, with the points that are on the screen. */
export async function askDeletion(phone: Phone): Promise<Deletion> {
  const { balancePoints } = await deletionOf(phone)
  const reply = await phone.send('deletion', { isConfirmed: true, balancePoints })
  expect(reply.status).toBe(200)
  return deletionSchema.strict().parse(reply.body)
}

/** Carries out every deletion that is due. */
export function drainErasures(server: TestServer): Promise<void> {
  return server.app.get(ErasureWorkerService, { strict: false }).drain()
}

/** Asks, lets the days pass, and erases. */
export async function eraseNow(server: TestServer, shopper: WechatShopper): Promise<void> {
  await askDeletion(await again(server, shopper))
  server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
  await drainErasures(server)
}

export async function memberState(
  server: TestServer,
  memberId: string,
): Promise<string | undefined> {
  const rows = await server.database.read((rx) =>
    rx.rows<{ state: string }>('SELECT state FROM member WHERE id = ?', [memberId]),
  )
  return rows[0]?.state
}

/** Somebody who told everything, granted everything, bought and was written to. */
export async function aKnownShopper(server: TestServer, till: TestTill): Promise<WechatShopper> {
  const shopper = await newShopper(server, { till, grants: GRANTS, credits: 2 })
  await shopper.send('profile', { name: KNOWN_NAME, birthday: KNOWN_BIRTHDAY }, 'PUT')
  return shopper
}
