import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { birthdayIndex } from './birthday-index.js'
import { lockAnswering } from './answering.service.js'
import { noteChanged } from './matching-changes.js'
import type { MemberProfile } from './member-profile.entity.js'

// What is known of a member as a person: each field sealed in its own row and column, like the
// identities, with who told it and when beside it. A row exists from the first change on.

export const PROFILE_FIELDS = ['name', 'birthday', 'gender', 'email', 'address', 'city'] as const
export type ProfileField = (typeof PROFILE_FIELDS)[number]

/** Who told a field: the member, a member of staff, or a file from another system. */
export const PROFILE_SOURCES = ['self', 'staff', 'import'] as const
export type ProfileSource = (typeof PROFILE_SOURCES)[number]
/** How a field came to be known. */
export interface Told {
  source: ProfileSource
  atMs: number
}

/** The values of a profile, in clear. */
export interface ProfileValues {
  name: string | null
  /** `YYYY-MM-DD`. */
  birthday: string | null
  gender: 'female' | 'male' | null
  email: string | null
  address: string | null
  city: string | null
}

export interface Profile extends ProfileValues {
  updatedAtMs: number
  /** Who told each field that is there. */
  told: Partial<Record<ProfileField, Told>>
}

type SealedColumn = Extract<keyof MemberProfile, `${ProfileField}Sealed`>

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
      `SELECT memberId, ${PROFILE_FIELDS.map(columnOf).join(', ')}, toldBy, updatedAtMs
       FROM member_profile WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    return new Map(rows.map((row) => [row.memberId, this.#opened(row)]))
  }

  /** The birthdays of members, by member id; of who told none, null or nothing at all. */
  async birthdaysOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, string | null>> {
    const rows = await statements.rows<Pick<MemberProfile, 'memberId' | 'birthdaySealed'>>(
      `SELECT memberId, birthdaySealed FROM member_profile WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    return new Map(rows.map((row) => [row.memberId, this.#value(row, 'birthday')]))
  }

  /**
   * Writes the fields that `values` names, and no others; null takes a field back. `source` is who
   * tells them: the member, unless it says otherwise.
   */
  async change(
    tx: Tx,
    memberId: string,
    values: Partial<ProfileValues>,
    nowMs: number,
    source: ProfileSource = 'self',
  ): Promise<void> {
    const named = PROFILE_FIELDS.filter((field) => values[field] !== undefined)
    const told = Object.fromEntries(named.map((field) => [field, { source, atMs: nowMs }]))
    await this.put(tx, memberId, { values, told, nowMs })
  }

  /** Writes the fields that `values` names, each told by whom `told` says. */
  async put(
    tx: Tx,
    toldOfId: string,
    put: {
      values: Partial<ProfileValues>
      told: Partial<Record<ProfileField, Told>>
      nowMs: number
    },
  ): Promise<void> {
    // The first change has no row to wait for, so changes of one member wait for the member's; and
    // whoever was merged a moment ago tells it as the one who answers for them now.
    const memberId = (await lockAnswering(tx, toldOfId))?.id ?? toldOfId
    const named = PROFILE_FIELDS.filter((field) => put.values[field] !== undefined)
    const before = (await this.profilesOf(tx, [memberId])).get(memberId)
    const told = toldNow(before?.told ?? {}, put)
    const fields = before ? named : PROFILE_FIELDS
    const isBirthday = fields.includes('birthday')
    const columns = [
      ...fields.map(columnOf),
      ...(isBirthday ? ['birthdayIndex'] : []),
      ...['toldBy', 'updatedAtMs'],
    ]
    const sealed = fields.map((field) =>
      this.#sealed(put.values[field] ?? null, context(columnOf(field), memberId)),
    )
    const index = isBirthday ? [birthdayIndex(this.config, put.values.birthday)] : []
    const row = [...sealed, ...index, JSON.stringify(told), put.nowMs]
    if (before)
      await tx.run(
        `UPDATE member_profile SET ${columns.map((one) => `${one} = ?`).join(', ')}
         WHERE memberId = ?`,
        [...row, memberId],
      )
    else await tx.insert('member_profile', ['memberId', ...columns], [[memberId, ...row]])
    await noteChanged(tx, [memberId], put.nowMs)
  }

  /** Writes the profiles of people who have none, in one statement. */
  async insert(
    tx: Tx,
    fresh: readonly { memberId: string; values: Partial<ProfileValues>; source: ProfileSource }[],
    nowMs: number,
  ): Promise<void> {
    await tx.insert(
      'member_profile',
      ['memberId', ...PROFILE_FIELDS.map(columnOf), 'birthdayIndex', 'toldBy', 'updatedAtMs'],
      fresh.map(({ memberId, values, source }) => {
        const named = PROFILE_FIELDS.filter((field) => values[field] !== undefined)
        const told = Object.fromEntries(named.map((field) => [field, { source, atMs: nowMs }]))
        const sealed = PROFILE_FIELDS.map((field) =>
          this.#sealed(values[field] ?? null, context(columnOf(field), memberId)),
        )
        const index = birthdayIndex(this.config, values.birthday)
        return [memberId, ...sealed, index, JSON.stringify(told), nowMs]
      }),
    )
    await noteChanged(
      tx,
      fresh.map(({ memberId }) => memberId),
      nowMs,
    )
  }

  /** Forgets what these members told. */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM member_profile WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
  }

  #opened(row: MemberProfile): Profile {
    const value = (field: ProfileField) => this.#value(row, field)
    return {
      name: value('name'),
      birthday: value('birthday'),
      gender: value('gender') as Profile['gender'],
      email: value('email'),
      address: value('address'),
      city: value('city'),
      updatedAtMs: row.updatedAtMs,
      told: toldOf(row),
    }
  }

  #value<Field extends ProfileField>(
    row: Pick<MemberProfile, 'memberId' | `${Field}Sealed`>,
    field: Field,
  ): string | null {
    const column = columnOf(field)
    const sealed: string | null = row[column]
    if (sealed === null) return null
    return this.config.keyring.open(sealed, context(column, row.memberId))
  }

  #sealed(text: string | null, place: string): string | null {
    return text === null ? null : this.config.keyring.seal(text, place)
  }
}

/** Who told each field; what was written before that was noted was the member's own word. */
function toldOf(row: MemberProfile): Profile['told'] {
  if (row.toldBy !== null) return JSON.parse(row.toldBy) as Profile['told']
  const self: Told = { source: 'self', atMs: row.updatedAtMs }
  return Object.fromEntries(
    PROFILE_FIELDS.filter((field) => row[columnOf(field)] !== null).map((field) => [field, self]),
  )
}

/** Who told what, after a change: a field that was taken back was told by nobody. */
function toldNow(
  before: Profile['told'],
  { values, told }: { values: Partial<ProfileValues>; told: Profile['told'] },
): Profile['told'] {
  const now: Profile['told'] = {}
  for (const field of PROFILE_FIELDS) {
    const by = values[field] === undefined ? before[field] : told[field]
    if (by !== undefined && values[field] !== null) now[field] = by
  }
  return now
}

function columnOf<Field extends ProfileField>(field: Field): `${Field}Sealed` {
  return `${field}Sealed`
}

function context(column: SealedColumn, memberId: string): string {
  return `member_profile.${column}|${memberId}`
}
