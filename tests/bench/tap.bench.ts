import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// What a till feels of the tap: the same print jobs straight to the printer and through the tap,
// turn by turn in one run, while every sync of the tap's disk takes SLOW_DISK_MS. A job's time runs
// from dialling to the printer's answer to its last byte.

const JOBS = 2000
const WARM_UP_JOBS = 100
const JOB_BYTES_MIN = 400
const JOB_BYTES_MAX = 6000
const SLOW_DISK_MS = 500
const START_MS_MAX = 5000
const SETTLE_MS_MAX = 10_000

/** Runs the comparison and prints one JSON line per figure. */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tap-bench-'))
  const printer = await startPrinter()
  const statusFile = join(folder, 'status.json')
  const config = {
    ...{ tapId: 'bench', listenHost: '127.0.0.1', listenPort: 0, printerHost: '127.0.0.1' },
    ...{ printerPort: printer.port, spoolDirectory: join(folder, 'spool') },
    ...{ keyFile: join(folder, 'key'), statusFile },
  }
  const env = { ...process.env, HUIKE_TAP_TEST_SLOW_DISK_MS: String(SLOW_DISK_MS) }
  const tap = spawn(process.execPath, [tapMain(), JSON.stringify(config)], { env, stdio: 'ignore' })
  try {
    const tapPort = await waitForStatus(statusFile, START_MS_MAX, (now) => now.listenPort || null)
    const direct: number[] = []
    const tapped: number[] = []
    let isIdentical = true
    for (let count = -WARM_UP_JOBS; count < JOBS; count += 1) {
      const length = JOB_BYTES_MIN + Math.floor(Math.random() * (JOB_BYTES_MAX - JOB_BYTES_MIN))
      const job = randomBytes(length)
      // Turn by turn, and who goes first alternates, so that both meet the same machine.
      const turns = [() => print(printer.port, job), () => print(tapPort, job)]
      const times = [0, 0]
      for (const turn of count % 2 === 0 ? [0, 1] : [1, 0]) {
        times[turn] = (await turns[turn]?.()) ?? 0
        isIdentical &&= printer.takeJob().equals(job)
      }
      if (count < 0) continue
      direct.push(times[0] ?? 0)
      tapped.push(times[1] ?? 0)
    }
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
      ['max', 1],
    ] as const)
      report(`tap.print_${name}`, quantile(direct, share), quantile(tapped, share))
    line({ figure: 'tap.bytes_identical', jobs: 2 * (JOBS + WARM_UP_JOBS), value: isIdentical })
    const jobs = JOBS + WARM_UP_JOBS
    const isDone = (now: Status) => now.spool.framesWritten >= 3 * jobs || null
    await waitForStatus(statusFile, SETTLE_MS_MAX, isDone)
    line({ figure: 'tap.frames_lost', jobs, value: (await statusOf(statusFile))?.spool.framesLost })
  } finally {
    tap.kill('SIGKILL')
    printer.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Status {
  listenPort: number
  spool: { framesWritten: number; framesLost: number }
}

function report(figure: string, directMs: number, tappedMs: number): void {
  const round = (value: number) => Math.round(value * 1000) / 1000
  line({
    figure,
    unit: 'ms',
    direct: round(directMs),
    value: round(tappedMs),
    added: round(tappedMs - directMs),
    ratio: round(tappedMs / directMs),
    jobs: JOBS,
    diskSyncMs: SLOW_DISK_MS,
  })
}

function line(figure: Record<string, unknown>): void {
  console.log(JSON.stringify(figure))
}

/** Prints one job and resolves with the milliseconds until the printer answered its last byte. */
function print(port: number, job: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now()
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    socket.on('error', reject)
    let tookMs = 0
    socket.once('data', () => {
      tookMs = performance.now() - startMs
    })
    socket.once('end', () => {
      socket.destroy()
      resolve(tookMs)
    })
    socket.end(job)
  })
}

/** Answers one byte when a job is whole, and keeps it until taken. */
async function startPrinter() {
  let job: Buffer[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => job.push(bytes))
    socket.on('end', () => socket.end(Buffer.of(0x12)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => server.close(),
    takeJob: () => {
      const whole = Buffer.concat(job)
      job = []
      return whole
    },
  }
}

async function statusOf(file: string): Promise<Status | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Status)
}

async function waitForStatus<T>(
  file: string,
  timeoutMs: number,
  pick: (now: Status) => T | null,
): Promise<T> {
  for (const startMs = performance.now(); performance.now() - startMs < timeoutMs;) {
    const now = await statusOf(file)
    const picked = now && pick(now)
    if (picked !== null) return picked
    await sleep(20)
  }
  throw new Error(`the tap's status did not become what it should within ${String(timeoutMs)} ms`)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** The compiled tap, looked for upwards from here: this file runs from its own build folder too. */
function tapMain(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'pos-agent', 'dist', 'tap', 'main.js')
    if (existsSync(file)) return file
    if (dirname(folder) === folder) throw new Error('the agent is not built: npm run build')
  }
}
