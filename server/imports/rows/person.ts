import { createHash } from 'node:crypto'
import type { ImportField } from '@huike/shared/import-fields'
import { normaliseIdentity, type IdentityKind } from '@huike/shared/identities'
import { normalisePhone } from '@huike/shared/phone'
import { PHONE_HASHES } from '@huike/shared/phone-hash'
import { isMaskedPhone } from './field-values.js'
import { reject, type RowProblem } from './row-problem.js'

// Who a row is about. Identities stand in the order in which they are believed.

const NAME_CHARACTERS_MAX = 60
const PHONE_NAMESPACE = 'cn'
/** One address is one address, whoever sent it. */
const EMAIL_NAMESPACE = ''

export interface ImportedIdentity {
  kind: IdentityKind
  namespace: string
  value: string
  /**
   * named: the row says so, and it finds its owner. derived: for finding only. following: belongs to
   * whom the others name, for a household may share it.
   */
  role: 'named' | 'derived' | 'following'
}

type Role = ImportedIdentity['role']

export interface ImportedPerson {
  identities: ImportedIdentity[]
  name: string | null
  /** The platform hid the number. */
  isPhoneMasked: boolean
}

/** What a row says in a field; empty when the field has no column. */
export type CellsOf = (field: ImportField) => string

/**
 * Reads who a row is about. Nobody is an answer too: a person without identities. A number that is
 * wrong is told only where nothing else leads to somebody.
 */
export function personOf(
  cells: CellsOf,
  { namespace, salt }: { namespace: string; salt: string },
): ImportedPerson | RowProblem {
  const identities: ImportedIdentity[] = []
  const add = (kind: IdentityKind, where: string, value: string, role: Role = 'named'): boolean => {
    const normal = normaliseIdentity(kind, value)
    if (normal === null) return false
    identities.push({ kind, namespace: where, value: normal, role })
    return true
  }
  const written = cells('phone')
  const phone = normalisePhone(written)
  const isPhoneMasked = phone === null && isMaskedPhone(written)
  if (phone !== null) {
    add('phone', PHONE_NAMESPACE, phone)
    for (const { kind, algorithm } of PHONE_HASHES) {
      const hash = createHash(algorithm).update(phone + salt)
      add(kind, namespace, hash.digest('hex'), 'derived')
    }
  }
  add('card', namespace, cells('card'))
  add('platform_buyer', namespace, cells('buyer'))
  let isHashWrong = false
  for (const [field, kind] of HASH_FIELDS) {
    const cell = cells(field)
    if (cell !== '' && !add(kind, namespace, cell)) isHashWrong = true
  }
  add('email', EMAIL_NAMESPACE, cells('email'), phone === null ? 'named' : 'following')
  if (identities.length === 0) {
    if (written !== '' && phone === null && !isPhoneMasked) return reject('phone_invalid')
    if (isHashWrong) return reject('hash_invalid')
  }
  const name = [...cells('name').normalize('NFKC')].slice(0, NAME_CHARACTERS_MAX).join('')
  return { identities, name: name === '' || name.includes('*') ? null : name, isPhoneMasked }
}

const HASH_FIELDS = [
  ['phoneMd5', 'phone_md5'],
  ['phoneSha256', 'phone_sha256'],
] as const
