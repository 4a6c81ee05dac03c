import type { Session } from '@huike/shared/contracts/member'
import type { ReferralOutcome } from '@huike/shared/contracts/referrals'
import { failure, isPassing, resultOf, type Result } from '../api/result.js'
import { routes } from '../api/routes.js'
import type { ApiRequest, Transport } from '../api/transport.js'
import type { Keeper } from '../data/keeper.js'
import { createStore, type Store } from '../data/store.js'

// Who is signed in. Access tokens are short, the refresh token is replaced at every use, so only
// one refresh may ever be under way: requests that meet an expired token wait for the same one.
// When the server will not refresh, WeChat is asked to vouch for the person again, silently; only
// then is the person signed out. Without a network nobody is ever signed out.

/** An access token this close to its end is replaced before it is used. */
const ACCESS_MARGIN_MS = 10_000

export type SessionState =
  | { readonly kind: 'signed_out' }
  /** WeChat knows the person, the chain does not: no phone number yet. */
  | { readonly kind: 'phone_needed' }
  | { readonly kind: 'member'; readonly memberId: string }

/** Who is signed in now, and what became of the code they registered with. */
export type SignedIn = SessionState & { readonly referral?: ReferralOutcome }

export interface SessionPorts {
  readonly transport: Transport
  readonly keeper: Keeper
  readonly nowMs: () => number
  /** A fresh code of wx.login, or null where WeChat cannot give one. */
  readonly wechatCode: () => Promise<string | null>
}

export interface SessionStore extends Store<SessionState> {
  /** Signs in with WeChat: 'wechat_code_invalid' where there is no WeChat. */
  signInWithWechat(): Promise<Result<SessionState>>
  /** Signs in by phone alone; only a sandbox server answers. */
  signInInSandbox(phone: string, referralCode?: string): Promise<Result<SignedIn>>
  /** Hands over the phone number, as the code of WeChat's phone button. */
  givePhone(code: string, referralCode?: string): Promise<Result<SignedIn>>
  /** One request in the person's name. */
  send<T>(request: ApiRequest): Promise<Result<T>>
  /** Forgets the person and everything kept for them. */
  signOut(): void
  /** Notes the server's clock, told with an answer. */
  learnClock(serverTimeMs: number): void
  /** The server's time now, as far as this phone can tell. */
  serverNowMs(): number
}

/** Opens the session kept on the phone, if any. */
export function createSession(ports: SessionPorts): SessionStore {
  return new KeptSession(ports)
}

class KeptSession implements SessionStore {
  readonly get: () => SessionState
  readonly subscribe: Store<SessionState>['subscribe']
  private readonly state: ReturnType<typeof createStore<SessionState>>
  private session: Session | null
  private clockOffsetMs: number
  private renewal: Promise<Result<Session>> | null = null

  constructor(private readonly ports: SessionPorts) {
    const { keeper } = ports
    this.session = keeper.read<Session>('session')
    this.clockOffsetMs = keeper.read<{ offsetMs: number }>('clock')?.offsetMs ?? 0
    this.state = createStore<SessionState>(stateOf(this.session))
    this.get = this.state.get
    this.subscribe = this.state.subscribe
  }

  async signInWithWechat(): Promise<Result<SessionState>> {
    return this.keep(await this.askWechat())
  }

  async signInInSandbox(phone: string, referralCode = ''): Promise<Result<SignedIn>> {
    const body = withCode({ phone }, referralCode)
    return this.keep(await this.post<Session>(routes.signInInSandbox, body))
  }

  async givePhone(code: string, referralCode = ''): Promise<Result<SignedIn>> {
    const body = withCode({ code }, referralCode)
    return this.keep(await this.send<Session>({ method: 'POST', path: routes.phone, body }))
  }

  async send<T>(request: ApiRequest): Promise<Result<T>> {
    if (this.session === null) return failure('token_missing')
    let used = this.session
    if (used.accessExpiresAtMs - ACCESS_MARGIN_MS <= this.serverNowMs()) {
      const fresh = await this.renewed(used)
      if (!fresh.ok) return fresh
      used = fresh.value
    }
    const answer = await this.ports.transport({ ...request, accessToken: used.accessToken })
    if (!answer.reached || answer.status !== 401) return resultOf<T>(answer)
    const fresh = await this.renewed(used)
    if (!fresh.ok) return fresh
    const { accessToken } = fresh.value
    return resultOf<T>(await this.ports.transport({ ...request, accessToken }))
  }

  /** Tells the server on the way out; being off line keeps nobody signed in here. */
  signOut(): void {
    if (this.session !== null) {
      const { accessToken } = this.session
      void this.ports.transport({ method: 'DELETE', path: routes.session, accessToken })
    }
    this.forget()
  }

  learnClock(serverTimeMs: number): void {
    this.clockOffsetMs = serverTimeMs - this.ports.nowMs()
    this.ports.keeper.write('clock', { offsetMs: this.clockOffsetMs })
  }

  serverNowMs(): number {
    return this.ports.nowMs() + this.clockOffsetMs
  }

  /** A fresh session in place of `stale`: another caller may have brought it already. */
  private async renewed(stale: Session): Promise<Result<Session>> {
    if (this.session === null) return failure('token_missing')
    if (this.session.accessToken !== stale.accessToken) return { ok: true, value: this.session }
    this.renewal ??= this.renew(stale.refreshToken)
    return this.renewal
  }

  private async renew(refreshToken: string): Promise<Result<Session>> {
    const result = await this.askForRenewal(refreshToken)
    this.renewal = null
    // Signed out meanwhile: what arrives late is not kept.
    if (this.session === null) return failure('token_missing')
    if (result.ok) this.keep(result)
    else if (!isPassing(result)) this.forget()
    return result
  }

  private async askForRenewal(refreshToken: string): Promise<Result<Session>> {
    const refreshed = await this.post<Session>(routes.refresh, { refreshToken })
    if (refreshed.ok || isPassing(refreshed)) return refreshed
    const vouched = await this.askWechat()
    return vouched.ok || isPassing(vouched) ? vouched : failure('token_expired')
  }

  private async askWechat(): Promise<Result<Session>> {
    const code = await this.ports.wechatCode()
    if (code === null) return failure('wechat_code_invalid')
    return this.post<Session>(routes.signInWithWechat, { code })
  }

  private async post<T>(path: string, body: unknown): Promise<Result<T>> {
    return resultOf<T>(await this.ports.transport({ method: 'POST', path, body }))
  }

  private keep(result: Result<Session>): Result<SignedIn> {
    if (!result.ok) return result
    const { keeper } = this.ports
    if (this.session !== null && this.session.memberId !== result.value.memberId) keeper.clear()
    this.session = result.value
    keeper.write('session', this.session)
    this.learnClock(this.session.serverTimeMs)
    this.state.set(stateOf(this.session))
    const referral = result.value.referral ?? null
    const state = this.state.get()
    return { ok: true, value: referral === null ? state : { ...state, referral } }
  }

  private forget(): void {
    this.session = null
    this.ports.keeper.clear()
    this.state.set({ kind: 'signed_out' })
  }
}

function withCode(body: object, referralCode: string): object {
  return referralCode === '' ? body : { ...body, referralCode }
}

function stateOf(session: Session | null): SessionState {
  if (session === null) return { kind: 'signed_out' }
  return session.memberId === null
    ? { kind: 'phone_needed' }
    : { kind: 'member', memberId: session.memberId }
}
