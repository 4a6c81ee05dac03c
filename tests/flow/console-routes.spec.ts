import 'reflect-metadata'
import { RequestMethod } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { expect, it } from '@jest/globals'
import { STAFF_ROLES, type StaffRole } from '@huike/shared/permissions'
import { StaffService } from '../../server/staff/staff.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { enrolTill, type TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Who may call what in the console. One table holds every route there is, and is compared with what
// the controllers declare: a new route has to be put into it.

const PASSWORD = 'correct horse'
/** What a server process may still believe of somebody. */
const CACHED_MS = 5_000

const ALL = STAFF_ROLES
const OWNER = ['owner'] as const
const LEADERS = ['owner', 'manager'] as const
const MARKETERS = ['owner', 'operations', 'manager'] as const
const READERS = ['owner', 'operations', 'manager', 'auditor'] as const
const COUNTERS = ['owner', 'operations', 'manager', 'analyst', 'auditor'] as const
/** Who looks after the quality of data and imports, and who only looks. */
const CLERKS = ['owner', 'operations'] as const
const FIGURES = ['owner', 'operations', 'analyst', 'auditor'] as const
const INSPECTORS = ['owner', 'operations', 'auditor'] as const
/** Who may look at one member; a cashier does not browse. */
const HELPERS = ['owner', 'operations', 'manager', 'cashier'] as const

