// Load for the HTTP benchmark, made in a process of its own so that the servers are alone with their
// CPU accounts. The clients are sockets that write a request and wait for its answer: a full HTTP
// client would take more of the two cores than the server does.
import { connect, type Socket } from 'node:net'
import { quantile } from './measure.js'
import { freshId, freshSale } from './sales.js'

export interface LoadOrder {
  port: number
  path: string
  /** agent: one event for /agent/v1/events. prototype: a flat checkout. */
  body: 'agent' | 'prototype'
  token: string
  clients: number
  forMs: number
}

export interface LoadResult {
  done: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

const MEMO_BYTES = 500

process.on('message', (order: LoadOrder) => {
  void load(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

async function load(order: LoadOrder): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: order.clients }, () => dial(order.port)))
  const latencies: number[] = []
  const startMs = performance.now()
  const endMs = startMs + order.forMs
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < endMs) {
        const request = requestOf(order)
        const beganMs = performance.now()
        const answer = await client.ask(request)
        latencies.push(performance.now() - beganMs)
        checkAnswer(order, answer)
      }
      client.close()
    }),
  )
  return {
    done: latencies.length,
    perSecond: latencies.length / ((performance.now() - startMs) / 1000),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
}

function requestOf(order: LoadOrder): string {
  const body = JSON.stringify(order.body === 'agent' ? agentBody() : prototypeBody())
  return [
    `POST ${order.path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Authorization: Bearer ${order.token}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n')
}

function agentBody(): object {
  return { sentAtMs: Date.now(), agentVersion: 'bench', outboxDepth: 1, events: [freshSale()] }
}

/** About as long as an agent's batch of one. */
function prototypeBody(): object {
  const { who, receipt } = freshSale()
  return {
    idempotencyKey: freshId(),
    storeId: 1,
    posNo: receipt.receiptNo,
    memberPhone: who?.by === 'phone' ? who.phone : '',
    total: receipt.totalFen,
    paidAt: new Date().toISOString(),
    memo: 'm'.repeat(MEMO_BYTES),
    lines: receipt.lines.map((line) => ({
      sku: line.code,
      name: line.name,
      qty: Math.abs(line.quantityMilli),
      price: line.amountFen,
    })),
  }
}

/** A server that refuses quickly must not look fast. */
function checkAnswer(order: LoadOrder, answer: string): void {
  const isTaken = order.body === 'agent' ? answer.includes('"status":"accepted"') : true
  if (!/^HTTP\/1\.1 20[01] /.test(answer) || !isTaken) throw new Error(`refused: ${answer}`)
}

interface Client {
  ask(request: string): Promise<string>
  close(): void
}

async function dial(port: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return {
    ask: (request) => {
      const answer = nextAnswer(socket)
      socket.write(request)
      return answer
    },
    close: () => socket.destroy(),
  }
}

/** Resolves with the whole next answer, which must carry a Content-Length. */
function nextAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0)
    const onEnd = () => {
      reject(new Error(`the server hung up: ${bytes.toString()}`))
    }
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      const headEnd = bytes.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = bytes.toString('latin1', 0, headEnd)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
      if (bytes.length < headEnd + 4 + length) return
      socket.off('data', onData).off('close', onEnd)
      resolve(bytes.toString())
    }
    socket.on('data', onData).once('close', onEnd)
  })
}
