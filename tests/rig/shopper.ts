// A shopper as the stories need one: registered at a till, then looking at the phone.
import { expect } from '@jest/globals'
import { registration } from './events.js'
import type { Reply, TestServer, TestTill } from './server.js'

/** Registers a number at the till; answers the member's id. */
export async function register(till: TestTill, phone: string): Promise<string> {
  const result = await till.sendOne(registration(till, phone))
  expect(result.status).toBe('accepted')
  return result.memberId ?? ''
}

/** Signs the number in to the mini-program; `get` reads what its pages read. */
export async function phoneOf(
  server: TestServer,
  phone: string,
): Promise<{ token: string; get: (path: string) => Promise<Reply> }> {
  const session = await server.fetch('/member/v1/session/sandbox', { json: { phone } })
  expect(session.status).toBe(200)
  const token: string = session.body.accessToken
  return { token, get: (path) => server.fetch(`/member/v1/${path}`, { token }) }
}
