import type { ImportBatch } from '../imports/import-reading.service.js'
import type { ImportedPerson } from '../imports/rows/person.js'
import type { MemberRow } from '../imports/rows/member-row.js'
import type { Member } from '../members/member.entity.js'
import type { Assurance } from '@huike/shared/identities'
import type { MembersService, NewIdentity } from '../members/members.service.js'
import type { NameComparisonService } from '../members/name-comparison.service.js'
import type { ProfilesService, ProfileValues } from '../members/profiles.service.js'
import { localDate } from '../platform/clock.js'
import type { Statements, Tx } from '../platform/database.js'
import type { DomainEvent } from '../platform/event-log.js'
import { mintId } from '../platform/ids.js'
import { PointsBook } from '../points/points-book.service.js'
import { BatchOutcome, type ImportScene } from './import-batch.js'
import { ImportedPeople, writtenIdentities } from './imported-people.js'
import type { SeenKeys } from './seen-keys.js'

// Members of a file. Whoever is known is found, and what is not known of them is filled in; nothing
// is overwritten. Whoever is not known becomes a pending member, who is asked for consent like any
// other before anybody writes to them.

export interface MemberServices {
  members: MembersService
  profiles: ProfilesService
  names: NameComparisonService
}

/** New people and what was learned, until it is written. */
export class FreshPeople {
  readonly #members = new Map<string, Member>()
  readonly #profiles = new Map<string, Partial<ProfileValues>>()
  readonly #identities: NewIdentity[] = []

  constructor(
    private readonly services: MemberServices,
    private readonly scene: ImportScene,
    private readonly assurance: Assurance,
  ) {}

