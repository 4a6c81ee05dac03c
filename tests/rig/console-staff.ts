// A person at the console, signed in, who acts for some stores.
import type { StaffRole } from '@huike/shared/permissions'
import { StaffService } from '../../server/staff/staff.service.js'
import type { Reply, TestServer } from './server.js'

const PASSWORD = 'correct horse'
let people = 0

export interface ConsolePerson {
  id: string
  name: string
  token: string
  get(path: string): Promise<Reply>
  post(path: string, json?: unknown): Promise<Reply>
}

/** Creates somebody of `role` and signs them in. */
export async function signInAs(
  server: TestServer,
  role: StaffRole,
  storeIds: readonly string[] = [],
): Promise<ConsolePerson> {
  people += 1
  const username = `person${String(people)}`
  const name = `${role}${String(people)}`
  const staff = server.app.get(StaffService, { strict: false })
  const id = await staff.create({ username, name, role, password: PASSWORD, storeIds })
  const session = await server.fetch('/console/v1/session', {
    json: { username, password: PASSWORD },
  })
  if (session.status !== 200) throw new Error(`sign-in: ${JSON.stringify(session.body)}`)
  const token: string = session.body.accessToken
  return {
    id,
    name,
    token,
    get: (path) => server.fetch(`/console/v1/${path}`, { token }),
    post: (path, json = {}) => server.fetch(`/console/v1/${path}`, { token, json }),
  }
}
