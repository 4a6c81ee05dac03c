// A till's machine under test: the compiled tap and the compiled agent as processes of their own,
// in a folder of their own, and the cashier's API as the page calls it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  CashierHold,
  CashierLookupAnswer,
  CashierQuoteAnswer,
  CashierRefundAnswer,
  CashierRefundConfirmed,
  CashierRegisterAnswer,
  TillReceipt,
  TillState,
} from '@huike/shared/contracts/cashier'
import type { CashierHandedOver, CashierPickups } from '@huike/shared/contracts/cashier-pickups'
import type { TillPickup } from '@huike/shared/contracts/till-pickups'
import { freePort, startProgram, type Program } from './processes.js'
import { repositoryPath } from './repository.js'

const AGENT = repositoryPath('pos-agent', 'dist', 'service', 'main.js')
const TAP = repositoryPath('pos-agent', 'dist', 'tap', 'main.js')
const POLL_MS = 50
const WAIT_MS_MAX = 20_000

/** Compiles the programs; `tsc -b` does nothing where nothing changed. */
export function compilePrograms(): void {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server', 'pos-agent'], {
    cwd: repositoryPath(),
    stdio: 'inherit',
  })
}

export interface AgentOptions {
  serverUrl: string
  /** A one-time code of the server. */
  code: string
  /** An empty folder for everything the machine keeps. */
  directory: string
  printerPort: number
}

/** Writes the config, enrols, starts tap and agent; resolves when both serve. */
export async function startAgent(options: AgentOptions): Promise<TillMachine> {
  const machine = new TillMachine(options, await freePort(), await freePort())
  await machine.enrol(options.code)
  await machine.startTap()
  await machine.start()
  return machine
}

/** One till's machine. Ports stay the same over restarts. */
export class TillMachine {
  /** What the two programs wrote, of every life. */
  readonly lives: Program[] = []
  readonly dropDirectory: string
  agent: Program | null = null
  tap: Program | null = null
  private readonly configFile: string

  constructor(
    private readonly options: AgentOptions,
    private readonly cashierPort: number,
    /** Where the POS prints to. */
    readonly tapPort: number,
  ) {
    const at = (...names: string[]) => join(options.directory, ...names)
    this.dropDirectory = at('drop')
    this.configFile = at('agent.json')
    for (const folder of ['data', 'tap', 'drop']) mkdirSync(at(folder), { recursive: true })
    const config = {
      dataDirectory: at('data'),
      serverUrl: options.serverUrl,
      cashier: { port: cashierPort },
      tap: this.tapSettings(),
      drop: { directory: this.dropDirectory },
      logLevel: 'debug',
    }
    writeFileSync(this.configFile, JSON.stringify(config))
  }

  /** The cashier page. */
  get url(): string {
    return `http://127.0.0.1:${String(this.cashierPort)}`
  }

  async enrol(code: string): Promise<void> {
    const enrolling = this.run([AGENT, 'enrol', code, '--config', this.configFile])
    const { code: status } = await enrolling.exited
    if (status !== 0) throw new Error(`enrol: ${enrolling.output()}`)
  }

  async startTap(): Promise<void> {
    this.tap = this.run([TAP, JSON.stringify(this.tapSettings())])
    await until(() => isListening(this.tapPort), 'the tap to listen')
  }

  /** Starts the agent; with `crashAt` it kills itself there, perhaps before it serves. */
  async start(crashAt?: string): Promise<void> {
    const agent = this.run([AGENT, '--config', this.configFile], { HUIKE_CRASH_AT: crashAt })
    this.agent = agent
    const serves = agent.waitForLine(/agent running/)
    if (crashAt === undefined) await serves
    else await Promise.race([serves.catch(() => null), agent.exited])
  }

  /** SIGKILL for the agent; the tap prints on. */
  async killAgent(): Promise<void> {
    await this.agent?.kill9()
  }

  /** Ends both. */
  async stop(): Promise<void> {
    await this.agent?.stop()
    await this.tap?.stop()
  }

  /** Everything both programs logged. */
  log(): string {
    return this.lives.map((life) => life.output()).join('\n')
  }

  private run(args: string[], env: Record<string, string | undefined> = {}): Program {
    const program = startProgram({
      args,
      cwd: this.options.directory,
      env: { HUIKE_CRASH_AT: undefined, ...env },
    })
    this.lives.push(program)
    return program
  }