  /** Ids of those who are new with this batch. */
  get ids(): string[] {
    return [...this.#members.keys()]
  }

  /** Makes a member of somebody unknown, there since `sinceMs` where the file says so. */
  register(sinceMs: number | null): string {
    const { nowMs, store } = this.scene
    const id = mintId(nowMs)
    const member = this.services.members.newMember({
      ...{ id, state: 'pending', mergedIntoId: null, registeredStoreId: store.id, nowMs },
      registeredChannel: 'import',
    })
    this.#members.set(id, { ...member, createdAtMs: Math.min(sinceMs ?? nowMs, nowMs) })
    return id
  }

  /** Notes what a row tells of a member; the first word counts. */
  learn(people: ImportedPeople, person: ImportedPerson, memberId: string): void {
    const { nowMs, templateId } = this.scene
    const source = `import:${templateId}`.slice(0, 32)
    const as = { memberId, assurance: this.assurance, source, nowMs }
    this.#identities.push(...writtenIdentities(people.learn(person, memberId), as))
  }

  /** Notes what a row says of somebody beyond their identities. */
  tell(memberId: string, values: Partial<ProfileValues>): void {
    if (Object.keys(values).length === 0) return
    this.#profiles.set(memberId, { ...values, ...this.#profiles.get(memberId) })
  }

  /** Writes everything, with an account for whoever is new; answers the events it caused. */
  async write(tx: Tx): Promise<DomainEvent[]> {
    const { members, profiles } = this.services
    const { nowMs, store } = this.scene
    const fresh = [...this.#members.values()]
    await members.insertMembers(tx, fresh)
    await members.insertIdentities(tx, this.#identities)
    const book = new PointsBook()
    for (const { id, createdAtMs } of fresh) book.openAccount(id, createdAtMs)
    await book.close(tx)
    const told = [...this.#profiles].map(([memberId, values]) => ({ memberId, values }))
    const ofFresh = told.filter(({ memberId }) => this.#members.has(memberId))
    await profiles.insert(
      tx,
      ofFresh.map((one) => ({ ...one, source: 'import' as const })),
      nowMs,
    )
    await this.#fillGaps(
      tx,
      told.filter(({ memberId }) => !this.#members.has(memberId)),
    )
    return fresh.map(({ id, createdAtMs }) => ({
      type: 'member.registered' as const,
      aggregateId: id,
      occurredAtMs: createdAtMs,
      payload: {
        storeId: store.id,
        businessDate: localDate(createdAtMs, store.timeZone),
        cashier: null,
      },
    }))
  }

  async #fillGaps(
    tx: Tx,
    told: readonly { memberId: string; values: Partial<ProfileValues> }[],
  ): Promise<void> {
    const { profiles } = this.services
    // One order for everybody: two imports of the same people wait for each other, and no longer.
    const inOrder = [...told].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
    const ids = inOrder.map(({ memberId }) => memberId)
    const known = await profiles.profilesOf(tx, ids)
    for (const { memberId, values } of inOrder) {
      const before = known.get(memberId)
      const gaps = Object.entries(values).filter(
        ([field]) => (before?.[field as keyof ProfileValues] ?? null) === null,
      )
      if (gaps.length > 0)
        await profiles.change(tx, memberId, Object.fromEntries(gaps), this.scene.nowMs, 'import')
    }
  }
}

/** Two people under one number are for a person to tell apart. */
async function namesOf({ profiles, names }: MemberServices) {
  return { profiles, differ: await names.comparer() }
}

/** Takes a batch of members within `tx`. */
export async function takeMembers(
  tx: Tx,
  services: MemberServices,
  scene: ImportScene,
  batch: ImportBatch<MemberRow>,
): Promise<{ outcome: BatchOutcome; events: DomainEvent[] }> {
  const { outcome, items } = BatchOutcome.begin(batch)
  const persons = items.map(({ read }) => read.person)
  const people = await ImportedPeople.gatherLocked(tx, services.members, {
    people: persons,
    order: scene.order,
    names: await namesOf(services),
  })
  const fresh = new FreshPeople(services, scene, 'claimed')
  for (const { item, read } of items) {
    const resolved = people.resolve(read.person)
    if (resolved.doubt !== null) {
      outcome.refuse(item, resolved.doubt)
      continue
    }
    count(outcome, read.person, resolved)
    const memberId = resolved.memberId ?? fresh.register(read.registeredAtMs)
    fresh.learn(people, read.person, memberId)
    fresh.tell(memberId, read.profile)
  }
  return { outcome, events: await fresh.write(tx) }
}

/** What taking a batch of members would come to; `seen` is who the file has named before. */
export async function checkMembers(
  statements: Statements,
  services: MemberServices,
  from: { batch: ImportBatch<MemberRow>; seen: SeenKeys } & Pick<ImportScene, 'order'>,
): Promise<BatchOutcome> {
  const { batch, seen } = from
  const { members } = services
  const { outcome, items } = BatchOutcome.begin(batch)
  const persons = items.map(({ read }) => read.person)
  const people = await ImportedPeople.gather(statements, members, {
    people: persons,
    order: from.order,
    names: await namesOf(services),
  })
  for (const { item, read } of items) {
    const resolved = people.resolve(read.person)
    if (resolved.doubt !== null) {
      outcome.refuse(item, resolved.doubt)
      continue
    }
    const isSeen = seenBefore(seen, members, read.person)
    count(outcome, read.person, { ...resolved, memberId: resolved.memberId ?? (isSeen || null) })
  }
  return outcome
}

/** Has the file named this person? From now on it has. */
export function seenBefore(
  seen: SeenKeys,
  members: MembersService,
  person: ImportedPerson,
): boolean {
  const keys = person.identities.map((identity) => members.keyOf(identity))
  const isSeen = person.identities.some(
    ({ role }, at) => role !== 'following' && seen.has(keys[at] ?? ''),
  )
  person.identities.forEach(({ role }, at) => {
    if (role !== 'derived') seen.add(keys[at] ?? '')
  })
  return isSeen
}

function count(
  { tally }: BatchOutcome,
  person: ImportedPerson,
  resolved: { memberId: unknown; hasConflict: boolean },
): void {
  if (resolved.memberId === null) tally.newMembers += 1
  else tally.matched += 1
  if (resolved.hasConflict) tally.conflicts += 1
  if (person.isPhoneMasked) tally.maskedPhones += 1
}
