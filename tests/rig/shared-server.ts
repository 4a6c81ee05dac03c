// One server for all stories of a suite, over a database of its own.
import { afterAll, beforeAll } from '@jest/globals'
import type { DatabaseKit, OpenedDatabase } from './databases.js'
import { startTestServer, type TestServer } from './server.js'

/**
 * Sets the hooks of a suite: the server starts before its first story and stops after its last.
 * `prepare` gets it as soon as it runs, with its database; `environment` overrides settings.
 */
export function shareServer(
  kit: DatabaseKit,
  prepare: (server: TestServer, opened: OpenedDatabase) => void | Promise<void>,
  environment: Record<string, string> = {},
): void {
  let opened: OpenedDatabase
  let server: TestServer
  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened, environment)
    await prepare(server, opened)
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })
}
