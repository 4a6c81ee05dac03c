import type { IdentityKind } from './identities.js'

// Numbers as platforms hand them out: hashed, with something of their own appended.

/** A hashed kind, and its algorithm by the name every crypto library has for it. */
export const PHONE_HASHES = [
  { kind: 'phone_md5', algorithm: 'md5' },
  { kind: 'phone_sha256', algorithm: 'sha256' },
] as const satisfies readonly { kind: IdentityKind; algorithm: string }[]
export type PhoneHashKind = (typeof PHONE_HASHES)[number]['kind']

/** What a platform appends; nothing where the chain has not been told. */
export function saltOf(
  salts: readonly { platform: string; salt: string }[],
  platform: string,
): string {
  return salts.find((one) => one.platform === platform)?.salt ?? ''
}
