import { snapshotAnswerSchema } from '@huike/shared/contracts/agent'
import type { SnapshotAnswer } from '@huike/shared/contracts/agent'
import type { Logger } from '../platform/log.js'
import { StorageFullError } from '../store/context.js'
import type { Store } from '../store/store.js'
import type { LinkState } from './link-state.js'
import type { ServerClient } from './server-client.js'
import type { Tokens } from './tokens.js'

// Every five seconds: is the server there, and what changed among the store's members? A beat that
// is not over after four seconds counts as silence, so that "offline" is on screen within ten.

export interface HeartbeatTimes {
  everyMs: number
  limitMs: number
}
export const HEARTBEAT_TIMES: HeartbeatTimes = { everyMs: 5_000, limitMs: 4_000 }
const PAGES_PER_BEAT_MAX = 20
/** A till that was stopped asks this seldom whether it may go on. */
const BEATS_BETWEEN_WHEN_REVOKED = 60

type Beat = 'answered' | 'silent' | 'revoked' | 'unenrolled'

export class Heartbeat {
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> = Promise.resolve()
  private isStopped = true
  private skips = 0
  private known = ''

  constructor(
    private readonly store: Store,
    private readonly client: ServerClient,
    private readonly tokens: Tokens,
    private readonly link: LinkState,
    private readonly log: Logger,
    /** The server told something new of these members. */
    private readonly onMembers: (memberIds: string[]) => void,
    private readonly times: HeartbeatTimes = HEARTBEAT_TIMES,
  ) {}

  start(): void {
    this.isStopped = false
    this.schedule(0)
  }

  async stop(): Promise<void> {
    this.isStopped = true
    if (this.timer) clearTimeout(this.timer)
    await this.running
  }

  /** Something looked wrong elsewhere: find out now. */
  nudge(): void {
    if (this.timer === null || this.isStopped) return
    clearTimeout(this.timer)
    this.schedule(0)
  }

  /** One beat; public so that a test can take it step by step. */
  async beat(): Promise<void> {
    if (this.link.snapshot().connection === 'revoked' && this.skips > 0) {
      this.skips -= 1
      return
    }
    const limit = new Promise<Beat>((resolve) => {
      setTimeout(resolve, this.times.limitMs, 'silent').unref()
    })
    const outcome = await Promise.race([this.ask(), limit])
    switch (outcome) {
      case 'answered':
        this.link.answered()
        return
      case 'silent':
        this.link.silent()
        return
      case 'unenrolled':
        this.link.unenrolled()
        return
      case 'revoked':
        this.skips = BEATS_BETWEEN_WHEN_REVOKED
        this.link.revoked()
        return
    }
  }

  private async ask(): Promise<Beat> {
    for (let pages = 0; pages < PAGES_PER_BEAT_MAX; pages += 1) {
      const answer = await this.page()
      if (typeof answer === 'string') return answer
      await this.keep(answer)
      if (answer.complete) break
    }
    return 'answered'
  }

  private async page(isSecondTry = false): Promise<SnapshotAnswer | Beat> {
    const token = await this.tokens.get()
    if (!token.ok) {
      if (token.reason === 'refused') return isStop(token.code) ? 'revoked' : 'silent'
      return token.reason === 'unenrolled' ? 'unenrolled' : 'silent'
    }
    const cursor = await this.store.members.snapshotCursor()
    const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const exchange = await this.client.ask({
      method: 'GET',
      path: `agent/v1/snapshot${query}`,
      token: token.token,
      totalMs: this.times.limitMs,
    })
    if (exchange.kind === 'answer') {
      const page = snapshotAnswerSchema.safeParse(exchange.body)
      return page.success ? page.data : 'silent'
    }
    if (exchange.kind === 'problem' && isStop(exchange.problem.code)) return 'revoked'
    if ('status' in exchange && exchange.status === 401 && !isSecondTry) {
      this.tokens.discard(token.token)
      return this.page(true)
    }
    return 'silent'
  }

  /** Writes a page only when it tells something new: a beat is not a reason to sync a disk. */
  private async keep(page: SnapshotAnswer): Promise<void> {
    const told = JSON.stringify([page.nextCursor, page.notice])
    if (page.members.length === 0 && told === this.known) return
    try {
      await this.store.members.applySnapshot(page)
      this.known = told
      if (page.members.length > 0) this.onMembers(page.members.map((member) => member.memberId))
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error
    }
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return
    this.timer = setTimeout(() => {
      this.timer = null
      const begunMs = performance.now()
      this.running = this.beat()
        .catch((error: unknown) => {
          this.log.error({ err: error }, 'heartbeat')
          this.link.silent()
        })
        .finally(() => {
          this.schedule(Math.max(0, this.times.everyMs - (performance.now() - begunMs)))
        })
    }, delayMs)
  }
}

function isStop(code: string): boolean {
  return code === 'terminal_revoked' || code === 'terminal_unknown'
}
