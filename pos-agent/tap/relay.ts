import { randomBytes } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Alarms } from './alarms.js'
import type { FrameKind, SpoolFrame } from './spool-format.js'

// The wire between till and printer. Bytes are handed to the printer's socket before anything else
// is done with them, unchanged, in both directions; nothing is answered on the printer's behalf.
// The printer is dialled when the till connects, not at its first byte: many tills first ask or
// wait for a status, and a till should meet a closed printer as early as without us. Until then
// nothing is read from the till, so a slow printer slows the till and not our memory.

const CONNECTIONS_MAX = 64
/** How long a till waits for a printer that does not answer before it is told. */
const DIAL_TOTAL_MS = 5000
const DIAL_ONCE_MS = 2000
const DIAL_PAUSE_MS = 250
/** A till that vanished without a word is noticed by probes that start after this. */
const KEEP_ALIVE_MS = 30_000
/** After the till is done: how long a printer may be silent before its side is closed too. */
const LINGER_MS = 60_000
/** While the printer makes the till wait, this often an empty frame says the job goes on. */
const HOLD_FRAME_MS = 400
const HOLD_FRAMES_MAX = 150
/** A till that has been still for so long is not in the middle of a job. */
const STILL_MS = 800
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface RelayOptions {
  tapId: string
  listenHost: string
  listenPort: number
  printerHost: string
  printerPort: number
  alarms: Alarms
  /** Takes what was relayed; must neither wait nor throw. */
  capture: (frame: SpoolFrame) => void
}

interface Connection {
  id: string
  till: Socket
  printer: Socket | null
  sequence: number
  lastByteMs: number
  hold: NodeJS.Timeout | null
}

export class Relay {
  readonly counts = { connections: 0, refused: 0, bytesToPrinter: 0, bytesToTill: 0 }
  private readonly server: Server
  private readonly open = new Set<Connection>()
  private stopping = false

