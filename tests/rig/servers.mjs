// Throwaway database servers for tests and benchmarks. They live in a temporary folder of their
// own, on loopback ports nobody else uses, and are gone when the process that asked for them is
// gone, however it ended. A server that was running before is never touched.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const KEEPER = fileURLToPath(new URL('./server-keeper.mjs', import.meta.url))
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']
const START_MS_MAX = 60_000
const STOP_MS_MAX = 20_000

/** The first of these programs that is installed, as a path, or null. */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...EXTRA_FOLDERS]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return null
}

/** Where Chromium is: `CHROMIUM_PATH` when it is set, else from PATH; null when there is none. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) return isExecutable(chosen) ? chosen : null
  return findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
}

/**
 * Starts what is wanted and installed, and not already given by `TEST_MYSQL_URL` /
 * `TEST_REDIS_URL`. Resolves to `{ mysqlUrl, redisUrl, stop }`; a url is null when there is no
 * such server. `stop()` resolves when the servers are gone and their folder is removed.
 */
export async function startServers({ mysql = true, redis = true } = {}) {
  const mysqlUrl = process.env.TEST_MYSQL_URL ?? null
  const redisUrl = process.env.TEST_REDIS_URL ?? null
  const order = {
    mariadbd: mysql && !mysqlUrl ? findProgram('mariadbd', 'mysqld') : null,
    installer: findProgram('mariadb-install-db', 'mysql_install_db'),
    redisServer: redis && !redisUrl ? findProgram('redis-server') : null,
  }
  if (!order.mariadbd && !order.redisServer) return { mysqlUrl, redisUrl, stop: async () => {} }
  const keeper = await startKeeper(order)
  return {
    mysqlUrl: mysqlUrl ?? keeper.urls.mysqlUrl,
    redisUrl: redisUrl ?? keeper.urls.redisUrl,
    stop: keeper.stop,
  }
}

// The keeper is a process of its own that owns the servers and stops them when its standard input
// ends. A pipe ends even when this process is killed with -9, which an exit handler would miss.
async function startKeeper(order) {
  const child = spawn(process.execPath, [KEEPER, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const urls = await Promise.race([
    firstLine(child.stdout).then((line) => JSON.parse(line)),
    gone.then((code) => failed(`the test servers did not start (exit code ${code})`)),
    afterMs(START_MS_MAX).then(() => failed(`the test servers took over ${START_MS_MAX} ms`)),
  ]).catch((error) => {
    child.stdin.destroy()
    throw error
  })
  child.unref()
  child.stdin.unref()
  child.stdout.unref()
  const stop = async () => {
    child.ref()
    child.stdin.end()
    await Promise.race([gone, afterMs(STOP_MS_MAX)])
  }
  return { urls, stop }
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return line
  return failed('the test servers said nothing')
}

function failed(message) {
  throw new Error(message)
}

function afterMs(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