/** Every route of the console: who is let in, and what an empty request gets then. */
const ROUTES: Record<string, [roles: readonly StaffRole[], status: number]> = {
  'GET /console/v1/today': [ALL, 200],
  'GET /console/v1/stores': [ALL, 200],
  'POST /console/v1/stores': [OWNER, 422],
  'PATCH /console/v1/stores/:storeId': [OWNER, 422],
  'POST /console/v1/terminals/enrolment': [LEADERS, 422],
  'POST /console/v1/terminals/:id/revoke': [LEADERS, 404],
  'GET /console/v1/staff/:id/customers': [['owner', 'manager', 'auditor'], 404],
  'GET /console/v1/member-owners': [MARKETERS, 200],
  'PUT /console/v1/members/:memberId/owner': [MARKETERS, 422],
  'GET /console/v1/staff': [['owner', 'manager', 'auditor'], 200],
  'POST /console/v1/staff': [LEADERS, 422],
  'PATCH /console/v1/staff/:id': [LEADERS, 404],
  'POST /console/v1/staff/:id/second-factor/reset': [OWNER, 404],
  'GET /console/v1/audit': [['owner', 'auditor'], 200],
  'GET /console/v1/audit/exports': [['owner', 'auditor'], 200],
  'POST /console/v1/audit/exports': [['owner', 'auditor'], 200],
  'GET /console/v1/audit/exports/:id/file': [['owner', 'auditor'], 404],
  'GET /console/v1/me': [ALL, 200],
  'POST /console/v1/me/password': [ALL, 422],
  'POST /console/v1/me/sessions/:id/end': [ALL, 404],
  'POST /console/v1/me/second-factor': [ALL, 422],
  'POST /console/v1/me/second-factor/confirm': [ALL, 422],
  'POST /console/v1/me/second-factor/remove': [ALL, 422],
  'POST /console/v1/me/recovery-codes': [ALL, 422],
  'GET /console/v1/sources': [READERS, 200],
  'GET /console/v1/parked': [READERS, 200],
  'POST /console/v1/parked/:eventId/resolve': [MARKETERS, 404],
  'GET /console/v1/reviews': [MARKETERS, 200],
  'POST /console/v1/reviews/:id/decide': [MARKETERS, 422],
  'GET /console/v1/statistics': [COUNTERS, 422],
  'GET /console/v1/members': [MARKETERS, 200],
  'GET /console/v1/members/:memberId': [HELPERS, 404],
  'GET /console/v1/members/:memberId/timeline': [HELPERS, 404],
  'POST /console/v1/members/:memberId/phone': [LEADERS, 422],
  'GET /console/v1/members/exports': [MARKETERS, 200],
  'POST /console/v1/members/exports': [MARKETERS, 200],
  'GET /console/v1/members/exports/:id/file': [MARKETERS, 404],
  'GET /console/v1/campaigns': [COUNTERS, 200],
  'POST /console/v1/campaigns': [MARKETERS, 422],
  'POST /console/v1/campaigns/preview': [MARKETERS, 422],
  'GET /console/v1/campaigns/:id': [COUNTERS, 404],
  // Who was written to: not for those who see figures alone.
  'GET /console/v1/campaigns/:id/messages': [MARKETERS, 404],
  'POST /console/v1/campaigns/:id/cancel': [MARKETERS, 404],
  'GET /console/v1/imports': [INSPECTORS, 200],
  'POST /console/v1/imports': [CLERKS, 422],
  'GET /console/v1/imports/templates': [INSPECTORS, 200],
  'POST /console/v1/imports/templates': [CLERKS, 422],
  'GET /console/v1/imports/:id': [INSPECTORS, 404],
  'GET /console/v1/imports/:id/sample': [CLERKS, 404],
  'POST /console/v1/imports/:id/mapping': [CLERKS, 422],
  'POST /console/v1/imports/:id/start': [CLERKS, 404],
  'POST /console/v1/imports/:id/cancel': [CLERKS, 404],
  'GET /console/v1/imports/:id/rejected': [CLERKS, 404],
  'GET /console/v1/quality': [FIGURES, 200],
  'GET /console/v1/quality/trend': [FIGURES, 422],
  'GET /console/v1/quality/runs': [FIGURES, 200],
  'POST /console/v1/quality/runs': [CLERKS, 200],
  'GET /console/v1/quality/issues': [FIGURES, 422],
  'POST /console/v1/quality/issues/:id/settle': [CLERKS, 422],
  'GET /console/v1/quality/settings': [FIGURES, 200],
  'PUT /console/v1/quality/settings': [CLERKS, 422],
  'GET /console/v1/quality/samples': [FIGURES, 200],
  'POST /console/v1/quality/samples': [CLERKS, 422],
  'GET /console/v1/quality/samples/:id': [CLERKS, 404],
  'POST /console/v1/quality/samples/:id/items/:itemNo': [CLERKS, 422],
  'GET /console/v1/points/rules': [COUNTERS, 200],
  'POST /console/v1/points/rules': [OWNER, 422],
  'GET /console/v1/points/checks': [COUNTERS, 200],
  'POST /console/v1/points/checks': [OWNER, 422],
  'GET /console/v1/points/owed': [COUNTERS, 200],
  'POST /console/v1/points/owed': [OWNER, 200],
  'GET /console/v1/points/exchanges': [COUNTERS, 422],
  'GET /console/v1/points/trials': [OWNER, 200],
  'POST /console/v1/points/trials': [OWNER, 422],
  'GET /console/v1/points/trials/:id': [OWNER, 404],
  'GET /console/v1/levels': [COUNTERS, 200],
  'GET /console/v1/levels/names': [COUNTERS, 200],
  'POST /console/v1/levels': [OWNER, 422],
  'GET /console/v1/levels/trials': [OWNER, 200],
  'POST /console/v1/levels/trials': [OWNER, 422],
  'GET /console/v1/levels/trials/:id': [OWNER, 404],
  'POST /console/v1/levels/trials/:id/cancel': [OWNER, 404],
  'POST /console/v1/points/rules/:version/withdraw': [OWNER, 404],
  'GET /console/v1/points/activities': [COUNTERS, 200],
  'POST /console/v1/points/activities': [OWNER, 422],
  'POST /console/v1/points/activities/:version/withdraw': [OWNER, 404],
  'GET /console/v1/offline/settings': [READERS, 200],
  'PUT /console/v1/offline/settings': [OWNER, 422],
  'GET /console/v1/offline/findings': [READERS, 200],
  'GET /console/v1/offline/tills': [READERS, 200],
  'POST /console/v1/offline/release': [LEADERS, 422],
  'GET /console/v1/coupons/templates': [COUNTERS, 200],
  'POST /console/v1/coupons/templates': [CLERKS, 422],
  'GET /console/v1/coupons/templates/:id': [COUNTERS, 404],
  'POST /console/v1/coupons/templates/:id': [CLERKS, 422],
  'GET /console/v1/coupons/templates/:id/counter': [COUNTERS, 404],
  'GET /console/v1/coupons/rules': [COUNTERS, 200],
  'POST /console/v1/coupons/rules': [CLERKS, 422],
  'POST /console/v1/coupons/rules/:id': [CLERKS, 422],
  'GET /console/v1/coupons/posters': [COUNTERS, 200],
  'POST /console/v1/coupons/posters': [CLERKS, 422],
  'POST /console/v1/coupons/posters/:id/stop': [CLERKS, 404],
  'GET /console/v1/coupons/templates/:id/codes': [COUNTERS, 404],
  'POST /console/v1/coupons/templates/:id/codes': [CLERKS, 415],
  'POST /console/v1/coupons/given': [MARKETERS, 422],
  'GET /console/v1/coupons/by-code/:code': [COUNTERS, 404],
  'GET /console/v1/mall/items': [COUNTERS, 200],
  'POST /console/v1/mall/items': [CLERKS, 422],
  'GET /console/v1/mall/items/:id': [COUNTERS, 404],
  'POST /console/v1/mall/items/:id': [CLERKS, 422],
  'GET /console/v1/mall/exchanges': [MARKETERS, 200],
  'POST /console/v1/mall/exchanges/find': [HELPERS, 422],
  'POST /console/v1/mall/exchanges/:id/hand-over': [HELPERS, 422],
  'POST /console/v1/mall/exchanges/:id/cancel': [MARKETERS, 422],
  'GET /console/v1/pickups': [HELPERS, 200],
  'POST /console/v1/pickups/find': [HELPERS, 422],
  'GET /console/v1/pickups/:id': [HELPERS, 404],
  'POST /console/v1/pickups/:id/ready': [HELPERS, 404],
  'POST /console/v1/pickups/:id/hand-over': [HELPERS, 422],
  'GET /console/v1/packs/templates': [INSPECTORS, 200],
  'POST /console/v1/packs/templates': [CLERKS, 422],
  'GET /console/v1/packs/templates/:id': [INSPECTORS, 404],
  'POST /console/v1/packs/templates/:id': [CLERKS, 422],
  'GET /console/v1/packs/orders': [INSPECTORS, 200],
  'GET /console/v1/packs/orders/:id': [INSPECTORS, 404],
  'POST /console/v1/packs/orders/:id/refunds': [CLERKS, 422],
  'GET /console/v1/packs/findings': [INSPECTORS, 200],
  'POST /console/v1/packs/findings/:id/settle': [CLERKS, 422],
  'GET /console/v1/settings/messages': [READERS, 200],
  'PUT /console/v1/settings/messages': [OWNER, 422],
  'GET /console/v1/settings/points': [COUNTERS, 200],
  'PUT /console/v1/settings/points': [OWNER, 422],
  'GET /console/v1/settings/duplicates': [READERS, 200],
  'PUT /console/v1/settings/duplicates': [OWNER, 422],
  'GET /console/v1/identity/pairs': [INSPECTORS, 200],
  'GET /console/v1/identity/pairs/:id': [INSPECTORS, 404],
  'POST /console/v1/identity/pairs/:id/decide': [CLERKS, 422],
  'POST /console/v1/identity/pairs/:id/reopen': [CLERKS, 404],
  'GET /console/v1/identity/scans': [INSPECTORS, 200],
  'POST /console/v1/identity/scans': [CLERKS, 200],
  'GET /console/v1/merges': [INSPECTORS, 200],
  'GET /console/v1/merges/:id': [INSPECTORS, 404],
  'POST /console/v1/merges': [CLERKS, 422],
  'POST /console/v1/merges/preview': [INSPECTORS, 422],
  'POST /console/v1/merges/:id/undo': [CLERKS, 404],
  'POST /console/v1/merges/:id/undo/preview': [INSPECTORS, 404],
  'GET /console/v1/consents': [READERS, 200],
  'GET /console/v1/consents/counts': [READERS, 200],
  'GET /console/v1/deletions': [READERS, 200],
  'GET /console/v1/members/:memberId/deletion': [MARKETERS, 404],
  'POST /console/v1/members/:memberId/deletion': [LEADERS, 422],
  'DELETE /console/v1/members/:memberId/deletion': [LEADERS, 404],
  'GET /console/v1/settings/privacy': [READERS, 200],
  'PUT /console/v1/settings/privacy': [OWNER, 422],
  'GET /console/v1/retention': [READERS, 200],
  'PUT /console/v1/retention': [OWNER, 422],
  'GET /console/v1/retention/runs': [READERS, 200],
  'GET /console/v1/settings/resolution': [READERS, 200],
  'PUT /console/v1/settings/resolution': [OWNER, 422],
  'GET /console/v1/settings/security': [READERS, 200],
  'PUT /console/v1/settings/security': [OWNER, 422],
  'POST /console/v1/session/end': [ALL, 204],
  'POST /console/v1/me/sessions/end': [ALL, 204],
}
/** These end the session they are asked with: each caller signs in for them anew. */
const ENDING_ROUTES = ['POST /console/v1/session/end', 'POST /console/v1/me/sessions/end']
/** The sign-in is for those who have no token yet. */
const OPEN_ROUTES = ['POST /console/v1/session']

