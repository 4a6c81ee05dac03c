import { createWriteStream, type WriteStream } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

// A receipt printer on the loopback: takes what comes, answers status questions in real time as an
// ESC/POS printer does, and can be slow, off line, out of paper or switched off.

/** `off` refuses connections; `offline` and `paper_out` answer questions but print nothing. */
export type PrinterMode = 'online' | 'offline' | 'paper_out' | 'off'

export interface LoopbackPrinterOptions {
  host?: string
  /** 0 picks a free port. */
  port?: number
  /** Everything printed is appended here. */
  file?: string
  /** Keep what is printed in memory too; on unless a file is given. */
  keepsBytes?: boolean
}

const QUESTION_BYTES_MAX = 3
/** What a printer that cannot print takes in before it makes the till wait. */
const BUFFER_BYTES_MAX = 64 * 1024
const STATUS_ONLINE = 0x12
const STATUS_OFFLINE = 0x1a
const STATUS_STOPPED_BY_PAPER = 0x32
const STATUS_PAPER_END = 0x72
const SENSOR_PAPER_END = 0x0c
const MODEL_ID = 0x20

export class LoopbackPrinter {
  /** Milliseconds the printer takes for each piece it reads. */
  slowMs = 0
  connectionsTotal = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()
  private readonly parts: Buffer[] = []
  private readonly paper: WriteStream | null
  private readonly keepsBytes: boolean
  private mode: PrinterMode = 'online'
  private port: number
  private bytesTotal = 0

  constructor(private readonly options: LoopbackPrinterOptions = {}) {
    this.port = options.port ?? 0
    this.paper = options.file === undefined ? null : createWriteStream(options.file, { flags: 'a' })
    this.keepsBytes = options.keepsBytes ?? this.paper === null
    this.server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
      this.serve(socket)
    })
  }

  /** Switches on; resolves with the port, which stays the same when switched off and on again. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.port, this.options.host ?? '127.0.0.1', () => {
        this.server.off('error', reject)
        const address = this.server.address()
        if (typeof address === 'object' && address) this.port = address.port
        resolve(this.port)
      })
    })
  }

  async setMode(mode: PrinterMode): Promise<void> {
    const wasOff = this.mode === 'off'
    this.mode = mode
    if (mode === 'off' && !wasOff) await this.switchOff()
    if (mode !== 'off' && wasOff) await this.listen()
    if (mode === 'online') for (const socket of this.sockets) socket.emit('huike-online')
  }

  /** Everything printed so far, in the order of arrival. */
  received(): Buffer {
    return Buffer.concat(this.parts)
  }

  /** Waits until `bytes` bytes were printed in all; false when that took too long. */
  async printed(bytes: number, timeoutMs = 5000): Promise<boolean> {
    const deadlineMs = performance.now() + timeoutMs
    while (this.bytesTotal < bytes && performance.now() < deadlineMs) await sleep(2)
    return this.bytesTotal >= bytes
  }

  async close(): Promise<void> {
    if (this.mode !== 'off') await this.switchOff()
    const { paper } = this
    if (paper) await new Promise<void>((done) => paper.end(done))
  }

  private switchOff(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    return new Promise((done) =>
      this.server.close(() => {
        done()
      }),
    )
  }

  private serve(socket: Socket): void {
    this.connectionsTotal += 1
    this.sockets.add(socket)
    let waiting: Buffer[] = []
    let waitingBytes = 0
    let tail = Buffer.alloc(0)
    const print = () => {
      for (const part of waiting) this.print(part)
      waiting = []
      waitingBytes = 0
      socket.resume()
    }
    socket.on('error', () => undefined)
    socket.on('huike-online', print)
    socket.on('close', () => {
      this.sockets.delete(socket)
      if (this.mode === 'online') print()
    })
    socket.on('data', (bytes: Buffer) => {
      const window = Buffer.concat([tail, bytes])
      for (const answer of this.answers(window, tail.length)) socket.write(answer)
      tail = window.subarray(Math.max(0, window.length - QUESTION_BYTES_MAX + 1))
      waiting.push(bytes)
      waitingBytes += bytes.length
      if (this.mode === 'online' && this.slowMs === 0) print()
      else if (this.mode === 'online') {
        socket.pause()
        setTimeout(print, this.slowMs)
      } else if (waitingBytes > BUFFER_BYTES_MAX) socket.pause()
    })
  }

  private print(bytes: Buffer): void {
    this.bytesTotal += bytes.length
    if (this.keepsBytes) this.parts.push(bytes)
    this.paper?.write(bytes)
  }

  /** Answers to the questions that end in this window behind its first `answered` bytes. */
  private *answers(window: Buffer, answered: number): Generator<Buffer> {
    for (let at = 0; at + 2 < window.length; at += 1) {
      if (at + 2 < answered) continue
      const answer = this.answer(window[at], window[at + 1], window[at + 2])
      if (answer) yield Buffer.from(answer)
    }
  }

  /** DLE EOT n, GS r n, GS I n and GS a n, as in Epson's ESC/POS reference. */
  private answer(first = 0, second = 0, n = 0): number[] | null {
    const isOut = this.mode === 'paper_out'
    if (first === 0x10 && second === 0x04 && n >= 1 && n <= 4) {
      if (n === 1) return [this.mode === 'online' ? STATUS_ONLINE : STATUS_OFFLINE]
      if (n === 2) return [isOut ? STATUS_STOPPED_BY_PAPER : STATUS_ONLINE]
      return [n === 4 && isOut ? STATUS_PAPER_END : STATUS_ONLINE]
    }
    if (first === 0x1d && second === 0x72) return [isOut ? SENSOR_PAPER_END : 0x00]
    if (first === 0x1d && second === 0x49) return [MODEL_ID]
    if (first === 0x1d && second === 0x61)
      return [this.mode === 'online' ? 0x10 : 0x18, 0x00, isOut ? SENSOR_PAPER_END : 0x00, 0x00]
    return null
  }
}
