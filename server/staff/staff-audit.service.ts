import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { originMasked } from '../platform/request-origin.js'
import { AUDIT_LANES, auditHash, chainStart, headSeal, laneOf } from './audit-chain.js'
import type { StaffAuditHead } from './staff-audit-head.entity.js'
import type { StaffAudit } from './staff-audit.entity.js'

// What staff did that must be answered for. Rows are appended in the transaction of the deed, so
// that neither is there without the other; they are never changed, and each is chained to the one
// before it (see audit-chain.ts). Rows of older versions are taken into the chains at the first start.

const DETAIL_CHARACTERS_MAX = 200
const OLD_ROWS_PER_WRITE = 200
/** Stands for somebody who is not signed in: an unknown user name, or an operator's command. */
export const NOBODY_ID = '00000000000000000000000000'

const COLUMNS = [
  'id',
  'staffId',
  'action',
  'subjectId',
  'detail',
  'atMs',
  'addressMasked',
  'lane',
  'seq',
  'hash',
] as const satisfies (keyof StaffAudit)[]

export interface Deed {
  staffId: string
  /** `noun.verb_past`: staff.changed, terminal.revoked, member.phone_viewed; at most 32 characters. */
  action: string
  /** Who or what it was done to; null when that is no single row. */
  subjectId: string | null
  /** Why, or what exactly; never personal data. Cut to 200 characters. */
  detail: string | null
  atMs: number
}

@Injectable()
export class StaffAuditService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Begins the chains when there are none yet, and takes in what older versions wrote. */
  async onModuleInit(): Promise<void> {
    await this.#begin()
    while (await this.#takeInOldRows());
  }

  /** Writes down a deed, in the transaction that does it, with where the call came from. */
  async append(tx: Tx, deed: Deed): Promise<void> {
    const detail =
      deed.detail === null ? null : [...deed.detail].slice(0, DETAIL_CHARACTERS_MAX).join('')
    const row = { ...deed, detail, id: mintId(deed.atMs), addressMasked: originMasked() }
    const chained = await this.#chain(tx, row)
    await tx.insert('staff_audit', COLUMNS, [valuesOf(chained, COLUMNS)])
  }

  /** The row with its place in its chain, whose head moves on to it. */
  async #chain(tx: Tx, row: Omit<StaffAudit, 'lane' | 'seq' | 'hash'>): Promise<StaffAudit> {
    const { keyring } = this.config
    const lane = laneOf(row.staffId)
    const head = (await headOf(tx, lane)) ?? (await this.#beginLane(tx, lane, this.clock.nowMs()))
    const seq = head.seq + 1
    const placed = { ...row, lane, seq }
    const hash = auditHash(keyring, head.hash, placed)
    const next = { lane, begunAtMs: head.begunAtMs, seq, hash }
    const moved = await tx.run(
      'UPDATE staff_audit_head SET seq = ?, hash = ?, seal = ? WHERE lane = ? AND seq = ?',
      [seq, hash, headSeal(keyring, next), lane, head.seq],
    )
    if (moved !== 1) throw new Error(`the head of audit chain ${String(lane)} has moved`)
    return { ...placed, hash }
  }

  /** All chains begin in one transaction; two servers that start together begin them once. */
  async #begin(): Promise<void> {
    const heads = await this.database.read((rx) => rx.rows('SELECT lane FROM staff_audit_head'))
    if (heads.length > 0) return
    // The same instant for all: one that began later has lost what was before.
    const begunAtMs = this.clock.nowMs()
    try {
      await this.database.write(async (tx) => {
        for (let lane = 0; lane < AUDIT_LANES; lane += 1) await this.#beginLane(tx, lane, begunAtMs)
      })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  /**
   * A chain whose head was taken away begins anew, later than the others: deeds go on being written
   * down, and the verifier says so.
   */
  async #beginLane(tx: Tx, lane: number, begunAtMs: number): Promise<StaffAuditHead> {
    const { keyring } = this.config
    const fresh = { lane, begunAtMs, seq: 0, hash: chainStart(keyring, lane, begunAtMs) }
    const head = { ...fresh, seal: headSeal(keyring, fresh) }
    const columns = ['lane', 'begunAtMs', 'seq', 'hash', 'seal'] as const
    await tx.insert('staff_audit_head', columns, [valuesOf(head, columns)])
    return head
  }

  /** Chains some rows that are in none yet, oldest first; false when there are none left. */
  async #takeInOldRows(): Promise<boolean> {
    const waiting = `SELECT id FROM staff_audit WHERE lane IS NULL ORDER BY id LIMIT ${String(OLD_ROWS_PER_WRITE)}`
    const found = await this.database.read((rx) => rx.rows(waiting))
    if (found.length === 0) return false
    await this.database.write(async (tx) => {
      // Another server may have taken them in meanwhile: read again behind the first head's lock.
      await headOf(tx, 0)
      const rows = await tx.rows<StaffAudit>(
        `SELECT * FROM staff_audit WHERE lane IS NULL ORDER BY id LIMIT ${String(OLD_ROWS_PER_WRITE)}`,
      )
      for (const row of rows) {
        const { lane, seq, hash } = await this.#chain(tx, row)
        await tx.run('UPDATE staff_audit SET lane = ?, seq = ?, hash = ? WHERE id = ?', [
          lane,
          seq,
          hash,
          row.id,
        ])
      }
    })
    return true
  }
}

async function headOf(tx: Tx, lane: number): Promise<StaffAuditHead | null> {
  const [head] = await tx.rows<StaffAuditHead>(
    `SELECT * FROM staff_audit_head WHERE lane = ?${tx.forUpdate}`,
    [lane],
  )
  return head ?? null
}
