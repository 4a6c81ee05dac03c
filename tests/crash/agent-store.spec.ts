import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { CRASH_POINTS } from '../../pos-agent/platform/crash-points.js'
import { Alarms } from '../../pos-agent/tap/alarms.js'
import { SpoolWriter } from '../../pos-agent/tap/spool-writer.js'
import { FakeServer } from './agent-fake-server.js'
import { filesContaining, temporaryFolder, testId, until } from './agent-fixtures.js'

// The real agent, killed where it hurts, against a server that loses one reply in five. Afterwards
// every receipt that was captured has had its effect exactly once, and the agent works on.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'pos-agent/dist/service/main.js')
const RECEIPTS_PER_ROUND = 12
const RUN_MS_MAX = 15_000
const LOST_REPLIES = 0.2
const PHONE = '13712345678'

let folder: ReturnType<typeof temporaryFolder>
let server: FakeServer
let children: ChildProcess[]

beforeAll(() => {
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'pos-agent'],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  )
}, 120_000)

beforeEach(async () => {
  folder = temporaryFolder()
  server = new FakeServer()
  server.random = seeded(20_260_305)
  await server.start()
  children = []
  writeFileSync(join(folder.path, 'agent.json'), JSON.stringify(configOf(server.url)))
  const enrolled = start(['enrol', 'GOOD-CODE'])
  expect(await exitOf(enrolled)).toEqual({ code: 0, signal: null })
  server.lostReplies = LOST_REPLIES
})
afterEach(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  await server.stop()
  folder.remove()
})

describe('an agent killed with kill -9', () => {
  it.each(CRASH_POINTS)('at %s loses nothing and awards nothing twice', async (label) => {
    await print('A')
    const first = start([], `${label}:1`)
    expect(await exitOf(first)).toEqual({ code: null, signal: 'SIGKILL' })
    await print('B')
    // Deeper in, from a state that a crash has left, while the till goes on printing.
    const second = start([], `${label}:2`)
    const secondEnd = exitOf(second)
    // On a busy machine it may be dead before it has read anything.
    const isDead = (): boolean => second.signalCode !== null
    const hasRead = (): boolean => (output.get(second) ?? '').includes('capture read')
    await until(() => hasRead() || isDead(), RUN_MS_MAX)
    await print('C')
    expect(await secondEnd).toEqual({ code: null, signal: 'SIGKILL' })
    const last = start([])
    await until(() => receiptNumbers().length >= 3 * RECEIPTS_PER_ROUND, RUN_MS_MAX)
    await until(async () => (await depth(last)) === 0, RUN_MS_MAX)
    last.kill('SIGTERM')
    expect(await exitOf(last)).toEqual({ code: 0, signal: null })
    const expected = ['A', 'B', 'C'].flatMap((round) => numbersOf(round))
    expect(receiptNumbers().sort()).toEqual(expected.sort())
    expect([...server.effectCounts.values()].every((count) => count === 1)).toBe(true)
    expect(filesContaining(join(folder.path, 'data'), PHONE)).toEqual([])
  })
})

/** Prints a round of receipts: the frames a tap would have written. */
async function print(round: string): Promise<void> {
  const spool = new SpoolWriter({
    directory: join(folder.path, 'spool'),
    keyFile: join(folder.path, 'tap.key'),
    alarms: new Alarms(),
  })
  for (const no of numbersOf(round)) {
    const head = { connectionId: testId(), tapId: 'till' }
    const at = (sequence: number) => ({ ...head, sequence, wallMs: Date.now() })
    spool.push({ ...at(0), kind: 'open', bytes: Buffer.alloc(0) })
    spool.push({ ...at(1), kind: 'data', bytes: receiptBytes(no) })
    spool.push({ ...at(2), kind: 'close', bytes: Buffer.alloc(0) })
  }
  await spool.close(5_000)
}

function numbersOf(round: string): string[] {
  return Array.from({ length: RECEIPTS_PER_ROUND }, (_, i) => `${round}${String(10_000 + i)}`)
}

function receiptBytes(no: string): Buffer {
  const text = [
    '惠民生活超市',
    `单号:${no}`,
    '时间:2026-03-05 18:21:07',
    '--------------------------------',
    '矿泉水          2   2.00    4.00',
    '方便面          1   4.50    4.50',
    '--------------------------------',
    '合计:8.50',
    '实付:8.50',
    '现金:8.50',
    `送货电话 ${PHONE}`,
    '',
  ].join('\n')
  return Buffer.concat([
    Buffer.from([0x1b, 0x40, 0x1c, 0x26]),
    encodeGb18030(text),
    Buffer.from([0x1d, 0x56, 0x42, 0x00]),
  ])
}

function receiptNumbers(): string[] {
  return [...server.effects.values()].map(
    (event) => (event['receipt'] as { receiptNo: string }).receiptNo,
  )
}

function configOf(serverUrl: string): object {
  return {
    dataDirectory: 'data',
    serverUrl,
    cashier: { port: 0 },
    logLevel: 'info',
    tap: {
      tapId: 'till',
      spoolDirectory: 'spool',
      keyFile: 'tap.key',
      statusFile: 'tap.status',
      printerHost: '127.0.0.1',
      printerPort: 9,
    },
  }
}

function start(words: string[], crashAt?: string): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HUIKE_AGENT_CONFIG: join(folder.path, 'agent.json'),
      ...(crashAt === undefined ? {} : { HUIKE_CRASH_AT: crashAt }),
    },
  })
  children.push(child)
  child.stdout?.on('data', (chunk: Buffer) => {
    output.set(child, (output.get(child) ?? '') + chunk.toString('utf8'))
  })
  return child
}

const output = new WeakMap<ChildProcess, string>()

/** How many events still wait, by the agent's own metrics. */
async function depth(child: ChildProcess): Promise<number> {
  const port = /"port":(\d+)/.exec(output.get(child) ?? '')?.[1]
  if (port === undefined) return -1
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  const found = /^huike_agent_outbox_depth (\d+)/m.exec(await response.text())?.[1]
  return Number(found ?? -1)
}

function exitOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`still running:\n${output.get(child) ?? ''}`))
    }, RUN_MS_MAX)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal })
    })
  })
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
