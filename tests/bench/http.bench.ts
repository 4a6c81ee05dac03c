// Checkouts through HTTP, as a till sends them: token, limits, contract, rules, durable commit, then
// the answer. Measured against a prototype that does the least there is to do for a durable
// checkout, and in CPU against node:http that parses the body and answers. Each server is a process
// of its own, the clients are another; all are measured turn by turn in one run. The server's relay
// is at work as in production: its consumers write too.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthService } from '../../server/platform/auth.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { freePort, startProgram, type Program } from '../rig/processes.js'
import { repositoryPath } from '../rig/repository.js'
import {
  createDatabase,
  databaseKinds,
  openBenchServer,
  type BenchDatabase,
  type DatabaseKind,
} from './bench-server.js'
import type { LoadOrder, LoadResult } from './http-load.js'
import {
  medianRatio,
  medianRound,
  printFigure,
  roundFields,
  takeTurns,
  type Round,
} from './measure.js'

const CLIENTS = 64
const ROUND_MS = 1_200
const ROUNDS = 4
const QUIET_MS = 150
const QUIET_CPU_MS_MAX = 20
const QUIET_TRIES_MAX = 100
const SERVER_MAIN = repositoryPath('server', 'dist', 'main.js')

/** Runs the comparison on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds()) {
    const at = await createDatabase(kind)
    const other = await createDatabase(kind)
    try {
      await compare(at, other)
    } finally {
      await at.drop()
      await other.drop()
    }
  }
}

async function compare(at: BenchDatabase, other: BenchDatabase): Promise<void> {
  const programs: Program[] = []
  const loader = fork(join(import.meta.dirname, 'http-load.js'), { execArgv: [] })
  try {
    const huike = await startHuike(at, programs)
    const prototype = await startBeside(
      'http-prototype.js',
      [at.kind, other.file || other.url],
      programs,
    )
    const bare = await startBeside('http-bare.js', [], programs)
    const agent = { path: '/agent/v1/events', body: 'agent', token: huike.token } as const
    const flat = { path: '/checkouts', body: 'prototype', token: '-' } as const
    const turns = await takeTurns(ROUNDS, {
      huike: () => measure(loader, huike, agent),
      prototype: () => measure(loader, prototype, flat),
      bare: () => measure(loader, bare, agent),
    })
    report(at.kind, turns)
  } finally {
    loader.kill()
    for (const program of programs) await program.stop()
  }
}

function report(kind: DatabaseKind, turns: Record<'huike' | 'prototype' | 'bare', Round[]>): void {
  const huike = medianRound(turns.huike)
  printFigure({
    bench: 'http.checkout',
    database: kind,
    figure: huike.perSecond,
    unit: 'requests/s',
    clients: CLIENTS,
    ratio: medianRatio(turns.huike, turns.prototype),
    ...roundFields('server', huike),
    ...roundFields('prototype', medianRound(turns.prototype)),
  })
  const cpuOf = (round: Round) => round.cpuMs
  printFigure({
    bench: 'http.checkout-cpu',
    database: kind,
    figure: huike.cpuMs,
    unit: 'ms of node CPU per request',
    ratio: medianRatio(turns.huike, turns.bare, cpuOf),
    ratioToPrototype: medianRatio(turns.huike, turns.prototype, cpuOf),
    ...roundFields('bare', medianRound(turns.bare)),
  })
}

interface Target {
  port: number
  pid: number
}

/** Seeds the database, then starts the compiled server over it as `npm start` does. */
async function startHuike(
  at: BenchDatabase,
  programs: Program[],
): Promise<Target & { token: string }> {
  const keyringFile = join(at.directory, 'keyring.json')
  const keyringJson = newKeyringJson()
  writeFileSync(keyringFile, keyringJson, { mode: 0o600 })
  const seeded = await openBenchServer(at, keyringJson)
  const { accessToken } = seeded.app.get(AuthService).issue('agent', {
    sub: seeded.from.terminal.id,
  })
  await seeded.close()
  const port = await freePort()
  const program = startProgram({
    // As `npm start` does: most of what a request makes is dead before it leaves.
    args: ['--max-semi-space-size=64', SERVER_MAIN],
    env: {
      HUIKE_DATABASE_URL: at.url,
      HUIKE_DATA_DIR: at.directory,
      HUIKE_KEYRING: keyringFile,
      HUIKE_PORT: String(port),
      HUIKE_LOG_LEVEL: 'warn',
      HUIKE_RATE_LIMIT_SCALE: '1000000',
      HUIKE_SANDBOX: '1',
      REDIS_URL: undefined,
    },
  })
  programs.push(program)
  await program.waitForHttp(`http://127.0.0.1:${String(port)}/readyz`)
  return { port, pid: program.pid, token: accessToken }
}

async function startBeside(file: string, args: string[], programs: Program[]): Promise<Target> {
  const port = await freePort()
  const program = startProgram({
    args: [join(import.meta.dirname, file), ...args, String(port)],
  })
  programs.push(program)
  for (let tries = 0; tries < QUIET_TRIES_MAX; tries += 1) {
    // Any answer will do: neither server knows a page.
    const isUp = await fetch(`http://127.0.0.1:${String(port)}/`, {
      method: 'POST',
      body: '{}',
    }).then(
      () => true,
      () => false,
    )
    if (isUp) return { port, pid: program.pid }
    await sleep(QUIET_MS)
  }
  throw new Error(`${file} did not start:\n${program.output()}`)
}

async function measure(
  loader: ChildProcess,
  target: Target,
  request: Pick<LoadOrder, 'path' | 'body' | 'token'>,
): Promise<Round> {
  const cpuBeforeMs = cpuMsOf(target.pid)
  const order: LoadOrder = { ...request, port: target.port, clients: CLIENTS, forMs: ROUND_MS }
  const result = await new Promise<LoadResult>((resolve, reject) => {
    loader.once('message', resolve)
    loader.once('exit', () => {
      reject(new Error('the clients gave up'))
    })
    loader.send(order)
  })
  loader.removeAllListeners('exit')
  // What the server still does for these requests (relaying) is theirs, and not the next round's.
  await untilQuiet(target.pid)
  const { done, perSecond, p50Ms, p99Ms } = result
  return { perSecond, p50Ms, p99Ms, cpuMs: (cpuMsOf(target.pid) - cpuBeforeMs) / done }
}

async function untilQuiet(pid: number): Promise<void> {
  for (let tries = 0; tries < QUIET_TRIES_MAX; tries += 1) {
    const beforeMs = cpuMsOf(pid)
    await sleep(QUIET_MS)
    if (cpuMsOf(pid) - beforeMs <= QUIET_CPU_MS_MAX) return
  }
  throw new Error('the server does not come to rest')
}

const TICKS_PER_SECOND = 100

/** User and system time of a process; Linux tells it in hundredths of a second. */
function cpuMsOf(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
}
