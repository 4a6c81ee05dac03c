import { Inject, Injectable } from '@nestjs/common'
import { maskIdentity } from '@huike/shared/identities'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements } from '../platform/database.js'
import type { Identity } from './identity.entity.js'
import { sealContext } from './members.service.js'

// What members are found by, as staff may see it.

/** An identity as staff may see it. */
export interface MaskedIdentity extends Pick<
  Identity,
  'id' | 'kind' | 'assurance' | 'source' | 'firstSeenAtMs' | 'lastSeenAtMs'
> {
  valueMasked: string
}

@Injectable()
export class MaskedIdentitiesService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** What a member is found by, oldest first and at most `limit`; numbers masked, ids cut short. */
  async ofMember(
    statements: Statements,
    memberId: string,
    limit: number,
  ): Promise<MaskedIdentity[]> {
    const rows = await statements.rows<Identity>(
      `SELECT * FROM identity WHERE memberId = ? ORDER BY id LIMIT ${String(limit)}`,
      [memberId],
    )
    return rows.map((row) => this.#masked(row))
  }

  /** The same for some members at once, by member id; at most `limit` of each. */
  async ofMembers(
    statements: Statements,
    memberIds: readonly string[],
    limit: number,
  ): Promise<Map<string, MaskedIdentity[]>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<Identity>(
      `SELECT * FROM (SELECT i.*, ROW_NUMBER() OVER (PARTITION BY i.memberId ORDER BY i.id) AS place
         FROM identity i WHERE i.memberId IN ${inList(statements)}) numbered
       WHERE place <= ${String(limit)} ORDER BY id`,
      [listParameter(statements, memberIds)],
    )
    const found = new Map<string, MaskedIdentity[]>()
    for (const row of rows)
      found.set(row.memberId, [...(found.get(row.memberId) ?? []), this.#masked(row)])
    return found
  }

  #masked({ valueSealed, id, kind, ...row }: Identity): MaskedIdentity {
    const { assurance, source, firstSeenAtMs, lastSeenAtMs } = row
    const valueMasked = maskIdentity(kind, this.config.keyring.open(valueSealed, sealContext(id)))
    return { id, kind, assurance, source, firstSeenAtMs, lastSeenAtMs, valueMasked }
  }
}
