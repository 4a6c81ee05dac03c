import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import jsonwebtoken from 'jsonwebtoken'
import type { EnrolRequest } from '@huike/shared/contracts/agent'
import { allowanceSchema, type Allowance, type AllowanceKey } from '@huike/shared/contracts/offline'

// The device key and what it signs: the one file that knows JSON Web Tokens.

const ASSERTION_SECONDS = 60
const AUDIENCE = 'huike'

export interface DeviceKey {
  privateKeyPem: string
  publicKey: EnrolRequest['publicKey']
}

/** Mints this till's own ES256 key; the private half never leaves the machine. */
export function mintDeviceKey(): DeviceKey {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = pair.publicKey.export({ format: 'jwk' })
  if (x === undefined || y === undefined) throw new Error('an EC key without a point')
  return {
    privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
  }
}

/** Signs who this till is, for one minute from `nowMs` by the server's clock as known. */
export function signAssertion(input: {
  privateKeyPem: string
  terminalId: string
  nowMs: number
}): string {
  const issuedAt = Math.floor(input.nowMs / 1_000)
  const claims = {
    iss: input.terminalId,
    sub: input.terminalId,
    aud: AUDIENCE,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  }
  return jsonwebtoken.sign(claims, input.privateKeyPem, { algorithm: 'ES256' })
}

/**
 * What the server has signed that this till may redeem; null where it was not signed by one of these
 * keys, for this till, or was altered. Whether its time is over is not asked here.
 */
export function readAllowance(
  token: string,
  by: { keys: readonly AllowanceKey[]; terminalId: string },
): Allowance | null {
  for (const { kid, ...jwk } of by.keys) {
    try {
      const key = createPublicKey({ key: jwk, format: 'jwk' })
      const claims = jsonwebtoken.verify(token, key, {
        ...{ algorithms: ['ES256'], audience: by.terminalId, complete: true },
        // Judged by a clock that is not turned back.
        ignoreExpiration: true,
      })
      const allowance = allowanceSchema.safeParse(claims.payload)
      if (claims.header.kid === kid && allowance.success) return allowance.data
    } catch {
      continue
    }
  }
  return null
}
