import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { ResolutionSettings } from '@huike/shared/contracts/console-resolution'
import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import type { Phone } from '@huike/shared/phone'
import { PHONE_HASHES, saltOf } from '@huike/shared/phone-hash'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ConsentService } from '../consent/consent.service.js'
import { lockAnswering } from '../members/answering.service.js'
import { keyOf } from '../members/duplicate-pairs.service.js'
import { MemberSessionsService } from '../members/member-sessions.service.js'
import type { Member } from '../members/member.entity.js'
import {
  isPresent,
  MembersService,
  PHONE_NAMESPACE,
  type IdentityValue,
} from '../members/members.service.js'
import { MergePairsService } from '../members/merge-pairs.service.js'
import { MergeRecordsService } from '../members/merge-records.service.js'
import {
  ProvenIdentitiesService,
  type StandingIdentity,
} from '../members/proven-identities.service.js'
import {
  reasonsInWords,
  resolve,
  type Candidate,
  type Resolution,
  type Shown,
} from '@huike/shared/resolution'
import { localDate } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { PointsBook } from '../points/points-book.service.js'
import { MemberMetricsService } from '../segments/member-metrics.service.js'
import { NOBODY_ID, StaffAuditService } from '../staff/staff-audit.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { MergeMembersService } from './merge-members.service.js'

// Who it is that proves a number, and perhaps a WeChat account with it. What is decided (see
// shared/resolution.ts) is carried out in the same transaction: the records that anything points to
// are locked first, in the order of their ids, and what points to them is read again behind the lock.

const SOURCE = 'wechat'
const DAY_MS = 86_400_000

/** What somebody proves at one moment. */
export interface Proof {
  phone: Phone
  /** Their WeChat accounts, the unionid among them. */
  accounts: readonly IdentityValue[]
  nowMs: number
}

export type Settled =
  /** isNew: nobody had any of what was proven. */
  | { ok: true; memberId: string; isNew: boolean }
  /** Nothing was changed; a person has to look at these two. */
  | { ok: false; doubt: Doubt }

export interface Doubt {
  memberIds: readonly string[]
  reasons: Resolution['reasons']
}

/** Whose something is has changed between looking and locking; to be tried again from the start. */
export class OwnersMoved extends Error {}

/** Everything a decision was made of. */
interface Scene {
  proof: Proof
  values: readonly (IdentityValue & { isDerived: boolean; key: string })[]
  standing: ReadonlyMap<string, StandingIdentity>
  records: ReadonlyMap<string, Member>
}

@Injectable()
export class ProvenPersonService {
  constructor(
    private readonly members: MembersService,
    private readonly identities: ProvenIdentitiesService,
    private readonly records: MergeRecordsService,
    private readonly sessions: MemberSessionsService,
    private readonly pairs: MergePairsService,
    private readonly metrics: MemberMetricsService,
    private readonly settings: ChainSettingsService,
    private readonly consents: ConsentService,
    private readonly merging: MergeMembersService,
    private readonly audit: StaffAuditService,
    private readonly eventLog: EventLogService,
  ) {}

  /**
   * Finds or makes the member of a proof: confirmed, with everything that was proven. Answers the
   * doubt where a person has to decide; then the transaction is to be rolled back. Throws OwnersMoved
   * and UniqueViolation when somebody else was at it at the same moment.
   */
  async settle(tx: Tx, proof: Proof): Promise<Settled> {
    const settings = await this.settings.resolution(tx)
    const scene = await this.#look(tx, proof, settings)
    const resolution = await this.#decide(tx, scene, settings)
    switch (resolution.verdict) {
      case 'review':
        return { ok: false, doubt: resolution }
      case 'create':
        return this.#done(tx, scene, resolution, await this.#create(tx, proof))
      case 'attach':
        return this.#done(tx, scene, resolution, resolution.memberId)
      case 'merge': {
        const merged = await this.#merge(tx, scene, resolution.memberIds)
        if (merged === null) return { ok: false, doubt: resolution }
        return this.#done(tx, scene, resolution, merged)
      }
    }
  }

