// Real processes under test: started compiled, watched through their output, killed hard. Whatever
// a test leaves behind is killed when its worker ends.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'

const LINE_MS_MAX = 20_000
const READY_MS_MAX = 30_000
const STOP_MS_MAX = 10_000
const POLL_MS = 50
const OUTPUT_CHARACTERS_MAX = 2_000_000

export interface ProgramOptions {
  /** A Node script and its arguments. */
  args: readonly string[]
  /** Added to this process's environment; undefined takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
}

export interface ProgramExit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A started program. */
export interface Program {
  pid: number
  /** What it wrote so far on both streams; the oldest is forgotten beyond 2 M characters. */
  output(): string
  /** The first line, past or future, that matches; rejects after `timeoutMs` or when it exits. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** Until the URL answers with a 2xx; rejects after `timeoutMs` or when the program exits. */
  waitForHttp(url: string, timeoutMs?: number): Promise<void>
  /** SIGTERM, then SIGKILL when it does not go; resolves when it is gone. */
  stop(): Promise<ProgramExit>
  /** SIGKILL: what a power cut looks like to a process. Resolves when it is gone. */
  kill9(): Promise<ProgramExit>
  exited: Promise<ProgramExit>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a Node program and collects what it writes. */
export function startProgram(options: ProgramOptions): Program {
  const child = spawn(process.execPath, [...options.args], {
    cwd: options.cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let text = ''
  const collect = (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_CHARACTERS_MAX)
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  let exit: ProgramExit | null = null
  const exited = new Promise<ProgramExit>((resolve, reject) => {
    child.once('error', reject)
    // 'close' and not 'exit': the last words have been read by then.
    child.once('close', (code, signal) => {
      running.delete(child)
      exit = { code, signal }
      resolve(exit)
    })
  })
  const until = async <T>(what: string, timeoutMs: number, look: () => Promise<T | null>) => {
    const deadlineMs = Date.now() + timeoutMs
    for (;;) {
      const found = await look()
      if (found !== null) return found
      if (exit) throw new Error(`exited with ${exit.code ?? exit.signal} before ${what}:\n${text}`)
      if (Date.now() > deadlineMs) throw new Error(`no ${what} in ${timeoutMs} ms:\n${text}`)
      await sleep(POLL_MS)
    }
  }
  const killWith = (signal: NodeJS.Signals) => {
    if (!exit) child.kill(signal)
    return exited
  }
  return {
    pid: child.pid ?? 0,
    output: () => text,
    waitForLine: (pattern, timeoutMs = LINE_MS_MAX) =>
      until(`line matching ${pattern.source}`, timeoutMs, () =>
        Promise.resolve(text.split('\n').find((line) => pattern.test(line)) ?? null),
      ),
    waitForHttp: async (url, timeoutMs = READY_MS_MAX) => {
      await until(`answer from ${url}`, timeoutMs, () => answers(url))
    },
    stop: async () => {
      const hard = setTimeout(() => void killWith('SIGKILL'), STOP_MS_MAX)
      try {
        return await killWith('SIGTERM')
      } finally {
        clearTimeout(hard)
      }
    },
    kill9: () => killWith('SIGKILL'),
    exited,
  }
}

/** A loopback port that was free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

async function answers(url: string): Promise<true | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(READY_MS_MAX) })
    await response.arrayBuffer()
    return response.ok ? true : null
  } catch {
    return null
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
