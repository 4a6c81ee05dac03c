import type { IdentityGroup } from '@huike/shared/identities'
import type { ImportedIdentity, ImportedPerson } from '../imports/rows/person.js'
import type {
  IdentityOwner,
  IdentityValue,
  MembersService,
  NewIdentity,
} from '../members/members.service.js'
import type { NameComparer } from '../members/name-comparison.service.js'
import type { ProfilesService } from '../members/profiles.service.js'
import { resolve, type Candidate } from '@huike/shared/resolution'
import { BusyError, type Statements, type Tx } from '../platform/database.js'

// Who the people of a batch are, by the rules of every other channel (shared/resolution.ts). A file
// tells, and proves nothing: so what belongs to somebody else stays with them, nothing is merged, and
// no number changes hands.

/** As little as is known of a number that is not looked at: it is another one. */
const SOME_PHONE = { kind: 'phone', key: 'phone', assurance: 'claimed' } as const

/** Merges that may come between in a row. */
const LOOKS_MAX = 3

/** What resolving a person came to. */
export interface Resolved {
  /** Null: nobody is known by any of it. */
  memberId: string | null
  /** Some of it belongs to somebody else. */
  hasConflict: boolean
  /** Why a person has to look first; the member is then whom it would be. */
  doubt: 'identity_conflict' | 'name_conflict' | null
}

/** Names, where they are told of the members themselves and not of whom something was sent to. */
interface Names {
  profiles: ProfilesService
  differ: NameComparer
}

/** Who is looked for, and by which rules. */
export interface Gathering {
  people: readonly ImportedPerson[]
  /** What is believed of a person, the first first. */
  order: readonly IdentityGroup[]
  names: Names | null
}

export class ImportedPeople {
  readonly #ownerOf = new Map<string, string>()
  readonly #withPhone = new Set<string>()
  readonly #nameOf = new Map<string, string>()

  private constructor(
    private readonly keyOf: (identity: IdentityValue) => string,
    private readonly by: { order: readonly IdentityGroup[]; names: Names | null },
    owners: ReadonlyMap<string, IdentityOwner>,
  ) {
    for (const [key, { member }] of owners) this.#ownerOf.set(key, member.id)
  }

  /** Reads who is known by any identity of these people. */
  static async gather(
    statements: Statements,
    members: MembersService,
    from: Gathering,
  ): Promise<ImportedPeople> {
    const identities = from.people.flatMap((person) => person.identities)
    const owners = await members.findByIdentities(statements, identities)
    const found = new ImportedPeople((identity) => members.keyOf(identity), from, owners)
    const ids = [...new Set([...owners.values()].map(({ member }) => member.id))]
    for (const id of (await members.phonesOf(statements, ids)).keys()) found.#withPhone.add(id)
    const known = await from.names?.profiles.profilesOf(statements, ids)
    for (const [id, { name }] of known ?? []) if (name !== null) found.#nameOf.set(id, name)
    return found
  }

  /**
   * The same for a batch that is taken: whoever is known is locked, so that nobody is merged or erased
   * before what is learned of them is written. Throws BusyError when that cannot be had.
   */
  static async gatherLocked(
    tx: Tx,
    members: MembersService,
    from: Gathering,
  ): Promise<ImportedPeople> {
    const locked = new Set<string>()
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const found = await ImportedPeople.gather(tx, members, from)
      const ownerIds = [...new Set(found.#ownerOf.values())]
      // Nobody else writes beside SQLite's one writer.
      if (tx.forUpdate === '' || ownerIds.every((id) => locked.has(id))) return found
      await members.lockPresent(tx, ownerIds)
      for (const id of ownerIds) locked.add(id)
    }
    throw new BusyError('these members are being merged')
  }

  /** Decides who a person is, as of what has been learned. */
  resolve({ identities, name }: ImportedPerson): Resolved {
    const shown = identities.map((identity) => {
      const key = this.keyOf(identity)
      const memberId = this.#ownerOf.get(key)
      const owner = memberId === undefined ? null : { memberId, assurance: 'claimed' as const }
      const isDerived = identity.role === 'derived'
      return { kind: identity.kind, key, assurance: 'claimed' as const, isDerived, owner }
    })
    const ids = new Set(shown.flatMap(({ owner }) => owner?.memberId ?? []))
    const candidates = new Map([...ids].map((id) => [id, this.#candidate(id, name)]))
    const question = { shown, candidates, isApart: () => false, nowMs: 0 }
    const resolution = resolve(question, { order: this.by.order, quietMs: Infinity })
    const { verdict, hasOthers: hasConflict } = resolution
    switch (verdict) {
      case 'create':
        return { memberId: null, hasConflict, doubt: null }
      case 'attach':
        return { memberId: resolution.memberId, hasConflict, doubt: null }
      case 'review':
      case 'merge':
        return {
          memberId: resolution.memberIds[0] ?? null,
          hasConflict,
          doubt: resolution.reasons.includes('name_differs')
            ? 'name_conflict'
            : 'identity_conflict',
        }
    }
  }

  #candidate(memberId: string, name: string | null): Candidate {
    const known = this.#nameOf.get(memberId)
    const isNamed = name !== null && known !== undefined
    return {
      ...{ memberId, state: 'active', lastActiveAtMs: 0, isValued: false },
      isNamedOtherwise: isNamed && this.by.names?.differ(name, known) === true,
      holds: this.#withPhone.has(memberId) ? [SOME_PHONE] : [],
    }
  }

  /** Gives a person's identities that nobody has to `memberId`; answers those. */
  learn(person: ImportedPerson, memberId: string): ImportedIdentity[] {
    const fresh = person.identities.filter(
      (identity) => identity.role !== 'derived' && !this.#ownerOf.has(this.keyOf(identity)),
    )
    for (const identity of fresh) {
      this.#ownerOf.set(this.keyOf(identity), memberId)
      if (identity.kind === 'phone') this.#withPhone.add(memberId)
    }
    if (person.name !== null && !this.#nameOf.has(memberId)) this.#nameOf.set(memberId, person.name)
    return fresh
  }
}

/** Identities as they are written: told by a file, seen now. */
export function writtenIdentities(
  identities: readonly ImportedIdentity[],
  as: Pick<NewIdentity, 'memberId' | 'assurance' | 'source' | 'nowMs'>,
): NewIdentity[] {
  return identities.map(({ kind, namespace, value }) => ({ kind, namespace, value, ...as }))
}