  private tapSettings() {
    const at = (name: string) => join(this.options.directory, 'tap', name)
    return {
      tapId: 'front',
      listenHost: '127.0.0.1',
      listenPort: this.tapPort,
      printerHost: '127.0.0.1',
      printerPort: this.options.printerPort,
      spoolDirectory: at('spool'),
      keyFile: at('tap.key'),
      statusFile: at('status.json'),
    }
  }
}

/** The cashier's API, called as the page calls it: with the cookie that came with the page. */
export class CashierDesk {
  private cookie: string | null = null

  constructor(private readonly url: string) {}

  state(): Promise<TillState> {
    return this.call('GET', 'state')
  }

  async receipts(): Promise<TillReceipt[]> {
    return (await this.call<{ receipts: TillReceipt[] }>('GET', 'receipts')).receipts
  }

  lookup(input: string): Promise<CashierLookupAnswer> {
    return this.call('POST', 'lookup', { input })
  }

  /** Looks the number up for the notice, and registers it. */
  async register(phone: string): Promise<CashierRegisterAnswer> {
    const { notice } = await this.lookup(phone)
    const { policyVersion, textSha256 } = notice
    return this.call('POST', 'register', { phone, policyVersion, textSha256 })
  }

  async assign(receiptId: string, memberId: string): Promise<TillReceipt> {
    const path = `receipts/${receiptId}/assign`
    return (await this.call<{ receipt: TillReceipt }>('POST', path, { memberId })).receipt
  }

  /** Takes the receipt back from the member it was given to. */
  async undo(receiptId: string): Promise<TillReceipt> {
    const path = `receipts/${receiptId}/undo`
    return (await this.call<{ receipt: TillReceipt }>('POST', path)).receipt
  }

  /** What an order may take of a member's points. */
  quote(memberId: string, orderFen: number): Promise<CashierQuoteAnswer> {
    return this.call('POST', 'points/quote', { memberId, orderFen })
  }

  /** Sets points aside for an order. */
  async hold(memberId: string, order: { orderFen: number; points: number }): Promise<CashierHold> {
    const body = { memberId, ...order }
    return (await this.call<{ hold: CashierHold }>('POST', 'points/hold', body)).hold
  }

  /** What a refund of all that is left of a sale would do with points. */
  previewRefund(receiptNo: string): Promise<CashierRefundAnswer> {
    return this.call('POST', 'refunds/preview', { receiptNo, refundFen: null })
  }

  /** The cashier has read it, and goes on with the refund. */
  confirmRefund(refundId: string): Promise<CashierRefundConfirmed> {
    return this.call('POST', 'refunds/confirm', { refundId })
  }

  /** What a code stands for, or all that a member can fetch here. */
  pickups(asked: object): Promise<CashierPickups> {
    return this.call('POST', 'pickups/find', asked)
  }

  /** The shopper has it. */
  handOver({ kind, pickupId, refunds }: TillPickup): Promise<CashierHandedOver> {
    return this.call('POST', 'pickups/hand-over', { kind, pickupId, refundsSeen: refunds })
  }

  /** The captured receipt with this number, as soon as it is there. */
  receipt(receiptNo: string): Promise<TillReceipt> {
    return until(
      async () => (await this.receipts()).find((one) => one.receiptNo === receiptNo) ?? null,
      `receipt ${receiptNo}`,
    )
  }

  /** Until everything that was captured and done here has been settled by the server. */
  async settled(waitMs = WAIT_MS_MAX): Promise<void> {
    await until(
      async () => {
        const { outboxDepth, connection } = await this.state()
        return outboxDepth === 0 && connection === 'online' ? true : null
      },
      'the outbox to be empty',
      waitMs,
    )
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    this.cookie ??= await this.openPage()
    const response = await fetch(`${this.url}/cashier/v1/${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        'x-huike-cashier': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
    return answer as T
  }

  private async openPage(): Promise<string> {
    const page = await fetch(`${this.url}/`)
    await page.arrayBuffer()
    return String(page.headers.get('set-cookie')).split(';')[0] ?? ''
  }
}

/** Asks every 50 ms until there is an answer; rejects after `waitMs`. */
export async function until<T>(
  look: () => Promise<T | null>,
  what: string,
  waitMs = WAIT_MS_MAX,
): Promise<T> {
  const endMs = performance.now() + waitMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > endMs) throw new Error(`waited ${String(waitMs)} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function isListening(port: number): Promise<true | null> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(null)
    })
  })
}
