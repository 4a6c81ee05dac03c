import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements } from '../platform/database.js'
import { KeyringError } from '../platform/keyring.js'
import type { Identity } from './identity.entity.js'
import type { MatchField, MatchRecord } from './matching/match-record.js'
import { sealContext } from './members.service.js'
import { ProfilesService } from './profiles.service.js'

// Members as the search for doubles reads them: what they told and what they are known by, in clear
// and in memory only.

/** What an identity of a kind tells; of several the one that is verified, and then the latest. */
const FIELD_OF_KIND: Readonly<Partial<Record<string, MatchField>>> = {
  phone: 'phone',
  wechat_openid: 'openid',
  card: 'card',
  email: 'email',
}

type OpenedIdentity = Pick<
  Identity,
  'id' | 'memberId' | 'kind' | 'namespace' | 'valueSealed' | 'assurance' | 'lastSeenAtMs'
>

@Injectable()
export class PersonRecordsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly profiles: ProfilesService,
  ) {}

  /** The records of members, by member id; one of whom nothing is known has an empty one. */
  async recordsOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, MatchRecord>> {
    const profiles = await this.profiles.profilesOf(statements, memberIds)
    const records = new Map(
      memberIds.map((id) => {
        const { name, birthday, gender, email, address, city } = profiles.get(id) ?? NOTHING
        const told = { name, birthday, gender, email, address, city }
        const fields = Object.entries(told).filter((entry): entry is [string, string] =>
          Boolean(entry[1]),
        )
        return [id, { id, fields: Object.fromEntries(fields), verified: [] as MatchField[] }]
      }),
    )
    for (const identity of await this.#identitiesOf(statements, memberIds)) {
      const record = records.get(identity.memberId)
      const field = FIELD_OF_KIND[identity.kind]
      if (!record || field === undefined) continue
      const value = this.config.keyring.open(identity.valueSealed, sealContext(identity.id))
      // An openid or a card number means something within its namespace only.
      const isOfItsOwn = field === 'phone' || field === 'email'
      record.fields[field] = isOfItsOwn ? value : `${identity.namespace}|${value}`
      if (identity.assurance === 'verified') record.verified.push(field)
    }
    return records
  }

  /**
   * The same, of those whose every sealed value opens, and who the others are: for work that one
   * damaged value must not stop.
   */
  async readableOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<{ records: Map<string, MatchRecord>; unreadableIds: readonly string[] }> {
    try {
      return { records: await this.recordsOf(statements, memberIds), unreadableIds: [] }
    } catch (error) {
      if (!(error instanceof KeyringError)) throw error
      if (memberIds.length === 1) return { records: new Map(), unreadableIds: memberIds }
      const middle = memberIds.length >> 1
      const some = await this.readableOf(statements, memberIds.slice(0, middle))
      const others = await this.readableOf(statements, memberIds.slice(middle))
      return {
        records: new Map([...some.records, ...others.records]),
        unreadableIds: [...some.unreadableIds, ...others.unreadableIds],
      }
    }
  }

  /** The best of each kind last, so that it is the one that stays. */
  async #identitiesOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<OpenedIdentity[]> {
    if (memberIds.length === 0) return []
    const rows = await statements.rows<OpenedIdentity>(
      `SELECT id, memberId, kind, namespace, valueSealed, assurance, lastSeenAtMs FROM identity
       WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    const isVerified = ({ assurance }: OpenedIdentity) => Number(assurance === 'verified')
    return rows.sort(
      (a, b) =>
        isVerified(a) - isVerified(b) || a.lastSeenAtMs - b.lastSeenAtMs || (a.id < b.id ? -1 : 1),
    )
  }
}

const NOTHING = { name: null, birthday: null, gender: null, email: null, address: null, city: null }
