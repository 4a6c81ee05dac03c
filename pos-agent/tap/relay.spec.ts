import { randomBytes } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Alarms } from './alarms.js'
import { Relay } from './relay.js'
import type { SpoolFrame } from './spool-format.js'

/** What happened, in order: `printer` when the printer's socket was written, `capture` when kept. */
let frames: SpoolFrame[]
let relay: Relay
let alarms: Alarms
let tapPort: number
let printer: Server
let printerSockets: Socket[]
let onPrinter: (socket: Socket) => void

async function listenOn(server: Server, port = 0): Promise<number> {
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

beforeEach(async () => {
  frames = []
  printerSockets = []
  onPrinter = () => undefined
  printer = createServer({ allowHalfOpen: true }, (socket) => {
    printerSockets.push(socket)
    socket.on('error', () => undefined)
    onPrinter(socket)
  })
  const printerPort = await listenOn(printer)
  alarms = new Alarms(() => undefined)
  const loopback = '127.0.0.1'
  relay = new Relay({
    ...{
      tapId: 't',
      listenHost: loopback,
      listenPort: 0,
      printerHost: loopback,
      printerPort,
      alarms,
    },
    capture: (frame) => frames.push(frame),
  })
  tapPort = await relay.listen()
})

afterEach(async () => {
  await relay.stop(0)
  for (const socket of printerSockets) socket.destroy()
  if (printer.listening) await new Promise((done) => printer.close(done))
})

function till(): Socket {
  const socket = connect({ port: tapPort, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  return socket
}

/** Everything up to the other side's end; unlike `for await` it leaves the socket half open. */
function readToEnd(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((done) => {
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.once('end', () => {
      done(Buffer.concat(parts))
    })
  })
}

async function sendInPieces(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(Math.random() ** 3 * 5000)
    socket.write(bytes.subarray(at, at + length))
    at += length
    if (Math.random() < 0.2) await sleep(Math.floor(Math.random() * 2))
  }
  socket.end()
}

const until = async (isTrue: () => boolean) => {
  for (let tries = 0; tries < 500 && !isTrue(); tries += 1) await sleep(10)
  expect(isTrue()).toBe(true)
}

const captured = () => Buffer.concat(frames.map(({ bytes }) => bytes))

describe('the relay', () => {
  it('passes every byte unchanged in both directions, however it is chopped', async () => {
    for (let round = 0; round < 60; round += 1) {
      frames = []
      const job = randomBytes(1 + Math.floor(Math.random() * 60_000))
      const answer = randomBytes(1 + Math.floor(Math.random() * 20_000))
      const atPrinter = new Promise<Buffer>((done) => {
        onPrinter = (socket) => {
          void sendInPieces(socket, answer)
          void readToEnd(socket).then(done)
        }
      })
      const socket = till()
      void sendInPieces(socket, job)
      const atTill = await readToEnd(socket)
      expect([atTill.equals(answer), (await atPrinter).equals(job)]).toEqual([true, true])
      expect(captured().equals(job)).toBe(true)
      const kinds = frames.map(({ kind }) => kind)
      expect([kinds[0], kinds.at(-1), new Set(kinds).size]).toEqual(['open', 'close', 3])
      expect(frames.map(({ sequence }) => sequence)).toEqual([...frames.keys()])
    }
  })

  it('lets the printer speak first, and the till ask and wait', async () => {
    onPrinter = (socket) => {
      socket.write('ready')
      socket.on('data', () => socket.end(Buffer.of(0x12)))
    }
    const socket = till()
    const hello = await new Promise<Buffer>((done) => socket.once('data', done))
    expect(hello.toString()).toBe('ready')
    socket.end(Buffer.of(0x10, 4, 1))
    expect(await readToEnd(socket)).toEqual(Buffer.of(0x12))
  })

  it('hears the printer out after the till has said its last', async () => {
    onPrinter = (socket) => {
      socket.resume().on('end', () => setTimeout(() => socket.end('late status'), 50))
    }
    const socket = till()
    socket.end('receipt')
    expect((await readToEnd(socket)).toString()).toBe('late status')
  })

  it('prints what a till sent that left at once, and even one that slammed the door', async () => {
    const printed: Buffer[] = []
    onPrinter = (socket) =>
      socket.on('data', (bytes) => printed.push(bytes)).on('end', () => socket.end())
    const polite = till()
    polite.end('polite ')
    polite.destroySoon()
    await until(() => Buffer.concat(printed).toString() === 'polite ')
    const rude = till()
    rude.write('rude', () => setTimeout(() => rude.resetAndDestroy(), 30))
    await until(() => Buffer.concat(printed).toString() === 'polite rude')
    await until(() => frames.filter(({ kind }) => kind === 'close').length === 2)
    await until(() => relay.connectionsOpen === 0)
  })

  it('shows the till a printer that breaks off', async () => {
    onPrinter = (socket) => socket.once('data', () => socket.resetAndDestroy())
    const socket = connect({ port: tapPort, host: '127.0.0.1' })
    const error = new Promise<NodeJS.ErrnoException>((done) => socket.once('error', done))
    socket.write('receipt')
    expect((await error).code).toBe('ECONNRESET')
    await until(() => relay.connectionsOpen === 0)
  })

  it('makes the till wait for a slow printer instead of keeping the job in memory', async () => {
    onPrinter = (socket) => socket.pause()
    const socket = till()
    const piece = Buffer.alloc(256 * 1024, 'x')
    let sentBytes = 0
    const send = () => {
      while (sentBytes < 64 * 1024 * 1024) {
        sentBytes += piece.length
        if (!socket.write(piece)) return
      }
    }
    socket.on('drain', send)
    socket.once('connect', send)
    await sleep(1500)
    const stuckBytes = sentBytes
    await sleep(300)
    expect(sentBytes).toBe(stuckBytes)
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
    // While it waits the spool is told that the job goes on.
    expect(
      frames.filter(({ kind, bytes }) => kind === 'data' && bytes.length === 0).length,
    ).toBeGreaterThan(1)
    socket.destroy()
    printerSockets[0]?.destroy()
  })

  it('waits a little for a printer that is just starting', async () => {
    const address = printer.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await new Promise((done) => printer.close(done))
    const socket = till()
    socket.end('receipt')
    await sleep(600)
    expect(alarms.list()).toMatchObject([{ code: 'printer_unreachable' }])
    const printed = new Promise<Buffer>((done) => {
      onPrinter = (upstream) => {
        void readToEnd(upstream).then(done)
        upstream.end()
      }
    })
    await listenOn(printer, port)
    expect((await printed).toString()).toBe('receipt')
    expect(alarms.list()).toEqual([])
  })

  it('tells the till when there is no printer, and captures nothing', async () => {
    await new Promise((done) => printer.close(done))
    const socket = connect({ port: tapPort, host: '127.0.0.1' })
    socket.write('receipt')
    const error = await new Promise<NodeJS.ErrnoException>((done) => socket.once('error', done))
    expect(error.code).toBe('ECONNRESET')
    expect(frames).toEqual([])
    expect(relay.counts.refused).toBe(1)
  })

  it('lets a running job end before it stops', async () => {
    const printed = new Promise<Buffer>((done) => {
      onPrinter = (socket) => {
        void readToEnd(socket).then(done)
        socket.on('end', () => socket.end())
      }
    })
    const socket = till()
    socket.write('first half, ')
    await until(() => relay.counts.bytesToPrinter > 0)
    const stopped = relay.stop(5000)
    await sleep(300)
    socket.end('second half')
    expect((await printed).toString()).toBe('first half, second half')
    await stopped
  })

  it('closes a connection on which nothing happens when it stops', async () => {
    const socket = till()
    await until(() => printerSockets.length === 1)
    const startMs = performance.now()
    await relay.stop(5000)
    expect(performance.now() - startMs).toBeLessThan(2000)
    socket.destroy()
  })
})
