import type { Keyring } from '../platform/keyring.js'

// Codes are looked up by a keyed hash. Those that work once and those of posters share one list of them,
// so that what is one of the two is never the other.

const KIND = 'coupon code'

/** The hash of a code that was read. */
export function codeIndexOf(keyring: Pick<Keyring, 'blindIndex'>, code: string): string {
  return keyring.blindIndex(KIND, code)
}

/** The columns of a code, as they are written. */
export const CODE_COLUMNS = [
  'id',
  'templateId',
  'codeIndex',
  'memberId',
  'couponId',
  'usedAtMs',
  'createdAtMs',
  'createdBy',
  'posterId',
] as const
