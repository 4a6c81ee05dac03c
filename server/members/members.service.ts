import { Inject, Injectable } from '@nestjs/common'
import { isMemberCodeValid, memberNoOfCode } from '@huike/shared/member-code'
import { ASSURANCES, type Assurance, type IdentityKind } from '@huike/shared/identities'
import { maskPhone, phoneLast4, type Phone } from '@huike/shared/phone'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { RegistrationChannel } from '@huike/shared/registration-channels'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { CONFIG, type Config } from '../platform/config.js'
import { mintId, mintMemberNo } from '../platform/ids.js'
import { KeyringError } from '../platform/keyring.js'
import type { Identity } from './identity.entity.js'
import { noteChanged } from './matching-changes.js'
import type { Member } from './member.entity.js'

// The master record of each person, and the identities that map channel ids to it. A number is
// stored sealed and found by its blind index; one identity belongs to one member (unique key).

export type MemberState = 'pending' | 'active' | 'merged' | 'erased'

/** Mainland mobile numbers; an openid's namespace is the app id, a hash's the platform. */
export const PHONE_NAMESPACE = 'cn'

export interface NewMember {
  id: string
  state: MemberState
  mergedIntoId: string | null
  registeredStoreId: string | null
  registeredChannel: RegistrationChannel
  registeredCashier?: string | null
  nowMs: number
}

export interface NewIdentity {
  memberId: string
  kind: IdentityKind
  namespace: string
  value: string
  assurance: Assurance
  source: string
  nowMs: number
  /** The identity it came along with; see `Identity.viaId`. */
  viaId?: string | null
}

/** A member, and the identity they were found by. */
export interface IdentityOwner {
  member: Member
  identityId: string
}

/** A member, and the record that carries the number asked for: another one after a merge. */
export interface NumberedMember {
  member: Member
  record: Member
}

/** What an identity says, without whose it is. */
export type IdentityValue = Pick<NewIdentity, 'kind' | 'namespace' | 'value'>

const MEMBER_COLUMNS = [
  'id',
  'memberNo',
  'state',
  'levelCode',
  'mergedIntoId',
  'registeredStoreId',
  'registeredChannel',
  'registeredCashier',
  'ownerStaffId',
  'createdAtMs',
  'updatedAtMs',
] as const satisfies (keyof Member)[]
const IDENTITY_COLUMNS = [
  'id',
  'memberId',
  'kind',
  'namespace',
  'valueIndex',
  'valueSealed',
  'last4Index',
  'assurance',
  'source',
  'firstSeenAtMs',
  'lastSeenAtMs',
  'viaId',
] as const satisfies (keyof Identity)[]

