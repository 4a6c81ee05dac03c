// A network between till and server that loses answers, the first of all and then a share of them: the
// question arrives and is carried out, the answer does not come back. Seeded, so that a failure can be
// had again.
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Random } from './random.js'

export class LossyProxy {
  answersLost = 0
  answersPassed = 0
  /** Share of answers lost, 0 to 1. */
  lostShare = 0
  private server: Server | null = null
  private readonly sockets = new Set<Socket>()

  constructor(
    private readonly serverPort: number,
    private readonly random: Random,
  ) {}

  /** Listens on `port`. */
  listen(port: number): Promise<void> {
    const server = createServer((till) => {
      this.relay(till)
    })
    this.server = server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    const { server } = this
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  private relay(till: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: this.serverPort })
    let isAsking = false
    const end = (): void => {
      till.destroy()
      upstream.destroy()
    }
    for (const socket of [till, upstream]) {
      this.sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        this.sockets.delete(socket)
        end()
      })
    }
    till.on('data', (bytes: Buffer) => {
      isAsking = true
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => {
      // The first bytes after a question are the beginning of its answer.
      const isFirst = this.lostShare > 0 && this.answersLost === 0
      if (isAsking && (isFirst || this.random.next() < this.lostShare)) {
        this.answersLost += 1
        end()
        return
      }
      if (isAsking) this.answersPassed += 1
      isAsking = false
      till.write(bytes)
    })
  }
}
