import { tokenAnswerSchema } from '@huike/shared/contracts/agent'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Clock } from '../platform/clock.js'
import type { Enrolment } from '../store/enrolment.js'
import type { Store } from '../store/store.js'
import { signAssertion } from './device-token.js'
import type { ServerClient } from './server-client.js'

// Short tokens for the device key's signature. However many callers ask, one request is made. A till
// with a wrong clock is told the server's time with the refusal and signs again with that.

const RENEW_BEFORE_MS = 30_000
const SIGN_ATTEMPTS_MAX = 2

export type TokenResult =
  | { ok: true; token: string }
  | { ok: false; reason: 'unenrolled' | 'unreachable' }
  | { ok: false; reason: 'refused'; code: OutcomeCode }

export class Tokens {
  private current: { token: string; renewAtMonotonicMs: number } | null = null
  private asking: Promise<TokenResult> | null = null

  constructor(
    private readonly client: ServerClient,
    private readonly clock: Clock,
    private readonly store: Store,
    private readonly enrolment: () => Enrolment | null,
  ) {}

  /** A token that is still good, asked for when needed. */
  get(): Promise<TokenResult> {
    if (this.current && this.clock.monotonicMs() < this.current.renewAtMonotonicMs)
      return Promise.resolve({ ok: true, token: this.current.token })
    this.asking ??= this.ask().finally(() => {
      this.asking = null
    })
    return this.asking
  }

  /** The server did not take this token: the next `get` asks for another. */
  discard(token: string): void {
    if (this.current?.token === token) this.current = null
  }

  private async ask(): Promise<TokenResult> {
    const enrolment = this.enrolment()
    if (!enrolment) return { ok: false, reason: 'unenrolled' }
    for (let attempt = 1; ; attempt += 1) {
      const assertion = signAssertion({ ...enrolment, nowMs: this.clock.correctedNowMs() })
      const exchange = await this.client.ask({
        method: 'POST',
        path: 'agent/v1/token',
        body: { assertion },
      })
      if (exchange.kind === 'problem') {
        const { code } = exchange.problem
        if (code === 'clock_skew' && attempt < SIGN_ATTEMPTS_MAX) continue
        return { ok: false, reason: 'refused', code }
      }
      const answer = exchange.kind === 'answer' ? tokenAnswerSchema.safeParse(exchange.body) : null
      if (!answer?.success) return { ok: false, reason: 'unreachable' }
      const { accessToken, expiresAtMs, serverTimeMs, phoneIndexKey } = answer.data
      this.current = {
        token: accessToken,
        renewAtMonotonicMs: this.clock.monotonicMs() + expiresAtMs - serverTimeMs - RENEW_BEFORE_MS,
      }
      await this.keepKey(phoneIndexKey)
      return { ok: true, token: accessToken }
    }
  }

  /** Without room on the disk the key stays unknown to the cache; the token is good all the same. */
  private async keepKey(phoneIndexKey: string): Promise<void> {
    try {
      await this.store.members.keepPhoneIndexKey(phoneIndexKey)
    } catch {
      return
    }
  }
}
