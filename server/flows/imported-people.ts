import type { ImportedIdentity, ImportedPerson } from '../imports/rows/person.js'
import type { Member } from '../members/member.entity.js'
import type { IdentityValue, MembersService, NewIdentity } from '../members/members.service.js'
import { BusyError, type Statements, type Tx } from '../platform/database.js'

// Who the people of a batch are. The identities of a person stand in the order in which they are
// believed: the first that belongs to somebody decides, and what belongs to somebody else stays with
// them. A number nobody has, on an account whose owner has another number, is for a person to decide.

/** Merges that may come between in a row. */
const LOOKS_MAX = 3

/** What resolving a person came to. */
export interface Resolved {
  /** Null: nobody is known by any of it. */
  memberId: string | null
  /** Some of it belongs to somebody else. */
  hasConflict: boolean
  /** Only a lower identity leads there, and the phone number differs. */
  isMismatch: boolean
}

export class ImportedPeople {
  readonly #ownerOf = new Map<string, string>()
  readonly #withPhone = new Set<string>()

  private constructor(
    private readonly keyOf: (identity: IdentityValue) => string,
    owners: ReadonlyMap<string, Member>,
  ) {
    for (const [key, member] of owners) this.#ownerOf.set(key, member.id)
  }

  /** Reads who is known by any identity of these people. */
  static async gather(
    statements: Statements,
    members: MembersService,
    people: readonly ImportedPerson[],
  ): Promise<ImportedPeople> {
    const identities = people.flatMap((person) => person.identities)
    const owners = await members.findByIdentities(statements, identities)
    const found = new ImportedPeople((identity) => members.keyOf(identity), owners)
    const ids = [...new Set([...owners.values()].map(({ id }) => id))]
    for (const id of (await members.phonesOf(statements, ids)).keys()) found.#withPhone.add(id)
    return found
  }

  /**
   * The same for a batch that is taken: whoever is known is locked, so that nobody is merged or erased
   * before what is learned of them is written. Throws BusyError when that cannot be had.
   */
  static async gatherLocked(
    tx: Tx,
    members: MembersService,
    people: readonly ImportedPerson[],
  ): Promise<ImportedPeople> {
    const locked = new Set<string>()
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const found = await ImportedPeople.gather(tx, members, people)
      const ownerIds = [...new Set(found.#ownerOf.values())]
      // Nobody else writes beside SQLite's one writer.
      if (tx.forUpdate === '' || ownerIds.every((id) => locked.has(id))) return found
      await members.lockPresent(tx, ownerIds)
      for (const id of ownerIds) locked.add(id)
    }
    throw new BusyError('these members are being merged')
  }

  /** Decides who a person is, as of what has been learned. */
  resolve({ identities }: ImportedPerson): Resolved {
    const owners = identities.map((identity) => this.#ownerOf.get(this.keyOf(identity)) ?? null)
    const memberId =
      owners.find((owner, at) => owner !== null && identities[at]?.role !== 'following') ?? null
    const hasConflict = identities.some(({ role }, at) => {
      const owner = owners[at] ?? null
      return role !== 'derived' && owner !== null && owner !== memberId
    })
    const phoneAt = identities.findIndex(({ kind }) => kind === 'phone')
    const isPhoneNew = phoneAt >= 0 && owners[phoneAt] === null
    const isPhoneProven = identities.some(
      ({ role }, at) => role === 'derived' && memberId !== null && owners[at] === memberId,
    )
    return {
      memberId,
      hasConflict,
      isMismatch:
        memberId !== null && isPhoneNew && !isPhoneProven && this.#withPhone.has(memberId),
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