@Injectable()
export class MembersService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Refuses a keyring that is not this database's: with another one nobody would be found, and
   * everybody registered once more. Throws KeyringError.
   */
  async checkKeyring(statements: Statements): Promise<void> {
    const [identity] = await statements.rows<Identity>('SELECT * FROM identity LIMIT 1')
    if (!identity) return
    const { kind, namespace, valueIndex } = identity
    const value = this.config.keyring.open(identity.valueSealed, sealContext(identity.id))
    if (this.indexOf(kind as IdentityKind, namespace, value) !== valueIndex)
      throw new KeyringError('the index key is not the one this database was written with')
  }

  /** The blind index a phone number is found by. */
  phoneIndex(phone: Phone): string {
    return this.indexOf('phone', PHONE_NAMESPACE, phone)
  }

  /** The blind index of the last four digits of a phone number: it finds every number that has them. */
  last4Index(last4: string): string {
    return this.config.keyring.blindIndex('phone-last4', last4)
  }

  /** Members by the blind indexes of their phone numbers. */
  async findByPhoneIndexes(
    statements: Statements,
    indexes: readonly string[],
  ): Promise<Map<string, IdentityOwner>> {
    if (indexes.length === 0) return new Map()
    const rows = await statements.rows<Member & { valueIndex: string; identityId: string }>(
      `SELECT m.*, i.valueIndex, i.id AS identityId FROM identity i JOIN member m ON m.id = i.memberId
       WHERE i.kind = 'phone' AND i.namespace = '${PHONE_NAMESPACE}'
         AND i.valueIndex IN ${inList(statements)}`,
      [listParameter(statements, indexes)],
    )
    return new Map(
      rows.map(({ valueIndex, identityId, ...member }) => [valueIndex, { member, identityId }]),
    )
  }

  /** Members by id, keyed by the id asked for: a merged id is answered with its survivor. */
  async findByIds(statements: Statements, ids: readonly string[]): Promise<Map<string, Member>> {
    if (ids.length === 0) return new Map()
    const found = await this.rowsByIds(statements, ids)
    const survivorOf = await this.#survivors(statements, found)
    return new Map(found.map((row) => [row.id, survivorOf(row)]))
  }

  /** Members by member number, as scanned codes carry it; a merged record's is its survivor's. */
  async findByMemberNos(
    statements: Statements,
    memberNos: readonly string[],
  ): Promise<Map<string, NumberedMember>> {
    if (memberNos.length === 0) return new Map()
    const rows = await statements.rows<Member>(
      `SELECT * FROM member WHERE memberNo IN ${inList(statements)} AND state <> 'erased'`,
      [listParameter(statements, memberNos)],
    )
    const survivorOf = await this.#survivors(statements, rows)
    const named = rows.map((record) => ({ member: survivorOf(record), record }))
    return new Map(
      named.flatMap((one) => (isPresent(one.member) ? [[one.record.memberNo, one] as const] : [])),
    )
  }

  /**
   * True while none of these records was merged into another or erased since they were read; asked
   * with their accounts locked.
   */
  async areCurrent(tx: Tx, members: readonly Member[]): Promise<boolean> {
    // Nobody else writes beside SQLite's one writer.
    if (members.length === 0 || tx.forUpdate === '') return true
    const states = new Map(members.map(({ id, state }) => [id, state]))
    const rows = await tx.rows<Pick<Member, 'id' | 'state'>>(
      `SELECT id, state FROM member WHERE id IN ${inList(tx)}`,
      [listParameter(tx, [...states.keys()])],
    )
    return rows.every(({ id, state }) => states.get(id) === state)
  }

  /** One member by phone; null when nobody has the number. */
  async findByPhone(statements: Statements, phone: Phone): Promise<Member | null> {
    const index = this.phoneIndex(phone)
    return (await this.findByPhoneIndexes(statements, [index])).get(index)?.member ?? null
  }

  /** An identity as the key of a map: its blind index, for a map may be looked at. */
  keyOf({ kind, namespace, value }: IdentityValue): string {
    return `${kind}|${namespace}|${this.indexOf(kind, namespace, value)}`
  }

  /** Members by identities of any kind, keyed by `keyOf`; who is unknown is not in it. */
  async findByIdentities(
    statements: Statements,
    identities: readonly IdentityValue[],
  ): Promise<Map<string, IdentityOwner>> {
    if (identities.length === 0) return new Map()
    const spaces = new Map<string, Map<string, IdentityValue>>()
    for (const identity of identities) {
      const { kind, namespace, value } = identity
      const space = `${kind}|${namespace}`
      const known = spaces.get(space) ?? new Map<string, IdentityValue>()
      spaces.set(space, known.set(this.indexOf(kind, namespace, value), identity))
    }
    const found = new Map<string, IdentityOwner>()
    for (const known of spaces.values()) {
      const [first] = known.values()
      if (!first) continue
      const rows = await statements.rows<Member & { valueIndex: string; identityId: string }>(
        `SELECT m.*, i.valueIndex, i.id AS identityId FROM identity i JOIN member m ON m.id = i.memberId
         WHERE i.kind = ? AND i.namespace = ? AND i.valueIndex IN ${inList(statements)}`,
        [first.kind, first.namespace, listParameter(statements, [...known.keys()])],
      )
      for (const { valueIndex, identityId, ...member } of rows) {
        const identity = known.get(valueIndex)
        if (identity) found.set(this.keyOf(identity), { member, identityId })
      }
    }
    return found
  }

  /** Checks a scanned member code against the record whose number it carries. */
  checkCode(code: string, record: Member | undefined, readAtMs: number): OutcomeCode | null {
    if (!record || memberNoOfCode(code) !== record.memberNo) return 'member_code_invalid'
    const key = this.config.keyring.memberCodeKey(record.id)
    return isMemberCodeValid(code, key, readAtMs) ? null : 'member_code_expired'
  }

  /** Makes the row of a new member, with a fresh member number. */
  newMember(fresh: NewMember): Member {
    return {
      id: fresh.id,
      memberNo: mintMemberNo(),
      state: fresh.state,
      levelCode: 'base',
      mergedIntoId: fresh.mergedIntoId,
      registeredStoreId: fresh.registeredStoreId,
      registeredChannel: fresh.registeredChannel,
      registeredCashier: fresh.registeredCashier ?? null,
      ownerStaffId: null,
      createdAtMs: fresh.nowMs,
      updatedAtMs: fresh.nowMs,
    }
  }

  /** Inserts members; throws UniqueViolation when another transaction was first. */
  async insertMembers(tx: Tx, members: readonly Member[]): Promise<void> {
    await tx.insert(
      'member',
      MEMBER_COLUMNS,
      members.map((row) => valuesOf(row, MEMBER_COLUMNS)),
    )
  }

  /** Inserts identities, sealed and indexed. Throws UniqueViolation when one is taken. */
  async insertIdentities(tx: Tx, identities: readonly NewIdentity[]): Promise<void> {
    const rows = identities.map((fresh): Identity => {
      const id = mintId(fresh.nowMs)
      const { keyring } = this.config
      const isPhone = fresh.kind === 'phone'
      return {
        id,
        memberId: fresh.memberId,
        kind: fresh.kind,
        namespace: fresh.namespace,
        valueIndex: this.indexOf(fresh.kind, fresh.namespace, fresh.value),
        valueSealed: keyring.seal(fresh.value, sealContext(id)),
        last4Index: isPhone ? this.last4Index(phoneLast4(fresh.value as Phone)) : null,
        assurance: fresh.assurance,
        source: fresh.source,
        firstSeenAtMs: fresh.nowMs,
        lastSeenAtMs: fresh.nowMs,
        viaId: fresh.viaId ?? null,
      }
    })
    await tx.insert(
      'identity',
      IDENTITY_COLUMNS,
      rows.map((row) => valuesOf(row, IDENTITY_COLUMNS)),
    )
    await noteChanged(tx, rows.map(ownerOf), rows[0]?.firstSeenAtMs ?? 0)
  }

  /**
   * Locks members who are here, in the order of their ids; answers those asked for who are: neither
   * merged into another nor erased.
   */
  async lockPresent(tx: Tx, ids: readonly string[]): Promise<Member[]> {
    const rows = await tx.rows<Member>(
      `SELECT * FROM member WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, [...ids].sort())],
    )
    return rows.filter(isPresent)
  }

  /** Marks a pending member as confirmed by the shopper, and the phone as verified. */
  async activate(tx: Tx, memberId: string, nowMs: number): Promise<void> {
    await tx.run("UPDATE member SET state = 'active', updatedAtMs = ? WHERE id = ?", [
      nowMs,
      memberId,
    ])
    await tx.run(
      "UPDATE identity SET assurance = 'verified', lastSeenAtMs = ? WHERE memberId = ? AND kind = 'phone'",
      [nowMs, memberId],
    )
    await noteChanged(tx, [memberId], nowMs)
  }

  /**
   * The clear phone numbers of members, by member id: of several, the best proven and then the one
   * seen last. For masking and for keyed indexes only.
   */
  async phonesOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, Phone>> {
    if (memberIds.length === 0) return new Map()
    // Asked by the member alone: SQLite would rather read every phone there is than look these up.
    const rows = await statements.rows<Identity>(
      `SELECT id, memberId, kind, valueSealed, assurance, lastSeenAtMs FROM identity
       WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    return new Map(
      rows
        .filter(({ kind }) => kind === 'phone')
        .sort(byStanding)
        .map((row) => [
          row.memberId,
          this.config.keyring.open(row.valueSealed, sealContext(row.id)) as Phone,
        ]),
    )
  }

  /** The masked phone number of one member; empty when there is none. */
  async maskedPhoneOf(statements: Statements, memberId: string): Promise<string> {
    const phone = (await this.phonesOf(statements, [memberId])).get(memberId)
    return phone === undefined ? '' : maskPhone(phone)
  }

  /** The blind index that a value of one kind is found by. */
  indexOf(kind: IdentityKind, namespace: string, value: string): string {
    return this.config.keyring.blindIndex(`${kind}|${namespace}`, value)
  }

  /** Who answers for each of these records: the survivor of a merged one, else itself. */
  async #survivors(
    statements: Statements,
    records: readonly Member[],
  ): Promise<(record: Member) => Member> {
    const ids = records.flatMap(({ mergedIntoId }) => mergedIntoId ?? [])
    const rows = ids.length === 0 ? [] : await this.rowsByIds(statements, ids)
    const survivors = new Map(rows.map((row) => [row.id, row]))
    return (record) => survivors.get(record.mergedIntoId ?? '') ?? record
  }

  /** Members by id as they are: one that was merged is itself, not its survivor. */
  async rowsByIds(statements: Statements, ids: readonly string[]): Promise<Member[]> {
    if (ids.length === 0) return []
    return statements.rows<Member>(`SELECT * FROM member WHERE id IN ${inList(statements)}`, [
      listParameter(statements, ids),
    ])
  }
}

function ownerOf({ memberId }: Identity): string {
  return memberId
}

/** The best proven and latest seen last. */
function byStanding(a: Identity, b: Identity): number {
  const rank = ({ assurance }: Identity) => -ASSURANCES.indexOf(assurance as Assurance)
  return rank(a) - rank(b) || a.lastSeenAtMs - b.lastSeenAtMs || (a.id < b.id ? -1 : 1)
}

/** True of a member who is neither merged into another nor erased. */
export function isPresent(member: Pick<Member, 'state'>): boolean {
  return member.state === 'pending' || member.state === 'active'
}

/** The place a sealed identity is bound to. */
export function sealContext(identityId: string): string {
  return `identity.valueSealed|${identityId}`
}