  constructor(private readonly options: RelayOptions) {
    const socketOptions = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true }
    this.server = createServer(socketOptions, (till) => void this.accept(till))
    this.server.maxConnections = CONNECTIONS_MAX
  }

  get connectionsOpen(): number {
    return this.open.size
  }

  /** Resolves with the port once tills can connect; rejects when the port cannot be had. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.options.listenPort, this.options.listenHost, () => {
        this.server.off('error', reject)
        this.server.on('error', (error) => {
          this.options.alarms.raise('internal_error', error.message)
        })
        const address = this.server.address()
        resolve(typeof address === 'object' && address ? address.port : this.options.listenPort)
      })
    })
  }

  /** Takes no more tills, lets running jobs end for up to `timeoutMs`, then cuts. */
  async stop(timeoutMs: number): Promise<void> {
    this.stopping = true
    this.server.close()
    const deadlineMs = performance.now() + timeoutMs
    while (this.open.size > 0) {
      const isLate = performance.now() > deadlineMs
      for (const { till, printer, lastByteMs } of this.open) {
        const isStill = performance.now() - lastByteMs > STILL_MS && !printer?.writableLength
        if (isLate) till.destroy()
        if (isLate) printer?.destroy()
        if (!isStill || !printer) continue
        printer.end()
        till.destroySoon()
      }
      await sleep(20)
    }
  }

  private async accept(till: Socket): Promise<void> {
    const id = ulid(Date.now())
    const lastByteMs = performance.now()
    const connection: Connection = { id, till, printer: null, sequence: 0, lastByteMs, hold: null }
    this.open.add(connection)
    this.counts.connections += 1
    till.setKeepAlive(true, KEEP_ALIVE_MS)
    // Errors are followed by 'close', where they are dealt with.
    till.on('error', () => undefined)
    till.once('close', () => {
      this.forget(connection)
    })
    const printer = await this.dial(till)
    if (printer) this.join(connection, printer)
    else {
      this.counts.refused += 1
      till.resetAndDestroy()
    }
  }

  private async dial(till: Socket): Promise<Socket | null> {
    const { printerHost: host, printerPort: port, alarms } = this.options
    const deadlineMs = performance.now() + DIAL_TOTAL_MS
    for (;;) {
      const outcome = await dialOnce(host, port)
      if (typeof outcome !== 'string') {
        alarms.clear('printer_unreachable')
        return outcome
      }
      alarms.raise('printer_unreachable', `${host}:${String(port)} ${outcome}`)
      if (this.stopping || till.destroyed || performance.now() > deadlineMs) return null
      await sleep(DIAL_PAUSE_MS)
    }
  }

  private join(connection: Connection, printer: Socket): void {
    const { till } = connection
    connection.printer = printer
    let closed = false
    const closeCapture = () => {
      this.release(connection)
      if (!closed) this.capture(connection, 'close')
      closed = true
    }
    pump(till, printer, (bytes, isFlowing) => {
      this.counts.bytesToPrinter += bytes.length
      connection.lastByteMs = performance.now()
      this.capture(connection, 'data', bytes)
      if (!isFlowing) this.hold(connection)
    })
    pump(printer, till, (bytes) => {
      this.counts.bytesToTill += bytes.length
    })
    printer.on('drain', () => {
      this.release(connection)
    })
    till.once('end', () => {
      closeCapture()
      printer.setTimeout(LINGER_MS)
    })
    printer.on('timeout', () => {
      // Out of paper is not out of work: what the till handed over is still to be printed.
      if (printer.writableLength > 0) printer.setTimeout(LINGER_MS)
      else printer.destroy()
    })
    till.once('close', () => {
      closeCapture()
      printer.destroySoon()
    })
    let isBroken = false
    printer.on('error', () => (isBroken = true))
    printer.once('close', () => {
      this.forget(connection)
      if (isBroken) till.resetAndDestroy()
      else till.destroySoon()
    })
    this.capture(connection, 'open')
    if (till.destroyed) printer.destroySoon()
    else till.resume()
  }

  /** A connection is over when both ends are: the printer may still be taking the last bytes. */
  private forget(connection: Connection): void {
    if (connection.till.closed && connection.printer?.closed !== false) this.open.delete(connection)
  }

  private capture(
    connection: Connection,
    kind: FrameKind,
    bytes: Uint8Array = Buffer.alloc(0),
  ): void {
    const { id: connectionId, sequence } = connection
    connection.sequence += 1
    const { tapId, capture } = this.options
    capture({ connectionId, tapId, sequence, kind, wallMs: Date.now(), bytes })
  }

  private hold(connection: Connection): void {
    let framesLeft = HOLD_FRAMES_MAX
    connection.hold ??= setInterval(() => {
      if (framesLeft-- > 0) this.capture(connection, 'data')
    }, HOLD_FRAME_MS)
  }

  private release(connection: Connection): void {
    if (connection.hold) clearInterval(connection.hold)
    connection.hold = null
  }
}

function pump(from: Socket, to: Socket, after: (bytes: Buffer, isFlowing: boolean) => void): void {
  from.on('data', (bytes: Buffer) => {
    const isFlowing = to.write(bytes)
    if (!isFlowing) from.pause()
    after(bytes, isFlowing)
  })
  from.once('end', () => to.end())
  to.on('drain', () => from.resume())
}

/** A connected socket, or why there is none. */
function dialOnce(host: string, port: number): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
    const giveUp = (reason: string) => {
      socket.destroy()
      resolve(reason)
    }
    const timer = setTimeout(giveUp, DIAL_ONCE_MS, 'timed out')
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      giveUp(error.code ?? error.message)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/** A ULID: ten characters of time, sixteen of chance. */
function ulid(nowMs: number): string {
  let time = ''
  for (let rest = nowMs, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32))
    time = CROCKFORD.charAt(rest % 32) + time
  return time + [...randomBytes(16)].map((byte) => CROCKFORD.charAt(byte % 32)).join('')
}
