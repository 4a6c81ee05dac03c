import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TapJobAssembler, type PrintJob } from '../../pos-agent/tap/jobs.js'
import { SpoolReader } from '../../pos-agent/tap/spool-reader.js'

// The compiled tap as the process it is: what a shop sees when it is killed, when the disk is full
// or slow, and when nobody listens to it.

const ROOT = join(import.meta.dirname, '..', '..')
const TAP_MAIN = join(ROOT, 'pos-agent', 'dist', 'tap', 'main.js')
const SHOP_MAIN = join(ROOT, 'pos-agent', 'dist', 'simulator', 'main.js')
const ROUND_TRIPS = 300
const RESTART_MS_MAX = 2000
const KIB = 1024
const run = promisify(execFile)

interface Status {
  pid: number
  state: string
  listenPort: number
  updatedAtMs: number
  isCapturing: boolean
  alarms: { code: string }[]
}

let folder: string
let taps: ChildProcess[]
let printer: Server
let printerPort: number
let printed: Buffer[]
let mounted: string | null

beforeAll(async () => {
  // Other parts of the agent may be half written; what compiles is emitted all the same.
  await run('npx', ['tsc', '-b', 'pos-agent'], { cwd: ROOT }).catch(() => undefined)
  if (!existsSync(TAP_MAIN)) throw new Error(`not built: ${TAP_MAIN}`)
}, 180_000)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tap-crash-'))
  taps = []
  printed = []
  mounted = null
  // Prints what it gets and says it back, so that both directions can be compared.
  printer = createServer({ allowHalfOpen: true }, (socket) => {
    const job: Buffer[] = []
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      job.push(bytes)
      socket.write(bytes)
    })
    socket.on('end', () => {
      printed.push(Buffer.concat(job))
      socket.end()
    })
  })
  await new Promise<void>((done) => printer.listen(0, '127.0.0.1', done))
  const address = printer.address()
  printerPort = typeof address === 'object' && address ? address.port : 0
})

afterEach(async () => {
  for (const tap of taps) tap.kill('SIGKILL')
  await Promise.all(taps.map(exited))
  await new Promise((done) => printer.close(done))
  if (mounted !== null) await run('umount', ['-l', mounted])
  await rm(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

/** A port nobody listens on once `close` is through. */
async function freePort() {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { port, close: () => new Promise((done) => server.close(done)) }
}

/** Starts a tap and waits until it listens; the port is kept over restarts when given. */
async function startTap(
  options: { listenPort?: number; spool?: string; slowDiskMs?: number } = {},
) {
  const { listenPort = 0, spool = at('spool'), slowDiskMs = 0 } = options
  const statusFile = at('status.json')
  await rm(statusFile, { force: true })
  const config = {
    ...{
      tapId: 'front',
      listenHost: '127.0.0.1',
      listenPort,
      printerHost: '127.0.0.1',
      printerPort,
    },
    ...{ spoolDirectory: spool, keyFile: at('key'), statusFile },
  }
  const env = { ...process.env, HUIKE_TAP_TEST_SLOW_DISK_MS: String(slowDiskMs) }
  const tap = spawn(process.execPath, [TAP_MAIN, JSON.stringify(config)], { env })
  taps.push(tap)
  const isUp = (now: Status | null) => now?.pid === tap.pid && now?.state === 'listening'
  await until(async () => isUp(await status()))
  return { tap, port: (await status())?.listenPort ?? 0 }
}

async function status(): Promise<Status | null> {
  const text = await readFile(at('status.json'), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Status)
}

function exited(tap: ChildProcess): Promise<number | null> {
  if (tap.exitCode !== null || tap.signalCode !== null) return Promise.resolve(tap.exitCode)
  return new Promise((done) => tap.once('exit', done))
}

async function until(isTrue: () => Promise<boolean> | boolean, timeoutMs = 10_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error('it never happened')
    await sleep(10)
  }
}

/** Sends a job in the given pieces; resolves with what came back, or null when the tap cut us off. */
function print(port: number, pieces: Buffer[]): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const answer: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    socket.on('error', () => {
      resolve(null)
    })
    socket.on('data', (bytes: Buffer) => answer.push(bytes))
    socket.on('end', () => {
      resolve(Buffer.concat(answer))
    })
    for (const piece of pieces) socket.write(piece)
    socket.end()
  })
}

