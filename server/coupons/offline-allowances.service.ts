import { Injectable } from '@nestjs/common'
import type { OfflineNote } from '@huike/shared/contracts/offline'
import { firstIdAt } from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { couponsBy } from './coupon-rows.js'
import { withinStores, type StoreScope } from '../stores/stores.service.js'
import type { OfflineAllowance } from './offline-allowance.entity.js'
import type { OfflineFinding } from './offline-finding.entity.js'
import { addFindings, OpenAllowances } from './open-allowances.js'

// What tills hold for when they have no network. A coupon, and the points of a member, are held by one
// till at a time, until that till has said what became of them: so nothing is used twice, whatever the
// clocks say. Whoever grants one holds the row of the coupon, as whoever sets it aside does.

/** Allowances of one till at a time, and how long ended ones are kept. */
const HELD_MAX = 1_000
const ENDED_KEPT_MS = 90 * 86_400_000
/** What a person should read is kept for two years. */
const FINDINGS_KEPT_MS = 730 * 86_400_000
/** So long after an order its receipt may come, and takes the coupon that was let go by then. */
const LATE_MS_MAX = 5 * 3_600_000
const CLOCK = { from: 11, to: 16 }
const COLUMNS = [
  'id',
  'kind',
  'memberId',
  'subjectKey',
  'couponId',
  'points',
  'storeId',
  'terminalId',
  'state',
  'grantedAtMs',
  'expiresAtMs',
  'recalledAtMs',
  'endedAtMs',
  'purchaseId',
] as const satisfies (keyof OfflineAllowance)[]

const TILLS_LISTED_MAX = 500

/** What a till holds, summed. */
export interface HeldByTill {
  terminalId: string
  storeName: string
  terminalCode: string
  coupons: number
  members: number
  untilMs: number
}
export type ListedFinding = OfflineFinding & { storeName: string; terminalCode: string }

/** A till, and when. */
export interface HoldingTill {
  storeId: string
  terminalId: string
  nowMs: number
}
/** What is to be left with a till: a coupon of a member, or so many of their points. */
export interface Left {
  memberId: string
  couponId: string | null
  points: number | null
  expiresAtMs: number
}

@Injectable()
export class OfflineAllowancesService {
  /** Allowances by id, and those that hold these coupons now; locked inside a write. */
  async open(
    tx: Tx,
    { ids, couponIds }: { ids: readonly string[]; couponIds: readonly string[] },
  ): Promise<OpenAllowances> {
    const named = await this.#by(tx, 'id', ids)
    const holding = await this.heldOf(tx, couponIds)
    const known = new Set(named.map(({ id }) => id))
    return new OpenAllowances([...named, ...holding.filter(({ id }) => !known.has(id))])
  }

