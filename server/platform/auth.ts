import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import jwt from 'jsonwebtoken'
import type { Allowance, AllowanceKey } from '@huike/shared/contracts/offline'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from './clock.js'
import { CONFIG, type Config } from './config.js'

// Tokens. Access tokens are short JWTs signed by the server (HS256, one derived key per audience, so
// that a member's token is nothing to the console). A till proves itself with an assertion signed by
// the ES256 key it minted; what a till may redeem without a network is signed by an ES256 key of the
// server's, so that it can be checked there. The only file that imports jsonwebtoken.

export type Audience = 'agent' | 'member' | 'console'

const ACCESS_TTL_S: Record<Audience, number> = { agent: 900, member: 900, console: 3_600 }
/** An assertion lives a minute; a till whose clock is further off is told the time. */
const ASSERTION_TTL_S_MAX = 60
const ASSERTION_SKEW_S_MAX = 90
const PROVEN_MAX = 10_000
export const ASSERTION_AUDIENCE = 'huike'
const KEY_ID_CHARACTERS = 16
/** A 256-bit number is no private key of P-256 once in 2^32. */
const SEEDS_MAX = 8

/** What an access token says. `sub` is the terminal, or the session of a member or of staff. */
export interface AccessClaims {
  sub: string
  /** The member of a session, when it has one. */
  member?: string
}

/** What a checked token says, and until when it may be believed. */
interface Proven {
  claims: AccessClaims
  expiresAtS: number
}

@Injectable()
export class AuthService {
  readonly #keys = new Map<Audience, KeyObject>()
  #allowanceKey: { key: KeyObject; public: AllowanceKey } | null = null
  /** Tokens whose signature was checked before: a till sends the same one for minutes. */
  readonly #proven = new Map<string, Proven>()

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
      this.#keyOf(audience),
      { algorithm: 'HS256', audience },
    )
    return { accessToken, expiresAtMs: expiresAtS * 1000 }
  }

  /** Reads an access token. Refuses `token_invalid` and `token_expired`. */
  verify(audience: Audience, token: string): ({ ok: true } & AccessClaims) | Refusal {
    const name = `${audience}|${token}`
    const known = this.#proven.get(name)
    if (known && known.expiresAtS > this.#nowS()) return { ok: true, ...known.claims }
    const read = this.#read(audience, token)
    if (!read.ok) return read
    if (this.#proven.size >= PROVEN_MAX) this.#proven.clear()
    this.#proven.set(name, read)
    return { ok: true, ...read.claims }
  }

  #read(audience: Audience, token: string): ({ ok: true } & Proven) | Refusal {
    try {
      const payload = jwt.verify(token, this.#keyOf(audience), {
        algorithms: ['HS256'],
        audience,
        clockTimestamp: this.#nowS(),
      })
      if (typeof payload === 'string' || payload.sub === undefined) return refuse('token_invalid')
      const { sub, exp } = payload
      if (exp === undefined) return refuse('token_invalid')
      const member: unknown = payload['member']
      return {
        ok: true,
        expiresAtS: exp,
        claims: {
          sub,
          ...(typeof member === 'string' ? { member } : {}),
        },
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

  /** Signs what one till may redeem without a network until `expiresAtMs`. */
  signAllowance(claims: Allowance): string {
    const { key, public: known } = this.#signingKey()
    const [iat, exp] = [claims.issuedAtMs, claims.expiresAtMs].map((ms) => Math.floor(ms / 1000))
    return jwt.sign({ ...claims, iat, exp }, key, {
      ...{ algorithm: 'ES256', audience: claims.terminalId, keyid: known.kid },
    })
  }

  /** The public keys that check what `signAllowance` signs. */
  allowanceKeys(): AllowanceKey[] {
    return [this.#signingKey().public]
  }

  #signingKey(): { key: KeyObject; public: AllowanceKey } {
    this.#allowanceKey ??= es256Key((attempt) => this.config.keyring.allowanceSeed(attempt))
    return this.#allowanceKey
  }

  /** Derived once. As a KeyObject, because the library would try bytes as a public key first. */
  #keyOf(audience: Audience): KeyObject {
    const known = this.#keys.get(audience)
    if (known) return known
    const made = createSecretKey(this.config.keyring.tokenKey(audience))
    this.#keys.set(audience, made)
    return made
  }

  #nowS(): number {
    return Math.floor(this.clock.nowMs() / 1000)
  }
}

/** The ES256 key of the first seed that is a private key of P-256 (SEC 1 §3.2.1), with its JWK. */
function es256Key(seedOf: (attempt: number) => Buffer): { key: KeyObject; public: AllowanceKey } {
  for (let attempt = 0; attempt < SEEDS_MAX; attempt += 1) {
    const seed = seedOf(attempt)
    const curve = createECDH('prime256v1')
    try {
      curve.setPrivateKey(seed)
    } catch {
      continue
    }
    const point = curve.getPublicKey()
    const half = (point.length - 1) / 2
    const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)].map((part) =>
      part.toString('base64url'),
    )
    const jwk = { kty: 'EC' as const, crv: 'P-256' as const, x: x ?? '', y: y ?? '' }
    const kid = createHash('sha256').update(point).digest('base64url').slice(0, KEY_ID_CHARACTERS)
    const d = seed.toString('base64url')
    const key = createPrivateKey({ key: { ...jwk, d }, format: 'jwk' })
    return { key, public: { ...jwk, kid } }
  }
  throw new Error('no seed is a key of P-256')
}