  /**
   * The member of WeChat accounts, the first known counting, and null when none is; what was not
   * known of them is added. Throws UniqueViolation when somebody else was at it at the same moment.
   */
  async known(tx: Tx, accounts: readonly IdentityValue[], nowMs: number): Promise<string | null> {
    const standing = await this.identities.standing(tx, accounts)
    const found = accounts.map((one) => standing.get(this.members.keyOf(one)))
    const [first] = found.filter((one) => one !== undefined)
    const member = first && (await lockAnswering(tx, first.memberId))
    if (!first || !member || !isPresent(member)) return null
    const own = found.filter((one) => one?.memberId === first.memberId)
    await this.identities.prove(
      tx,
      own.flatMap((one) => one?.id ?? []),
      nowMs,
    )
    const fresh = accounts.filter((_account, at) => found[at] === undefined)
    await this.members.insertIdentities(
      tx,
      fresh.map((account) => ({
        ...{ ...account, memberId: member.id, assurance: 'verified', source: SOURCE, nowMs },
        viaId: first.id,
      })),
    )
    return member.id
  }

  /** Puts what could not be decided before a person. */
  async raise(tx: Tx, { memberIds, reasons }: Doubt, nowMs: number): Promise<void> {
    const [firstId, ...others] = memberIds
    if (firstId === undefined) return
    for (const otherId of others)
      await this.pairs.raise(tx, [firstId, otherId], {
        reasons: { identity: reasonsInWords(reasons) },
        atMs: nowMs,
      })
  }

