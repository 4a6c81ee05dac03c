import { instantOfLocal } from '@huike/shared/local-time'
import type { ProfileValues } from '../../members/profiles.service.js'
import { birthdayOf, genderOf, timeOf } from './field-values.js'
import { personOf, type CellsOf, type ImportedPerson } from './person.js'
import { reject, type RowProblem } from './row-problem.js'

// A row of a file of members. What it says of a person beyond their identities fills gaps and
// overwrites nothing; a value that cannot be read is left out, for it is no reason to lose somebody.

const TEXT_CHARACTERS_MAX = 200

export interface MemberRow {
  ok: true
  person: ImportedPerson
  profile: Partial<ProfileValues>
  registeredAtMs: number | null
}

/** Reads a row about a member. `now` bounds what may have happened. */
export function memberRowOf(
  cells: CellsOf,
  by: { namespace: string; salt: string; timeZone: string; today: string; nowMs: number },
): MemberRow | RowProblem {
  const person = personOf(cells, by)
  if ('ok' in person) return person
  if (!person.identities.some(({ role }) => role !== 'derived'))
    return reject(person.isPhoneMasked ? 'phone_masked' : 'no_identity')
  const email = person.identities.find(({ kind }) => kind === 'email')?.value
  const told: ProfileValues = {
    name: person.name,
    birthday: birthdayOf(cells('birthday'), by.today),
    gender: genderOf(cells('gender')),
    email: email ?? null,
    city: textOf(cells('city')),
    address: textOf(cells('address')),
  }
  const profile = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
  const registeredAtMs = instantOf(cells('registeredAt'), by.timeZone)
  return {
    ok: true,
    person,
    profile,
    registeredAtMs: isWithin(registeredAtMs, by.nowMs) ? registeredAtMs : null,
  }
}

/** No day that is still to come, and none of the fill-ins before 1970. */
function isWithin(atMs: number | null, nowMs: number): boolean {
  return atMs !== null && atMs >= 0 && atMs <= nowMs
}

/** The instant a cell names, by the wall of `timeZone` unless it has an offset of its own. */
export function instantOf(cell: string, timeZone: string): number | null {
  const written = timeOf(cell)
  if (written === null) return null
  if (written.offsetMinutes === null) return instantOfLocal(written.local, timeZone)
  return Date.parse(`${written.local}Z`) - written.offsetMinutes * 60_000
}

function textOf(cell: string): string | null {
  const text = [...cell.normalize('NFKC').trim()].slice(0, TEXT_CHARACTERS_MAX).join('')
  return text === '' || text.includes('*') ? null : text
}
