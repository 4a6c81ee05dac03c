// The compiled server as a process of its own: one life after the other over the same database, on
// the same port, as a machine has them.
import { join } from 'node:path'
import { ensureKeyring } from '../../server/platform/keyring.js'
import { schema } from '../../server/migrations/schema.js'
import { SystemClock } from '../../server/platform/clock.js'
import type { Database } from '../../server/platform/database.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { StoresService } from '../../server/stores/stores.service.js'
import { TerminalSourcesService } from '../../server/stores/terminal-sources.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import type { OpenedDatabase } from './databases.js'
import { startProgram, type Program } from './processes.js'
import { repositoryPath } from './repository.js'

const SERVER = repositoryPath('server', 'dist', 'main.js')

export class ServerProcess {
  program: Program | null = null

  constructor(
    private readonly opened: OpenedDatabase,
    private readonly port: number,
    /** Added to its settings. */
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`
  }

  /** Starts it and waits until it serves; with `crashAt` it may kill itself before that. */
  async start(crashAt?: string): Promise<void> {
    const keyring = join(this.opened.directory, 'keyring.json')
    ensureKeyring(keyring)
    const program = startProgram({
      args: [SERVER],
      env: {
        HUIKE_DATABASE_URL: this.opened.url,
        HUIKE_DATA_DIR: this.opened.directory,
        HUIKE_KEYRING: keyring,
        HUIKE_SANDBOX: '1',
        HUIKE_PORT: String(this.port),
        HUIKE_RATE_LIMIT_SCALE: '100000',
        HUIKE_LOG_LEVEL: 'info',
        HUIKE_CRASH_AT: crashAt,
        NODE_ENV: undefined,
        REDIS_URL: undefined,
        ...this.environment,
      },
    })
    this.program = program
    const serves = program.waitForLine(/Huike is up/)
    if (crashAt === undefined) await serves
    else await Promise.race([serves.catch(() => null), program.exited])
  }

  async kill(): Promise<void> {
    await this.program?.kill9()
  }

  async stop(): Promise<void> {
    await this.program?.stop()
  }
}

/** Migrates a database that no server has yet, works in it, and closes it. */
export async function prepareDatabase<T>(
  opened: OpenedDatabase,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(opened.url, schema)
  try {
    await database.migrate()
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Creates the store 人民路店 and a one-time code for its first till. */
export async function firstTill(database: Database): Promise<string> {
  const terminals = new TerminalsService(
    database,
    new SystemClock(),
    new TerminalSourcesService(),
    new StoresService(),
  )
  const store = await terminals.createStore({
    code: 'S01',
    name: '人民路店',
    timeZone: 'Asia/Shanghai',
  })
  return terminals.issueEnrolmentCode(store, '01')
}
