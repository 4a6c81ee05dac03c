// Members with a number and a profile, for what tells who is who, and the pairs that came of them.
import type { Phone } from '@huike/shared/phone'
import type { DuplicatePair } from '../../server/members/duplicate-pair.entity.js'
import { MembersService, PHONE_NAMESPACE } from '../../server/members/members.service.js'
import { ProfilesService, type ProfileValues } from '../../server/members/profiles.service.js'
import { mintId } from '../../server/platform/ids.js'
import type { TestServer } from './server.js'

export interface MatchingPerson extends Partial<ProfileValues> {
  phone: string
  isVerified?: boolean
}

/** Members with a number and a profile; gives their ids. */
export function addPeople(
  server: TestServer,
  people: readonly MatchingPerson[],
): Promise<string[]> {
  const members = server.app.get(MembersService, { strict: false })
  const profiles = server.app.get(ProfilesService, { strict: false })
  const nowMs = server.clock.nowMs()
  return server.database.write(async (tx) => {
    const fresh = people.map((person) => ({ id: mintId(nowMs), person }))
    await members.insertMembers(
      tx,
      fresh.map(({ id }) =>
        members.newMember({
          ...{ id, state: 'active', mergedIntoId: null, registeredStoreId: null },
          ...{ registeredChannel: 'wechat', nowMs },
        }),
      ),
    )
    await members.insertIdentities(
      tx,
      fresh.map(({ id, person }) => ({
        ...{ memberId: id, kind: 'phone', namespace: PHONE_NAMESPACE },
        value: person.phone as Phone,
        ...{ assurance: person.isVerified === true ? 'verified' : 'claimed' },
        ...{ source: 'test', nowMs },
      })),
    )
    for (const { id, person } of fresh) {
      const { name = null, birthday = null, city = null } = person
      await profiles.change(tx, id, { name, birthday, city }, nowMs)
    }
    return fresh.map(({ id }) => id)
  })
}

/** The pair of two members, decided or not; null where nobody holds them for one. */
export async function pairOf(
  server: TestServer,
  one: string,
  other: string,
): Promise<DuplicatePair | null> {
  const [memberAId = '', memberBId = ''] = [one, other].sort()
  const rows = await server.database.read((rx) =>
    rx.rows<DuplicatePair>('SELECT * FROM duplicate_pair WHERE memberAId = ? AND memberBId = ?', [
      memberAId,
      memberBId,
    ]),
  )
  return rows[0] ?? null
}