  async #look(tx: Tx, proof: Proof, { salts }: ResolutionSettings): Promise<Scene> {
    const phone = { kind: 'phone' as const, namespace: PHONE_NAMESPACE, value: proof.phone }
    const told = [phone, ...proof.accounts].map((value) => ({ ...value, isDerived: false }))
    const derived: (IdentityValue & { isDerived: boolean })[] = []
    for (const { kind, algorithm } of PHONE_HASHES)
      for (const namespace of await this.identities.hashPlatforms(tx, kind)) {
        const text = proof.phone + saltOf(salts, namespace)
        const value = createHash(algorithm).update(text).digest('hex')
        derived.push({ kind, namespace, value, isDerived: true })
      }
    const values = [...told, ...derived].map((value) => ({
      ...value,
      key: this.members.keyOf(value),
    }))
    const seen = await this.identities.standing(tx, values)
    const records = await this.records.lock(tx, ownersOf(seen))
    const standing = await this.identities.standing(tx, values)
    if (ownersOf(standing).some((id) => !records.has(id))) throw new OwnersMoved()
    return { proof, values, standing, records }
  }

  async #decide(tx: Tx, scene: Scene, settings: ResolutionSettings): Promise<Resolution> {
    const { values, standing, records, proof } = scene
    const shown = values.map(({ kind, key, isDerived }): Shown => {
      const { memberId, assurance } = standing.get(key) ?? {}
      const owner = memberId && assurance ? { memberId, assurance } : null
      return { kind, key, assurance: 'verified', isDerived, owner }
    })
    const ids = [...records.keys()]
    const apart = await this.pairs.apartAmong(tx, ids)
    return resolve(
      {
        shown,
        candidates: await this.#candidates(tx, records, settings),
        isApart: (oneId, otherId) => apart.has(keyOf(oneId, otherId)),
        nowMs: proof.nowMs,
      },
      { order: settings.order, quietMs: settings.quietDays * DAY_MS },
    )
  }

  async #candidates(
    tx: Tx,
    records: ReadonlyMap<string, Member>,
    { reviewFromFen }: ResolutionSettings,
  ): Promise<Map<string, Candidate>> {
    const ids = [...records.keys()]
    const held = await this.identities.heldBy(tx, ids)
    const used = await this.sessions.lastUsed(tx, ids)
    const stats = await this.metrics.memberStats(tx, ids)
    return new Map(
      [...records].map(([memberId, { state }]) => {
        const holds = held.filter((one) => one.memberId === memberId)
        const stat = stats.get(memberId)
        const candidate: Candidate = {
          memberId,
          state: state as Candidate['state'],
          holds,
          lastActiveAtMs: Math.max(
            ...holds.map(({ lastSeenAtMs }) => lastSeenAtMs),
            used.get(memberId) ?? 0,
            stat?.lastPurchaseAtMs ?? 0,
          ),
          isValued: reviewFromFen !== null && (stat?.totalFen ?? 0) >= reviewFromFen,
          // Whoever proves a number need not tell a name.
          isNamedOtherwise: false,
        }
        return [memberId, candidate]
      }),
    )
  }

  /** Makes the records one; answers the survivor, null where merging refuses. */
  async #merge(tx: Tx, scene: Scene, memberIds: readonly string[]): Promise<string | null> {
    const { records, proof } = scene
    const survivorId =
      memberIds.find((id) => records.get(id)?.state === 'active') ?? memberIds[0] ?? ''
    for (const absorbedId of memberIds) {
      if (absorbedId === survivorId) continue
      const merged = await this.merging.mergeWithin(tx, {
        ...{ survivorId, absorbedId, moveHistory: true, how: 'sign_in', pairId: null, by: null },
        ...{ idempotency: null, nowMs: proof.nowMs },
      })
      if (!merged.ok) return null
    }
    return survivorId
  }

  async #create(tx: Tx, { nowMs }: Proof): Promise<string> {
    const member = this.members.newMember({
      ...{ id: mintId(nowMs), state: 'active', mergedIntoId: null, registeredStoreId: null, nowMs },
      registeredChannel: 'wechat',
    })
    await this.members.insertMembers(tx, [member])
    const book = await PointsBook.open(tx, [])
    book.openAccount(member.id, nowMs)
    await book.close(tx)
    await this.#grant(tx, member.id, nowMs)
    const businessDate = localDate(nowMs, CHAIN_TIME_ZONE)
    await this.eventLog.append(
      tx,
      [
        {
          ...{ type: 'member.registered', aggregateId: member.id, occurredAtMs: nowMs },
          payload: { storeId: null, businessDate, cashier: null },
        },
      ],
      nowMs,
    )
    return member.id
  }

  /** Confirms the member, and writes down what they proved. */
  async #done(tx: Tx, scene: Scene, resolution: Resolution, memberId: string): Promise<Settled> {
    const { learns, releases, raises, reasons } = resolution
    const { standing, values, proof } = scene
    const { nowMs } = proof
    const own = resolution.verdict === 'merge' ? resolution.memberIds : [memberId]
    if (releases !== null) await this.#release(tx, scene, releases, memberId)
    await this.raise(tx, { memberIds: [memberId, ...raises], reasons }, nowMs)
    const record = scene.records.get(memberId)
    if (record?.state === 'pending') {
      await this.records.putState(tx, memberId, { ...record, state: 'active' }, nowMs)
      await this.#grant(tx, memberId, nowMs)
    }
    const provenIds = values.flatMap(({ key, isDerived }) => {
      const known = isDerived || learns.includes(key) ? undefined : standing.get(key)
      return known && own.includes(known.memberId) ? [known.id] : []
    })
    await this.identities.prove(tx, provenIds, nowMs)
    await this.members.insertIdentities(
      tx,
      values
        .filter(({ key }) => learns.includes(key))
        .map(({ kind, namespace, value }) => ({
          ...{ memberId, kind, namespace, value, assurance: 'verified', source: SOURCE, nowMs },
          // What came along with something known goes where that goes.
          viaId: provenIds[0] ?? null,
        })),
    )
    return { ok: true, memberId, isNew: resolution.verdict === 'create' }
  }

  async #release(
    tx: Tx,
    { standing, records, proof }: Scene,
    { key, fromMemberId }: NonNullable<Resolution['releases']>,
    memberId: string,
  ): Promise<void> {
    const { nowMs } = proof
    const [identity, before] = [standing.get(key), records.get(fromMemberId)]
    if (!identity || !before) throw new Error('a number is released that nobody has')
    await this.identities.release(tx, identity.id)
    // Tills that know the number as theirs hear of it.
    await this.records.putState(tx, fromMemberId, before, nowMs)
    await this.audit.append(tx, {
      ...{ staffId: NOBODY_ID, action: 'member.number_released', subjectId: fromMemberId },
      ...{ detail: `号码转给 ${memberId}`, atMs: nowMs },
    })
  }

  async #grant(tx: Tx, memberId: string, nowMs: number): Promise<void> {
    const { policyVersion, text } = REGISTRATION_NOTICE
    await this.consents.append(tx, [
      {
        ...{ memberId, purpose: 'membership', state: 'granted', policyVersion },
        ...{ textSha256: sha256Hex(text), how: 'wechat_phone', evidence: memberId },
        ...{ occurredAtMs: nowMs, recordedAtMs: nowMs },
      },
    ])
  }
}

function ownersOf(standing: ReadonlyMap<string, StandingIdentity>): string[] {
  return [...new Set([...standing.values()].map(({ memberId }) => memberId))]
}
