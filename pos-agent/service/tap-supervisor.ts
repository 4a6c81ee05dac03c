import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TapConfig } from '../platform/config.js'
import type { Logger } from '../platform/log.js'

// Keeps the tap alive without owning it: it runs detached, so that printing goes on when the agent
// stops, crashes or is updated. It is started again within two seconds of its death.

const LOOK_MS = 1_000
/** The tap writes its status at least every five seconds. */
const STATUS_AGE_MS_MAX = 12_000
/** Time for a new tap to write its first status. */
const START_MS = 1_500

export type TapState = 'running' | 'silent' | 'not_configured'

/** Does the tap of this config live and capture, by its status file and its process? */
export function tapState(config: TapConfig | null): TapState {
  if (!config) return 'not_configured'
  const status = readStatus(config.statusFile)
  const isHeard = status !== null && isAlive(status.pid) && isFresh(config.statusFile)
  return isHeard && status.isCapturing ? 'running' : 'silent'
}

/** What the tap is started with: its own settings, without the agent's. */
export function tapArguments(config: TapConfig): [script: string, settings: string] {
  const settings = {
    tapId: config.tapId,
    listenHost: config.listenHost,
    listenPort: config.listenPort,
    printerHost: config.printerHost,
    printerPort: config.printerPort,
    spoolDirectory: config.spoolDirectory,
    keyFile: config.keyFile,
    statusFile: config.statusFile,
  }
  const script = fileURLToPath(new URL('../tap/main.js', import.meta.url))
  return [script, JSON.stringify(settings)]
}

export class TapSupervisor {
  private timer: NodeJS.Timeout | null = null
  private startedAtMs = -Infinity
  private startedPid: number | null = null

  constructor(
    private readonly config: TapConfig,
    private readonly log: Logger,
    private readonly onRestart: () => void,
  ) {}

  start(): void {
    this.look()
    this.timer = setInterval(() => {
      this.look()
    }, LOOK_MS)
  }

  /** Stops looking; the tap itself prints on. */
  stop(): void {
    if (this.timer) clearInterval(this.timer)
  }

  private look(): void {
    if (performance.now() - this.startedAtMs < START_MS) return
    const status = readStatus(this.config.statusFile)
    // Alive is enough: a tap whose disk is full still prints, and cannot write its status.
    if (status !== null && isAlive(status.pid)) return
    if (this.startedPid !== null && isAlive(this.startedPid)) return
    const isFirst = this.startedPid === null
    const child = spawn(process.execPath, tapArguments(this.config), {
      detached: true,
      stdio: 'ignore',
    })
    child.on('error', (error) => {
      this.log.error({ err: error }, 'the tap cannot be started')
    })
    child.unref()
    this.startedAtMs = performance.now()
    this.startedPid = child.pid ?? null
    this.log.warn({ pid: child.pid, tap: this.config.tapId }, 'tap started')
    if (!isFirst) this.onRestart()
  }
}

function readStatus(statusFile: string): { pid: number; isCapturing: boolean } | null {
  try {
    const status = JSON.parse(readFileSync(statusFile, 'utf8')) as Record<string, unknown>
    if (typeof status['pid'] !== 'number' || status['state'] === 'stopped') return null
    return { pid: status['pid'], isCapturing: status['isCapturing'] !== false }
  } catch {
    return null
  }
}

function isFresh(statusFile: string): boolean {
  try {
    return Date.now() - statSync(statusFile).mtimeMs < STATUS_AGE_MS_MAX
  } catch {
    return false
  }
}

/** A zombie of ours would answer too, but Node reaps its children. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
