import { Secret, TOTP } from 'otpauth'

// The second factor: codes of RFC 6238 as every authenticator makes them. The only file that imports
// otpauth.

/** The length RFC 4226 recommends for SHA-1. */
const SECRET_BYTES = 20
const PERIOD_S = 30
const DIGITS = 6
/** Phones' clocks are off by a little: one step before and one after. */
const SKEW_STEPS = 1
/** The library compares bytes, and breaks on digits of other alphabets. */
const CODE = /^[0-9]{6}$/

/** A fresh secret, in base 32. */
export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32
}

/** What an authenticator reads from the picture: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function uriOf(secret: string, who: { issuer: string; username: string }): string {
  return totpOf(secret, who).toString()
}

/** The time step whose code this is, one step early or late at most; null when it is none. */
export function stepOf(code: string, secret: string, nowMs: number): number | null {
  if (!CODE.test(code)) return null
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window: SKEW_STEPS })
  return delta === null ? null : TOTP.counter({ period: PERIOD_S, timestamp: nowMs }) + delta
}

function totpOf(secret: string, { issuer = '', username = '' } = {}): TOTP {
  return new TOTP({
    issuer,
    label: username,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    secret: Secret.fromBase32(secret),
  })
}
