// Owns the throwaway servers: starts them, prints one JSON line with their URLs, and when its
// standard input ends (the asker stopped it, or died) stops them and removes their folder.
// Started by servers.mjs only.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const READY_MS_MAX = 30_000
const POLL_MS = 50
const STOP_MS_MAX = 10_000
const START_TRIES_MAX = 3
const MARIADB_SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--character-set-server=utf8mb4',
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-buffer-pool-size=128M',
  '--innodb-use-native-aio=0',
  '--performance-schema=off',
  '--max-connections=200',
]

const execute = promisify(execFile)
const order = JSON.parse(process.argv[2])
const folder = mkdtempSync(join(tmpdir(), 'huike-rig-'))
// A MariaDB that starts clears the temporary folder of what others left there, and of what others are
// using at that moment: each has one of its own.
const environment = { ...process.env, TMPDIR: join(folder, 'tmp') }
mkdirSync(environment.TMPDIR)
const children = []
let stopping = false

process.stdin.on('end', stopAll).on('error', stopAll).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopAll)
process.on('exit', removeFolder)

try {
  const [mysqlUrl, redisUrl] = await Promise.all([
    order.mariadbd ? startMariadb() : null,
    order.redisServer ? startRedis() : null,
  ])
  process.stdout.write(`${JSON.stringify({ mysqlUrl, redisUrl })}\n`)
} catch (error) {
  if (!stopping) process.stderr.write(`${error.message}\n`)
  await stopAll()
}

async function startMariadb() {
  const home = join(folder, 'mariadb')
  const data = join(home, 'data')
  mkdirSync(data, { recursive: true })
  const user = `--user=${userInfo().username}`
  await prepareData(data, user)
  const password = randomBytes(12).toString('hex')
  const initFile = join(home, 'init.sql')
  writeFileSync(
    initFile,
    `CREATE USER IF NOT EXISTS 'huike'@'%' IDENTIFIED BY '${password}';\n` +
      `GRANT ALL ON *.* TO 'huike'@'%' WITH GRANT OPTION;\n`,
    { mode: 0o600 },
  )
  const port = await startOnFreePort('mariadb', (candidate) => [
    order.mariadbd,
    '--no-defaults',
    user,
    `--datadir=${data}`,
    `--socket=${join(home, 'mysqld.sock')}`,
    `--pid-file=${join(home, 'mysqld.pid')}`,
    `--init-file=${initFile}`,
    `--port=${candidate}`,
    ...MARIADB_SETTINGS,
  ])
  return `mysql://huike:${password}@127.0.0.1:${port}`
}

// MariaDB comes with an installer script; Oracle's MySQL prepares its folder itself.
async function prepareData(data, user) {
  const command = order.installer
    ? [order.installer, '--no-defaults', user, `--datadir=${data}`, '--skip-test-db']
    : [order.mariadbd, '--no-defaults', user, `--datadir=${data}`, '--initialize-insecure']
  if (order.installer) command.push('--auth-root-authentication-method=normal')
  await execute(command[0], command.slice(1), { cwd: folder, env: environment })
}

async function startRedis() {
  const home = join(folder, 'redis')
  mkdirSync(home)
  const port = await startOnFreePort('redis', (candidate) => [
    order.redisServer,
    ...['--port', String(candidate), '--bind', '127.0.0.1', '--dir', home],
    ...['--unixsocket', join(home, 'redis.sock'), '--save', '', '--appendonly', 'no'],
  ])
  return `redis://127.0.0.1:${port}`
}

// A port that was free a moment ago may be taken by now, so a failed start is tried again.
async function startOnFreePort(name, commandFor) {
  const log = join(folder, `${name}.log`)
  for (let attempt = 1; !stopping; attempt += 1) {
    const port = await freePort()
    const child = run(commandFor(port), log)
    if (await answers(port, child)) return port
    if (stopping) break
    child.kill('SIGKILL')
    if (attempt === START_TRIES_MAX) {
      throw new Error(`${name} did not start for the tests. Its log says:\n${lastLines(log)}`)
    }
  }
  throw new Error(`stopped before ${name} was up`)
}

function run([program, ...args], log) {
  writeFileSync(log, '')
  const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" >>"$HUIKE_LOG" 2>&1', program, ...args], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...environment, HUIKE_LOG: log },
  })
  children.push(child)
  return child
}

async function answers(port, child) {
  const deadlineMs = Date.now() + READY_MS_MAX
  while (Date.now() < deadlineMs && child.exitCode === null && !stopping) {
    if (await accepts(port)) return child.exitCode === null
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return false
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function lastLines(log) {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n')
}

async function stopAll() {
  if (stopping) return
  stopping = true
  // Nothing in these folders is kept, so there is nothing for the servers to write back first.
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null)
  const gone = running.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of running) child.kill('SIGKILL')
  const late = new Promise((resolve) => setTimeout(resolve, STOP_MS_MAX).unref())
  await Promise.race([Promise.all(gone), late])
  process.exit()
}

function removeFolder() {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
