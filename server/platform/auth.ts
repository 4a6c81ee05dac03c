import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import jwt from 'jsonwebtoken'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from './clock.js'
import { CONFIG, type Config } from './config.js'

// Tokens. Access tokens are short JWTs signed by the server (HS256, one derived key per audience, so
// that a member's token is nothing to the console). A till proves itself with an assertion signed by
// the ES256 key it minted. The only file that imports jsonwebtoken.

export type Audience = 'agent' | 'member' | 'console'

const ACCESS_TTL_S: Record<Audience, number> = { agent: 900, member: 900, console: 3_600 }
/** An assertion lives a minute; a till whose clock is further off is told the time. */
const ASSERTION_TTL_S_MAX = 60
const ASSERTION_SKEW_S_MAX = 90
export const ASSERTION_AUDIENCE = 'huike'

/** What an access token says. `sub` is the terminal, the session or the staff member. */
export interface AccessClaims {
  sub: string
  /** The member of a session, when it has one. */
  member?: string
  role?: string
}

@Injectable()
export class AuthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Signs an access token; answers it with its expiry. */
  issue(audience: Audience, claims: AccessClaims): { accessToken: string; expiresAtMs: number } {
    const issuedAtS = this.#nowS()
    const expiresAtS = issuedAtS + ACCESS_TTL_S[audience]
    const accessToken = jwt.sign(
      { ...claims, iat: issuedAtS, exp: expiresAtS },
      this.config.keyring.tokenKey(audience),
      { algorithm: 'HS256', audience },
    )
    return { accessToken, expiresAtMs: expiresAtS * 1000 }
  }

  /** Reads an access token. Refuses `token_invalid` and `token_expired`. */
  verify(audience: Audience, token: string): ({ ok: true } & AccessClaims) | Refusal {
    try {
      const payload = jwt.verify(token, this.config.keyring.tokenKey(audience), {
        algorithms: ['HS256'],
        audience,
        clockTimestamp: this.#nowS(),
      })
      if (typeof payload === 'string' || payload.sub === undefined) return refuse('token_invalid')
      const { sub } = payload
      const member: unknown = payload['member']
      const role: unknown = payload['role']
      return {
        ok: true,
        sub,
        ...(typeof member === 'string' ? { member } : {}),
        ...(typeof role === 'string' ? { role } : {}),
      }
    } catch (error) {
      return refuse(error instanceof jwt.TokenExpiredError ? 'token_expired' : 'token_invalid')
    }
  }

  /** The terminal an assertion claims to be from; unproven until `verifyAssertion`. */
  claimedTerminal(assertion: string): string | null {
    try {
      const payload = jwt.decode(assertion)
      return typeof payload === 'object' && typeof payload?.sub === 'string' ? payload.sub : null
    } catch {
      // A header that says JWT before a body that is no JSON.
      return null
    }
  }

  /** Checks a till's assertion against its key. Refuses `token_invalid` and `clock_skew`. */
  verifyAssertion(assertion: string, publicKeyJwk: string): { ok: true } | Refusal {
    let payload: jwt.JwtPayload | string
    try {
      const key = createPublicKey({ key: JSON.parse(publicKeyJwk) as JsonWebKey, format: 'jwk' })
      payload = jwt.verify(assertion, key, {
        algorithms: ['ES256'],
        audience: ASSERTION_AUDIENCE,
        // Times are judged below, after the signature, so that only the till learns of its clock.
        ignoreExpiration: true,
        ignoreNotBefore: true,
      })
    } catch {
      return refuse('token_invalid')
    }
    if (typeof payload === 'string') return refuse('token_invalid')
    const { iat, exp } = payload
    if (iat === undefined || exp === undefined || exp - iat > ASSERTION_TTL_S_MAX)
      return refuse('token_invalid')
    return Math.abs(this.#nowS() - iat) > ASSERTION_SKEW_S_MAX ? refuse('clock_skew') : { ok: true }
  }

  #nowS(): number {
    return Math.floor(this.clock.nowMs() / 1000)
  }
}