const CALLERS = [...STAFF_ROLES, 'stopped', 'nobody'] as const
type Caller = (typeof CALLERS)[number]

describeEachDatabase('every route of the console', (kit) => {
  let server: TestServer
  let tokens: Record<Caller, string | null>

  shareServer(kit, async (started) => {
    server = started
    const till = await enrolTill(server, { storeCode: 'A', storeName: '甲店' })
    const storeIds = [till.enrolled.storeId]
    const tokenOf = async (username: string, role: StaffRole): Promise<string> => {
      const staff = server.app.get(StaffService, { strict: false })
      await staff.create({ username, name: username, role, password: PASSWORD, storeIds })
      return signIn(username)
    }
    const made: Partial<Record<Caller, string | null>> = { nobody: null }
    for (const role of STAFF_ROLES) made[role] = await tokenOf(role, role)
    tokens = { ...made, stopped: await tokenOf('stopped', 'owner') } as typeof tokens
    await server.database.write((tx) =>
      tx.run("UPDATE staff SET state = 'stopped' WHERE username = 'stopped'"),
    )
    server.clock.advance(CACHED_MS + 1)
  })

  async function signIn(username: string): Promise<string> {
    const json = { username, password: PASSWORD }
    return (await server.fetch('/console/v1/session', { json })).body.accessToken
  }

  const statusFor = async (caller: Caller, route: string): Promise<number> => {
    const [method = '', path = ''] = route.replace(/:\w+/, freshId()).split(' ')
    const isStaff = caller !== 'stopped' && caller !== 'nobody'
    const isFresh = isStaff && ENDING_ROUTES.includes(route)
    const token = isFresh ? await signIn(caller) : tokens[caller]
    const reply = await server.fetch(path, {
      method,
      ...(token === null ? {} : { token }),
      ...(method === 'GET' ? {} : { json: {} }),
    })
    return reply.status
  }

  it('is in the table', () => {
    const there = routesOf(server).filter((route) => !OPEN_ROUTES.includes(route))
    expect(there.sort()).toEqual(Object.keys(ROUTES).sort())
  })

  it.each(Object.entries(ROUTES))('%s lets in whom it should', async (route, [allowed, status]) => {
    const got: Partial<Record<Caller, number>> = {}
    for (const caller of CALLERS) got[caller] = await statusFor(caller, route)
    const wanted = STAFF_ROLES.map((role) => [role, allowed.includes(role) ? status : 403])
    expect(got).toEqual({ ...Object.fromEntries(wanted), stopped: 401, nobody: 401 })
  })
})

/** The routes of the console as their controllers declare them. */
function routesOf(server: TestServer): string[] {
  const routes: string[] = []
  for (const module of server.app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values()) {
      if (!metatype) continue
      const prefix = Reflect.getMetadata('path', metatype) as string
      const methods = metatype.prototype as Record<string, unknown>
      for (const name of Object.getOwnPropertyNames(methods)) {
        const handler = methods[name]
        if (typeof handler !== 'function') continue
        const path = Reflect.getMetadata('path', handler) as string | undefined
        const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined
        if (path === undefined || method === undefined) continue
        const whole = `/${prefix}/${path}`.replaceAll('//', '/').replace(/(?<=.)\/$/, '')
        if (whole.startsWith('/console/v1')) routes.push(`${RequestMethod[method] ?? ''} ${whole}`)
      }
    }
  return routes
}
