// Runs once before Jest: starts the throwaway servers a chosen suite may want, and hands their
// URLs to the workers. `HUIKE_TEST_SERVERS=none` starts none. `TEST_REQUIRE=mysql,redis,browser,data`
// turns what is missing from a skip into an error.
import { existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium, startServers } from './servers.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DATA = join(ROOT, '..', 'shared', 'data')
const NOT_SOURCES = new Set(['node_modules', 'dist', '.build', '.data', '.git'])
const MEMORY_FOLDER = '/dev/shm'
const MEMORY_BYTES_MIN = 4 * 2 ** 30
const WHAT_IS_MISSING = {
  mysql: 'mysql: mariadbd (or mysqld) is not installed and TEST_MYSQL_URL is not set',
  redis: 'redis: redis-server is not installed and TEST_REDIS_URL is not set',
  browser: 'browser: Chromium is not installed and CHROMIUM_PATH does not name one',
  data: 'data: the folder ../shared/data is not there',
}

export default async function globalSetup(globalConfig) {
  const required = requirements()
  keepFilesInMemory()
  const wanted = process.env.HUIKE_TEST_SERVERS !== 'none' && anySuiteUsesTheRig(globalConfig)
  const servers = await startServers({ mysql: wanted, redis: wanted })
  globalThis.huikeTestServers = servers
  const chromium = findChromium()
  share('TEST_MYSQL_URL', servers.mysqlUrl)
  share('TEST_REDIS_URL', servers.redisUrl)
  share('CHROMIUM_PATH', chromium)
  const present = {
    mysql: servers.mysqlUrl !== null || !wanted,
    redis: servers.redisUrl !== null || !wanted,
    browser: chromium !== null,
    data: existsSync(DATA),
  }
  const missing = Object.keys(present).filter((name) => !present[name])
  const refused = missing.filter((name) => required.has(name))
  if (refused.length > 0) {
    await servers.stop()
    throw new Error(`TEST_REQUIRE asks for what is not here.\n${sentences(refused)}`)
  }
  if (missing.length > 0) process.stderr.write(`Skipped suites:\n${sentences(missing)}\n`)
  if (process.env.HUIKE_TEST_SERVERS === 'none') {
    process.stderr.write('Skipped suites: MariaDB and Redis (HUIKE_TEST_SERVERS=none)\n')
  }
}

// Programs are killed here, power is not cut: what was written is kept in memory as well as on a disk,
// and every commit waits for its sync. `TMPDIR` puts the files where it says.
function keepFilesInMemory() {
  if (process.env.TMPDIR !== undefined || !existsSync(MEMORY_FOLDER)) return
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER)
  if (bavail * bsize >= MEMORY_BYTES_MIN) process.env.TMPDIR = MEMORY_FOLDER
}

function requirements() {
  const names = (process.env.TEST_REQUIRE ?? '').split(',').map((name) => name.trim())
  const required = new Set(names.filter(Boolean))
  const unknown = [...required].filter((name) => !(name in WHAT_IS_MISSING))
  if (unknown.length > 0) {
    const known = Object.keys(WHAT_IS_MISSING).join(', ')
    throw new Error(`TEST_REQUIRE does not know "${unknown.join(', ')}"; it knows ${known}`)
  }
  if (
    process.env.HUIKE_TEST_SERVERS === 'none' &&
    (required.has('mysql') || required.has('redis'))
  ) {
    throw new Error('TEST_REQUIRE asks for servers and HUIKE_TEST_SERVERS=none forbids them')
  }
  return required
}

// Starting MariaDB costs seconds: when the run is narrowed to files that cannot want it, nothing is
// started.
function anySuiteUsesTheRig(globalConfig) {
  const patterns = patternsOf(globalConfig)
  if (patterns.length === 0) return true
  return specFiles(ROOT).some(
    (path) => patterns.some((pattern) => pattern.test(path)) && mayUseTheRig(path),
  )
}

// Suites below tests/ may reach the rig through a helper; those beside the code name it themselves.
function mayUseTheRig(path) {
  const place = relative(ROOT, path)
  if (place.startsWith(join('tests', 'house'))) return false
  return place.startsWith('tests') || readFileSync(path, 'utf8').includes('/rig/')
}

function patternsOf(globalConfig) {
  const given = [
    ...(globalConfig.nonFlagArgs ?? []),
    ...(globalConfig.testPathPatterns?.patterns ?? []),
  ]
  return given.map((text) => new RegExp(text.replace(/^\.\//, ''), 'i'))
}

function specFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SOURCES.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return specFiles(path)
    return entry.name.endsWith('.spec.ts') ? [path] : []
  })
}

function share(name, value) {
  if (value !== null) process.env[name] = value
}

function sentences(names) {
  return names.map((name) => `  ${WHAT_IS_MISSING[name]}`).join('\n')
}
