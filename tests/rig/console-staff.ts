// A person at the console, who acts for some stores, and is signed in whenever they ask something.
import type { StaffRole } from '@huike/shared/permissions'
import { StaffService } from '../../server/staff/staff.service.js'
import type { Reply, TestServer } from './server.js'

const PASSWORD = 'correct horse'
/** A token that has less than this to live is renewed first: weeks pass on the clock of a story. */
const TOKEN_SPARE_MS = 60_000
let people = 0

export interface ConsolePerson {
  id: string
  name: string
  token(): Promise<string>
  fetch(path: string, init?: RequestInit & { json?: unknown }): Promise<Reply>
  get(path: string): Promise<Reply>
  post(path: string, json?: unknown): Promise<Reply>
}

/** Creates somebody of `role`; a manager or a cashier acts for `storeIds`. */
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
  let session: { accessToken: string; expiresAtMs: number } | null = null
  const token = async (): Promise<string> => {
    if (session && session.expiresAtMs > server.clock.nowMs() + TOKEN_SPARE_MS)
      return session.accessToken
    const reply = await server.fetch('/console/v1/session', {
      json: { username, password: PASSWORD },
    })
    if (reply.status !== 200) throw new Error(`sign-in: ${JSON.stringify(reply.body)}`)
    session = reply.body as { accessToken: string; expiresAtMs: number }
    return session.accessToken
  }
  const ask: ConsolePerson['fetch'] = async (path, init = {}) =>
    server.fetch(`/console/v1/${path}`, { ...init, token: await token() })
  return {
    ...{ id, name, token, fetch: ask },
    get: (path) => ask(path),
    post: (path, json = {}) => ask(path, { json }),
  }
}
