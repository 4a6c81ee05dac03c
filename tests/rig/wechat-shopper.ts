// A shopper signed in with a WeChat account of their own, and what their phone may ask.
import { expect } from '@jest/globals'
import { problemSchema } from '@huike/shared/contracts/common'
import type { Reply, TestServer } from './server.js'

export interface WechatShopper {
  memberId: string
  openid: string
  phone: string
  get: (path: string) => Promise<Reply>
  send: (path: string, json: unknown, method?: string) => Promise<Reply>
}

let shoppers = 0

/** Somebody new, signed in with WeChat and a phone number of their own, or the one given. */
export async function newWechatShopper(
  server: TestServer,
  number?: string,
): Promise<WechatShopper> {
  shoppers += 1
  const openid = `openid-shopper-${String(shoppers)}`
  const phone = number ?? `1361234${String(shoppers).padStart(4, '0')}`
  const login = { code: server.wechat?.loginCode(openid) }
  const session = await server.fetch('/member/v1/session/wechat', { json: login })
  const given = await server.fetch('/member/v1/phone', {
    token: session.body.accessToken,
    json: { code: server.wechat?.phoneCode(phone) },
  })
  expect(given.status).toBe(200)
  const token: string = given.body.accessToken
  return {
    memberId: given.body.memberId,
    openid,
    phone,
    get: (path) => server.fetch(`/member/v1/${path}`, { token }),
    send: (path, json, method = 'POST') =>
      server.fetch(`/member/v1/${path}`, { token, json, method }),
  }
}

/** The reply is this problem, in the form of its contract. */
export function expectProblem(reply: Reply, status: number, code: string): void {
  expect(problemSchema.parse(reply.body)).toMatchObject({ status, code })
  expect(reply.status).toBe(status)
}
