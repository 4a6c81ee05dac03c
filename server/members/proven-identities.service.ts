import { Inject, Injectable } from '@nestjs/common'
import type { Assurance, IdentityKind } from '@huike/shared/identities'
import type { Phone } from '@huike/shared/phone'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { Identity } from './identity.entity.js'
import {
  MembersService,
  PHONE_NAMESPACE,
  sealContext,
  type IdentityValue,
} from './members.service.js'

// Identities as the decision needs them: whose each is, what else their owners are found by, and what
// a proof changes. Read within the transaction that decides; few of them, never on the way of a receipt.

/** Platforms whose hashes are asked for; a chain has a handful. */
const HASH_PLATFORMS_MAX = 40

/** An identity as it stands, without its value. */
export interface StandingIdentity {
  id: string
  memberId: string
  kind: IdentityKind
  namespace: string
  /** As `MembersService.keyOf` makes it. */
  key: string
  assurance: Assurance
  lastSeenAtMs: number
}

type Row = Pick<
  Identity,
  'id' | 'memberId' | 'kind' | 'namespace' | 'valueIndex' | 'assurance' | 'lastSeenAtMs'
>
const COLUMNS = 'id, memberId, kind, namespace, valueIndex, assurance, lastSeenAtMs'

@Injectable()
export class ProvenIdentitiesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly members: MembersService,
  ) {}

  /** Those of these values that are somebody's, by key. */
  async standing(
    statements: Statements,
    values: readonly IdentityValue[],
  ): Promise<Map<string, StandingIdentity>> {
    const found = new Map<string, StandingIdentity>()
    for (const { kind, namespace, value } of values) {
      const rows = await statements.rows<Row>(
        `SELECT ${COLUMNS} FROM identity WHERE kind = ? AND namespace = ? AND valueIndex = ?`,
        [kind, namespace, this.members.indexOf(kind, namespace, value)],
      )
      for (const one of rows.map(standing)) found.set(one.key, one)
    }
    return found
  }

  /** Everything these members are found by. */
  async heldBy(statements: Statements, memberIds: readonly string[]): Promise<StandingIdentity[]> {
    if (memberIds.length === 0) return []
    const rows = await statements.rows<Row>(
      `SELECT ${COLUMNS} FROM identity WHERE memberId IN ${inList(statements)} ORDER BY id`,
      [listParameter(statements, memberIds)],
    )
    return rows.map(standing)
  }

  /** The platforms of which hashed numbers of this kind are kept: one look into the index for each. */
  async hashPlatforms(
    statements: Statements,
    kind: 'phone_md5' | 'phone_sha256',
  ): Promise<string[]> {
    const platforms: string[] = []
    while (platforms.length < HASH_PLATFORMS_MAX) {
      const [next] = await statements.rows<{ namespace: string }>(
        'SELECT namespace FROM identity WHERE kind = ? AND namespace > ? ORDER BY namespace LIMIT 1',
        [kind, platforms.at(-1) ?? ''],
      )
      if (!next) break
      platforms.push(next.namespace)
    }
    return platforms
  }

  /** The numbers of a member that are proven, in clear: for finding what waits for them. */
  async provenPhones(statements: Statements, memberId: string): Promise<Phone[]> {
    const rows = await statements.rows<Identity>(
      'SELECT id, kind, assurance, valueSealed FROM identity WHERE memberId = ? ORDER BY id',
      [memberId],
    )
    return rows
      .filter(({ kind, assurance }) => kind === 'phone' && assurance === 'verified')
      .map(({ id, valueSealed }) => this.config.keyring.open(valueSealed, sealContext(id)) as Phone)
  }

  /** Notes that these were proven by their owner, now. */
  async prove(tx: Tx, identityIds: readonly string[], nowMs: number): Promise<void> {
    if (identityIds.length === 0) return
    await tx.run(
      `UPDATE identity SET assurance = 'verified', lastSeenAtMs = ? WHERE id IN ${inList(tx)}`,
      [nowMs, listParameter(tx, identityIds)],
    )
  }

  /**
   * Lets a phone number go from its owner, who must be locked: it leads to nobody, and stays with
   * them as a number of before. Its id is still theirs, and with it what was bought under it.
   */
  async release(tx: Tx, identityId: string): Promise<void> {
    const [row] = await tx.rows<Identity>('SELECT * FROM identity WHERE id = ?', [identityId])
    if (row?.kind !== 'phone') throw new Error(`identity ${identityId} is no phone number`)
    const phone = this.config.keyring.open(row.valueSealed, sealContext(row.id))
    const namespace = `${PHONE_NAMESPACE}|${row.id}`
    await tx.run(
      `UPDATE identity SET kind = 'phone_former', namespace = ?, valueIndex = ?, last4Index = NULL
       WHERE id = ?`,
      [namespace, this.members.indexOf('phone_former', namespace, phone), identityId],
    )
  }
}

function standing({ valueIndex, ...row }: Row): StandingIdentity {
  const kind = row.kind as IdentityKind
  const key = `${kind}|${row.namespace}|${valueIndex}`
  return { ...row, kind, key, assurance: row.assurance as Assurance }
}
