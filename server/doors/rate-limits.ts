import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

// Requests a minute, by route and caller. Where a phone number, a code or a password can be probed
// the limit is what a person needs, not what a machine could use.

const PER_MINUTE_DEFAULT = 600
const PER_MINUTE: Record<string, number> = {
  '/agent/v1/enrol': 10,
  '/agent/v1/token': 60,
  '/agent/v1/lookup': 30,
  '/agent/v1/coupons/counter/give': 30,
  '/agent/v1/coupons/quote': 120,
  '/agent/v1/coupons/reservations': 60,
  '/agent/v1/pickups/find': 60,
  '/agent/v1/pickups/hand-over': 60,
  '/agent/v1/points/quote': 120,
  '/agent/v1/points/holds': 60,
  '/console/v1/campaigns/preview': 30,
  '/console/v1/coupons/templates/:id/codes': 30,
  '/console/v1/imports': 60,
  '/console/v1/members': 120,
  '/console/v1/members/:memberId/phone': 10,
  '/console/v1/mall/exchanges/find': 60,
  '/console/v1/pickups/find': 60,
  '/console/v1/me/password': 10,
  '/console/v1/me/second-factor': 10,
  '/console/v1/me/second-factor/confirm': 10,
  '/console/v1/me/second-factor/remove': 10,
  '/console/v1/me/recovery-codes': 10,
  // Each works a whole merge out, in a transaction that is not kept.
  '/console/v1/merges/preview': 60,
  '/console/v1/merges/:id/undo/preview': 60,
  '/console/v1/session': 10,
  '/console/v1/staff': 60,
  '/console/v1/staff/:id': 30,
  '/console/v1/terminals/enrolment': 30,
  '/member/v1/session/wechat': 60,
  '/member/v1/session/sandbox': 60,
  '/member/v1/session/refresh': 60,
  '/member/v1/phone': 10,
  '/member/v1/profile': 30,
  '/member/v1/consents': 30,
  '/member/v1/coupons/codes': 10,
  '/member/v1/mall/exchanges': 60,
  '/member/v1/copies': 10,
  '/member/v1/copies/:token/data.json': 30,
  '/member/v1/copies/:token/page.html': 30,
  '/member/v1/deletion': 30,
  '/member/v1/subscriptions': 60,
  '/member/v1/messages/read': 120,
  '/open/v1/members/lookup': 60,
  // Few addresses tell of everybody's payments; what is not signed costs next to nothing.
  '/pay/v1/notices': 6_000,
}
/** Routes that prove who is calling: counted by address, since a token could be made up. */
const BY_ADDRESS = /^\/(agent\/v1\/(enrol|token)|console\/v1\/session|member\/v1\/session\/.+)$/

/** Requests a minute allowed for the route of this request. */
export function limitOf(request: FastifyRequest): number {
  return PER_MINUTE[request.routeOptions.url ?? ''] ?? PER_MINUTE_DEFAULT
}

/** Who is counted: the token where there is one, else the address; each route by itself. */
export function limitKeyOf(request: FastifyRequest): string {
  const route = request.routeOptions.url ?? 'unknown'
  const token = BY_ADDRESS.test(route) ? undefined : request.headers.authorization
  const caller =
    token === undefined ? request.ip : createHash('sha1').update(token).digest('base64')
  return `${route}|${caller}`
}
