import { setTimeout as sleep } from 'node:timers/promises'
import { Alarms } from './alarms.js'
import { readTapConfig, type TapConfig } from './config.js'
import { Relay } from './relay.js'
import { nodeFiles, slowFiles } from './spool-files.js'
import { SpoolWriter } from './spool-writer.js'
import { StatusFile } from './status-file.js'

// The tap: a process of its own that stands in the print path, so that it can be tiny and outlive
// whatever happens to the agent. Printing comes first: with the agent dead, the disk full or the
// spool gone it relays, and says what it cannot keep in its status file and on stderr. A status
// file that is not renewed every few seconds is itself an alarm: dead, or no room to write it.

const STATUS_INTERVAL_MS = 1000
const LISTEN_RETRY_MS = 250
const STOP_JOBS_MS = 5000
const STOP_FLUSH_MS = 2000
const EXIT_BAD_CONFIG = 2

const settings = readTapConfig(process.argv[2] ?? process.env.HUIKE_TAP_CONFIG)
if (settings.ok) await run(settings.config)
else {
  for (const problem of settings.problems) process.stderr.write(`tap settings: ${problem}\n`)
  process.exitCode = EXIT_BAD_CONFIG
}

async function run(config: TapConfig): Promise<void> {
  const alarms = new Alarms()
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  // Set by tests only: makes every sync of the spool this slow.
  const slowMs = Number(process.env.HUIKE_TAP_TEST_SLOW_DISK_MS ?? 0)
  const files = slowMs > 0 ? slowFiles(slowMs) : nodeFiles
  const { spoolDirectory: directory, keyFile } = config
  const spool = new SpoolWriter({ directory, keyFile, alarms, files })
  let listenPort = 0
  const startedAtMs = Date.now()

  const relay = new Relay({
    ...config,
    alarms,
    capture: (frame) => {
      spool.push(frame)
    },
  })
  const report = (state: 'starting' | 'listening' | 'stopped') => ({
    tapId: config.tapId,
    pid: process.pid,
    state,
    startedAtMs,
    listenPort,
    connectionsOpen: relay.connectionsOpen,
    ...relay.counts,
    spool: spool.status(),
    isCapturing: alarms.list().every(({ code }) => !/^(key|spool|queue)_/.test(code)),
    alarms: alarms.list(),
  })
  const status = new StatusFile(config.statusFile)
  const beat = setInterval(
    () => void status.write(report(listenPort ? 'listening' : 'starting')),
    STATUS_INTERVAL_MS,
  )
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await relay.stop(STOP_JOBS_MS)
    await spool.close(STOP_FLUSH_MS)
    clearInterval(beat)
    await status.write(report('stopped'))
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())

  while (!listenPort && !isStopping)
    try {
      listenPort = await relay.listen()
      alarms.clear('listen_failed')
    } catch (error) {
      alarms.raise('listen_failed', (error as Error).message)
      await sleep(LISTEN_RETRY_MS)
    }
  await status.write(report('listening'))
  // Whatever goes wrong beside the wire must not cut the wire.
  process.on('uncaughtException', (error) => {
    alarms.raise('internal_error', error.message)
  })
}