function pieces(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let from = 0; from < bytes.length;) {
    const length = 1 + Math.floor(Math.random() ** 4 * bytes.length)
    parts.push(bytes.subarray(from, from + length))
    from += length
  }
  return parts
}

async function jobsIn(spool = at('spool')): Promise<{ jobs: PrintJob[]; damaged: number }> {
  // Printing waits for no disk: a job may be back before the first key is written.
  const key = await readFile(at('key')).catch(() => null)
  if (key === null || key.length === 0) return { jobs: [], damaged: 0 }
  const reader = new SpoolReader({ directory: spool, key })
  const assembler = new TapJobAssembler()
  const { frames, damaged } = await reader.read(null, 1_000_000)
  assembler.push(frames)
  return { jobs: assembler.take(Date.now() + 10_000).jobs, damaged }
}

describe('a tap in the print path', () => {
  it(`passes ${String(ROUND_TRIPS)} jobs unchanged there and back and captures each`, async () => {
    const { tap, port } = await startTap()
    const sent: Buffer[] = []
    for (let count = 0; count < ROUND_TRIPS; count += 1) {
      const job = randomBytes(1 + Math.floor(Math.random() ** 3 * 40_000))
      const back = await print(port, pieces(job))
      expect(back?.equals(job)).toBe(true)
      sent.push(job)
    }
    expect(printed.every((job, index) => sent[index]?.equals(job))).toBe(true)
    tap.kill('SIGTERM')
    expect(await exited(tap)).toBe(0)
    const { jobs, damaged } = await jobsIn()
    expect(damaged).toBe(0)
    expect(Buffer.concat(jobs.map(({ bytes }) => bytes)).equals(Buffer.concat(sent))).toBe(true)
    expect(jobs).toHaveLength(ROUND_TRIPS)
  })

  it('prints again within two seconds of a kill -9, and what it captured before is there', async () => {
    let port = 0
    const kept: Buffer[] = []
    for (let round = 0; round < 5; round += 1) {
      const started = await startTap({ listenPort: port })
      port = started.port
      const job = randomBytes(3000)
      expect(await print(port, pieces(job))).toEqual(job)
      kept.push(job)
      await until(async () => (await jobsIn()).jobs.length >= kept.length)
      // Killed in the middle of a long job, while it relays and spools.
      const cutOff = print(port, pieces(randomBytes(8 * KIB * KIB)))
      await sleep(Math.random() * 40)
      started.tap.kill('SIGKILL')
      await exited(started.tap)
      await cutOff
      const killedMs = performance.now()
      const again = await startTap({ listenPort: port })
      const next = randomBytes(500)
      expect(await print(port, [next])).toEqual(next)
      expect(performance.now() - killedMs).toBeLessThan(RESTART_MS_MAX)
      kept.push(next)
      again.tap.kill('SIGTERM')
      expect(await exited(again.tap)).toBe(0)
      const { jobs, damaged } = await jobsIn()
      for (const whole of kept) expect(jobs.some(({ bytes }) => whole.equals(bytes))).toBe(true)
      // At most the one frame under way at each kill is torn.
      expect(damaged).toBeLessThanOrEqual(round + 1)
      // What was cut off would only be in the way of the next round's counting.
      kept.length = 0
      await rm(at('spool'), { recursive: true })
    }
  })

  it('goes on printing when the spool is on a full disk, and says so', async () => {
    const spool = at('full')
    await mkdir(spool)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', spool])
      mounted = spool
    } catch {
      console.warn('skipped: this machine does not let tests mount a small file system')
      return
    }
    await writeFile(join(spool, 'filler'), Buffer.alloc(700 * KIB))
    const { tap, port } = await startTap({ spool })
    const job = randomBytes(20 * KIB)
    for (let count = 0; count < 40; count += 1) expect(await print(port, [job])).toEqual(job)
    await until(async () => (await status())?.isCapturing === false)
    expect((await status())?.alarms.map(({ code }) => code)).toEqual(['spool_failed'])
    expect(printed).toHaveLength(40)
    // Room again: what waited in memory is written, nothing is missing.
    await rm(join(spool, 'filler'))
    await until(async () => (await status())?.isCapturing === true)
    tap.kill('SIGTERM')
    expect(await exited(tap)).toBe(0)
    const { jobs, damaged } = await jobsIn(spool)
    expect([jobs.length, damaged, jobs.some(({ hasGap }) => hasGap)]).toEqual([40, 0, false])
  })

  it('goes on printing when there can be no spool directory, and says so', async () => {
    await writeFile(at('in-the-way'), '')
    const { port } = await startTap({ spool: join(at('in-the-way'), 'spool') })
    const job = randomBytes(2000)
    expect(await print(port, pieces(job))).toEqual(job)
    await until(async () => (await status())?.isCapturing === false)
  })

  it('prints at the same pace while every sync of the disk takes two seconds', async () => {
    const { tap, port } = await startTap({ slowDiskMs: 2000 })
    let slowestMs = 0
    const job = randomBytes(4000)
    for (let count = 0; count < 100; count += 1) {
      const startMs = performance.now()
      expect(await print(port, [job])).toEqual(job)
      slowestMs = Math.max(slowestMs, performance.now() - startMs)
    }
    expect(slowestMs).toBeLessThan(500)
    tap.kill('SIGTERM')
    expect(await exited(tap)).toBe(0)
    expect((await jobsIn()).jobs).toHaveLength(100)
  })

  it('goes on printing when whoever started it is gone and nobody reads its errors', async () => {
    const { tap, port } = await startTap()
    tap.stderr?.destroy()
    tap.stdout?.destroy()
    await rm(at('spool'), { recursive: true, force: true })
    await writeFile(at('spool'), 'in the way, so that there is something to complain about')
    for (let count = 0; count < 5; count += 1) {
      const job = randomBytes(1000)
      expect(await print(port, [job])).toEqual(job)
      await sleep(50)
    }
    await until(async () => (await status())?.isCapturing === false)
    expect(tap.exitCode).toBeNull()
  })

  it('captures every paper of a simulated shop as one job', async () => {
    const { port: shopPrinterPort, close } = await freePort()
    await close()
    printerPort = shopPrinterPort
    const { port } = await startTap()
    const shop = spawn(process.execPath, [
      SHOP_MAIN,
      JSON.stringify({
        ...{ tillPort: port, printerPort: shopPrinterPort, printerFile: at('paper.bin') },
        ...{
          storeName: '测试店',
          terminalNo: '07',
          intervalMs: 60,
          seed: 3,
          layout: 'restaurant80',
        },
      }),
    ])
    taps.push(shop)
    let said = ''
    shop.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
    await sleep(1500)
    shop.kill('SIGTERM')
    expect(await exited(shop)).toBe(0)
    const lines = said.trim().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter((line) => !/测试店.*已打印$/.test(line))).toEqual([])
    await until(async () => (await jobsIn()).jobs.length === lines.length)
    const paper = await readFile(at('paper.bin'))
    for (const { bytes } of (await jobsIn()).jobs)
      expect(paper.includes(Buffer.from(bytes))).toBe(true)
  })

  it('waits for its port while an older tap still holds it', async () => {
    const first = await startTap()
    const second = startTap({ listenPort: first.port })
    await sleep(500)
    first.tap.kill('SIGTERM')
    expect(await exited(first.tap)).toBe(0)
    await second
    const job = randomBytes(100)
    expect(await print(first.port, [job])).toEqual(job)
  })

  it('names what is wrong with its settings and gives up', async () => {
    const tap = spawn(process.execPath, [TAP_MAIN, '{"tapId":"front"}'])
    taps.push(tap)
    let said = ''
    tap.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
    expect(await exited(tap)).toBe(2)
    expect(said).toContain('tap settings: printerPort: must be a port number')
  })
})