  /** The coupons that these leave with a till. */
  async couponIdsOf(statements: Statements, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await statements.rows<Pick<OfflineAllowance, 'couponId'>>(
      `SELECT couponId FROM offline_allowance WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return rows.flatMap(({ couponId }) => couponId ?? [])
  }

  /** Whose these are, before anything is locked. */
  async memberIdsOf(statements: Statements, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await statements.rows<Pick<OfflineAllowance, 'memberId'>>(
      `SELECT memberId FROM offline_allowance WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return rows.map(({ memberId }) => memberId)
  }

  /** The allowances that hold these coupons now; locked inside a write. */
  heldOf(statements: Statements | Tx, couponIds: readonly string[]): Promise<OfflineAllowance[]> {
    if (couponIds.length === 0) return Promise.resolve([])
    const lock = 'forUpdate' in statements ? statements.forUpdate : ''
    return statements.rows<OfflineAllowance>(
      `SELECT * FROM offline_allowance WHERE couponId IN ${inList(statements)} AND state = 'held'
       ORDER BY id${lock}`,
      [listParameter(statements, [...new Set(couponIds)])],
    )
  }

  /** Why a coupon that a till holds cannot be used elsewhere, in words. */
  async sentenceOf(
    statements: Statements,
    { storeId, expiresAtMs }: Pick<OfflineAllowance, 'storeId' | 'expiresAtMs'>,
    nowMs: number,
  ): Promise<string> {
    const [store] = await statements.rows<{ name: string }>('SELECT name FROM store WHERE id = ?', [
      storeId,
    ])
    const at = localTime(expiresAtMs, CHAIN_TIME_ZONE).slice(CLOCK.from, CLOCK.to)
    const name = store?.name ?? ''
    return expiresAtMs > nowMs
      ? `此券已留给“${name}”离线使用到 ${at}，已请该店归还，请稍后再试`
      : `此券可能已在“${name}”离线使用，等该店联网后确认`
  }

  /** What a till holds now, oldest first. */
  heldBy(statements: Statements, terminalId: string): Promise<OfflineAllowance[]> {
    return statements.rows<OfflineAllowance>(
      `SELECT * FROM offline_allowance WHERE terminalId = ? AND state = 'held'
       ORDER BY id LIMIT ${String(HELD_MAX)}`,
      [terminalId],
    )
  }

  /** Takes back what a till will never use; what it used, or another till holds, stays as it is. */
  async giveBack(
    tx: Tx,
    ids: readonly string[],
    { terminalId, nowMs }: HoldingTill,
  ): Promise<void> {
    const rows = await this.#by(tx, 'id', ids)
    const allowances = new OpenAllowances(rows)
    for (const row of rows) if (row.terminalId === terminalId) allowances.giveBack(row, nowMs)
    await allowances.write(tx)
  }

  /** Keeps what a till refused, once. */
  async note(tx: Tx, notes: readonly OfflineNote[], till: HoldingTill): Promise<void> {
    if (notes.length === 0) return
    const known = await tx.rows<{ id: string }>(
      `SELECT id FROM offline_finding WHERE id IN ${inList(tx)}`,
      [
        listParameter(
          tx,
          notes.map(({ noteId }) => noteId),
        ),
      ],
    )
    const before = new Set(known.map(({ id }) => id))
    const { storeId, terminalId, nowMs } = till
    const fresh = new Map(notes.map((note) => [note.noteId as string, note]))
    const rows = [...fresh.values()]
      .filter(({ noteId }) => !before.has(noteId))
      .map(({ noteId, memberId, code, atMs }): OfflineFinding => ({
        ...{ id: noteId, kind: 'refused', code, storeId, terminalId, memberId, atMs },
        ...{ allowanceId: null, purchaseId: null, points: null, offFen: null },
        recordedAtMs: nowMs,
      }))
    await addFindings(tx, rows)
  }

  /**
   * Leaves coupons and points with a till; those that another holds, or that are not there any more,
   * are left out. Throws UniqueViolation when two tills ask for the points of one member at once.
   */
  async grant(tx: Tx, left: readonly Left[], till: HoldingTill): Promise<void> {
    const { storeId, terminalId, nowMs } = till
    const couponIds = left.flatMap(({ couponId }) => couponId ?? [])
    const coupons = new Map((await couponsBy(tx, 'id', couponIds)).map((row) => [row.id, row]))
    const resting = await this.#setAsideSince(tx, couponIds, nowMs - LATE_MS_MAX)
    const subjects = left.map(subjectOf)
    const held = new Set((await this.#by(tx, 'subjectKey', subjects)).map((row) => row.subjectKey))
    const fresh = left.flatMap((one): OfflineAllowance[] => {
      const coupon = one.couponId === null ? null : coupons.get(one.couponId)
      const isThere =
        coupon === null || (coupon?.state === 'issued' && coupon.memberId === one.memberId)
      const subjectKey = subjectOf(one)
      if (!isThere || held.has(subjectKey) || resting.has(one.couponId ?? '')) return []
      held.add(subjectKey)
      return [
        {
          ...{ id: mintId(nowMs), kind: one.couponId === null ? 'points' : 'coupon' },
          ...{ memberId: one.memberId, couponId: one.couponId, points: one.points, subjectKey },
          ...{ storeId, terminalId, state: 'held', grantedAtMs: nowMs },
          ...{ expiresAtMs: one.expiresAtMs, recalledAtMs: null, endedAtMs: null },
          purchaseId: null,
        },
      ]
    })
    await tx.insert(
      'offline_allowance',
      COLUMNS,
      fresh.map((row) => valuesOf(row, COLUMNS)),
    )
  }

  /** Lets a till that was heard of use what it holds for longer, unless it is wanted elsewhere. */
  async renew(
    tx: Tx,
    rows: readonly Pick<OfflineAllowance, 'id' | 'expiresAtMs'>[],
  ): Promise<void> {
    await tx.updateEach(
      'offline_allowance',
      'id',
      ['expiresAtMs'],
      rows.map(({ id, expiresAtMs }) => [id, expiresAtMs]),
    )
  }

  /** Forgets what ended long ago at this till, and what was to be read of its store. */
  async tidy(tx: Tx, { storeId, terminalId, nowMs }: HoldingTill): Promise<void> {
    await tx.run('DELETE FROM offline_finding WHERE storeId = ? AND id < ?', [
      storeId,
      firstIdAt(nowMs - FINDINGS_KEPT_MS),
    ])
    await tx.run(
      `DELETE FROM offline_allowance
       WHERE terminalId = ? AND state IN ('returned', 'used', 'released') AND endedAtMs < ?`,
      [terminalId, nowMs - ENDED_KEPT_MS],
    )
  }

  /** Asks the tills for these coupons: they are wanted elsewhere. */
  async recall(tx: Tx, couponIds: readonly string[], nowMs: number): Promise<void> {
    await tx.run(
      `UPDATE offline_allowance SET recalledAtMs = ?
       WHERE couponId IN ${inList(tx)} AND state = 'held' AND recalledAtMs IS NULL`,
      [nowMs, listParameter(tx, couponIds)],
    )
  }

  /** Asks a till for what it holds of those who do not buy there any more. */
  async recallIds(
    tx: Tx,
    rows: readonly Pick<OfflineAllowance, 'id'>[],
    nowMs: number,
  ): Promise<void> {
    if (rows.length === 0) return
    await tx.run(
      `UPDATE offline_allowance SET recalledAtMs = ?
       WHERE id IN ${inList(tx)} AND state = 'held' AND recalledAtMs IS NULL`,
      [
        nowMs,
        listParameter(
          tx,
          rows.map(({ id }) => id),
        ),
      ],
    )
  }

  /** Asks the tills for what they hold of people whose records are merged or erased. */
  async recallOf(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<void> {
    await tx.run(
      `UPDATE offline_allowance SET recalledAtMs = ?
       WHERE memberId IN ${inList(tx)} AND state = 'held' AND recalledAtMs IS NULL`,
      [nowMs, listParameter(tx, memberIds)],
    )
  }

  /** A till is lost: what it holds may be used elsewhere. Answers how many that were. */
  release(
    tx: Tx,
    { terminalId, scope, nowMs }: { terminalId: string; scope: StoreScope; nowMs: number },
  ): Promise<number> {
    const within = withinStores(tx, 'storeId', scope)
    return tx.run(
      `UPDATE offline_allowance SET state = 'released', subjectKey = NULL, endedAtMs = ?
       WHERE terminalId = ? AND state = 'held'${within.sql}`,
      [nowMs, terminalId, ...within.parameters],
    )
  }

  /** The tills that hold something now, those first that may redeem it longest. */
  async tills(statements: Statements, scope: StoreScope): Promise<HeldByTill[]> {
    const within = withinStores(statements, 'a.storeId', scope)
    const rows = await statements.rows<Record<keyof HeldByTill, number | string>>(
      `SELECT a.terminalId, s.name AS storeName, t.code AS terminalCode,
         SUM(CASE WHEN a.kind = 'coupon' THEN 1 ELSE 0 END) AS coupons,
         COUNT(DISTINCT a.memberId) AS members, MAX(a.expiresAtMs) AS untilMs
       FROM offline_allowance a JOIN terminal t ON t.id = a.terminalId
         JOIN store s ON s.id = a.storeId
       WHERE a.state = 'held'${within.sql}
       GROUP BY a.terminalId, s.name, t.code
       ORDER BY untilMs DESC, a.terminalId LIMIT ${String(TILLS_LISTED_MAX)}`,
      within.parameters,
    )
    return rows.map((row) => ({
      terminalId: String(row.terminalId),
      storeName: String(row.storeName),
      terminalCode: String(row.terminalCode),
      coupons: Number(row.coupons),
      members: Number(row.members),
      untilMs: Number(row.untilMs),
    }))
  }

  /** What a person should read, latest first. */
  findings(
    statements: Statements,
    page: { scope: StoreScope; beforeId: string | null; limit: number },
  ): Promise<ListedFinding[]> {
    const within = withinStores(statements, 'f.storeId', page.scope)
    const before = page.beforeId === null ? '' : ' AND f.id < ?'
    return statements.rows<ListedFinding>(
      `SELECT f.*, s.name AS storeName, t.code AS terminalCode FROM offline_finding f
       JOIN terminal t ON t.id = f.terminalId JOIN store s ON s.id = f.storeId
       WHERE 1 = 1${within.sql}${before} ORDER BY f.id DESC LIMIT ${String(page.limit)}`,
      [...within.parameters, ...(page.beforeId === null ? [] : [page.beforeId])],
    )
  }

  /** Of these coupons, those that a till set aside since then. */
  async #setAsideSince(
    tx: Tx,
    couponIds: readonly string[],
    sinceMs: number,
  ): Promise<Set<string>> {
    if (couponIds.length === 0) return new Set()
    const rows = await tx.rows<{ couponId: string }>(
      `SELECT DISTINCT couponId FROM coupon_step
       WHERE couponId IN ${inList(tx)} AND kind = 'reserved' AND atMs > ?`,
      [listParameter(tx, couponIds), sinceMs],
    )
    return new Set(rows.map(({ couponId }) => couponId))
  }

  #by(tx: Tx, column: 'id' | 'subjectKey', values: readonly string[]): Promise<OfflineAllowance[]> {
    if (values.length === 0) return Promise.resolve([])
    return tx.rows<OfflineAllowance>(
      `SELECT * FROM offline_allowance WHERE ${column} IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, [...new Set(values)])],
    )
  }
}

function subjectOf({ couponId, memberId }: Left): string {
  return couponId === null ? `points|${memberId}` : `coupon|${couponId}`
}
