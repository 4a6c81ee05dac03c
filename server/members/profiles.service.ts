import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { MemberProfile } from './member-profile.entity.js'

// What a member told of themselves: name and birthday, sealed each in its own row and column, like
// the identities. A row exists from the first change on.

export interface Profile {
  name: string | null
  /** `YYYY-MM-DD`. */
  birthday: string | null
  updatedAtMs: number
}

@Injectable()
export class ProfilesService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The profiles of members, in clear, by member id; who never told anything is not in it. */
  async profilesOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, Profile>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<MemberProfile>(
      `SELECT memberId, nameSealed, birthdaySealed, updatedAtMs FROM member_profile
       WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    return new Map(rows.map((row) => [row.memberId, this.#opened(row)]))
  }

  /** Writes the whole profile of one member; null takes a field back. */
  async change(
    tx: Tx,
    memberId: string,
    told: { name: string | null; birthday: string | null },
    nowMs: number,
  ): Promise<void> {
    // The first change has no row to wait for, so changes of one member wait for the member's.
    await tx.rows(`SELECT id FROM member WHERE id = ?${tx.forUpdate}`, [memberId])
    const values = [
      this.#sealed(told.name, context('nameSealed', memberId)),
      this.#sealed(told.birthday, context('birthdaySealed', memberId)),
      nowMs,
    ]
    const changed = await tx.run(
      'UPDATE member_profile SET nameSealed = ?, birthdaySealed = ?, updatedAtMs = ? WHERE memberId = ?',
      [...values, memberId],
    )
    if (changed > 0) return
    await tx.insert(
      'member_profile',
      ['nameSealed', 'birthdaySealed', 'updatedAtMs', 'memberId'],
      [[...values, memberId]],
    )
  }

  #opened(row: MemberProfile): Profile {
    const { keyring } = this.config
    const { memberId, nameSealed, birthdaySealed } = row
    return {
      name: nameSealed === null ? null : keyring.open(nameSealed, context('nameSealed', memberId)),
      birthday:
        birthdaySealed === null
          ? null
          : keyring.open(birthdaySealed, context('birthdaySealed', memberId)),
      updatedAtMs: row.updatedAtMs,
    }
  }

  #sealed(text: string | null, place: string): string | null {
    return text === null ? null : this.config.keyring.seal(text, place)
  }
}

function context(column: 'nameSealed' | 'birthdaySealed', memberId: string): string {
  return `member_profile.${column}|${memberId}`
}
