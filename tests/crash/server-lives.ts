// The real server, one process after the other over the same database: started with a label at which
// it dies, killed with SIGKILL, or stopped.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { ensureKeyring } from '../../server/platform/keyring.js'
import type { OpenedDatabase } from '../rig/databases.js'
import { startProgram, type Program } from '../rig/processes.js'
import { repositoryPath } from '../rig/repository.js'

const MAIN = repositoryPath('server', 'dist', 'main.js')
/** How long a death, or an answer that is owed, is waited for. */
export const SETTLE_MS_MAX = 30_000

/** Compiles the server that is started. */
export function compileServer(): void {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}

/** The keyring of a data directory; made where there is none. */
export function keyringIn(directory: string): string {
  const path = join(directory, 'keyring.json')
  ensureKeyring(path)
  return path
}

/** One server after the other over the same database, on the same port. */
export class ServerLives {
  #program: Program | null = null

  constructor(
    private readonly opened: OpenedDatabase,
    private readonly port: number,
  ) {}

  async start(life: { crashAt?: string }): Promise<void> {
    const keyring = keyringIn(this.opened.directory)
    this.#program = startProgram({
      args: [MAIN],
      env: {
        HUIKE_DATABASE_URL: this.opened.url,
        HUIKE_DATA_DIR: this.opened.directory,
        HUIKE_KEYRING: keyring,
        HUIKE_SANDBOX: '1',
        HUIKE_PORT: String(this.port),
        HUIKE_RATE_LIMIT_SCALE: '100000',
        HUIKE_CRASH_AT: life.crashAt,
        NODE_ENV: undefined,
        REDIS_URL: undefined,
      },
    })
    // A label of the relay may kill before the first request: then there is nothing to wait for.
    await Promise.race([
      this.#program.waitForLine(/Huike is up/),
      this.#program.exited.then(({ signal }) => {
        if (signal !== 'SIGKILL') throw new Error(this.#program?.output())
      }),
    ]).catch((error: unknown) => {
      if (life.crashAt === undefined || !String(error).includes('SIGKILL')) throw error
    })
  }

  /** Until the armed label killed the server; `feed` gives it something to pass it with. */
  async diesByItself(feed: () => void): Promise<void> {
    const feeding = setInterval(feed, 50)
    const giveUp = setTimeout(() => void this.#program?.stop(), SETTLE_MS_MAX)
    try {
      expect(await this.#program?.exited).toEqual({ code: null, signal: 'SIGKILL' })
    } finally {
      clearInterval(feeding)
      clearTimeout(giveUp)
    }
  }

  async kill(): Promise<void> {
    expect(await this.#program?.kill9()).toEqual({ code: null, signal: 'SIGKILL' })
  }

  async stop(): Promise<void> {
    expect(await this.#program?.stop()).toEqual({ code: 0, signal: null })
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
