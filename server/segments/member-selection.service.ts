import { Injectable } from '@nestjs/common'
import type { MemberFilter } from '@huike/shared/contracts/console-members'
import { normalisePhone } from '@huike/shared/phone'
import type { Member } from '../members/member.entity.js'
import { visitedSince } from '../members/member-sessions.service.js'
import { MembersService } from '../members/members.service.js'
import { inList, listParameter, type Rx, type SqlParameter } from '../platform/database.js'

// Members picked by a filter, newest first, page by page. A filter that few members pass is answered
// by looking those up; any other by walking the members from the newest until a page is full. So a
// page costs a few statements, and looks at a few thousand rows at the most where answers are dense.

/** Up to so many members are looked up by their ids and sorted; more are walked past. */
const NARROW_MAX = 2_000
const DAY_MS = 86_400_000
const LAST4 = /^\d{4}$/
const MEMBER_NO = /^\d{12}$/

/** Whom a person may see: those who registered or bought in these stores; null: everybody. */
export type MemberScope = readonly string[] | null

export interface Selection {
  filter: MemberFilter
  scope: MemberScope
  nowMs: number
}

/** A place in the order of members, newest first. */
export interface MemberPlace {
  createdAtMs: number
  id: string
}

/** Some members by search; `ids` null: all members whose number ends in these four digits. */
type Searched = { ids: string[] } | { last4Index: string } | null

interface Condition {
  sql: string
  parameters: SqlParameter[]
}

/** A selection made ready: what every statement of it asks, and the few it can be found among. */
export interface Prepared {
  conditions: readonly Condition[]
  /** Nobody else passes; null: too many to say. */
  among: readonly string[] | null
}

@Injectable()
export class MemberSelectionService {
  constructor(private readonly members: MembersService) {}

  /** A search that names one person: eleven digits of a phone, or a member number. */
  namesOne(search: string | undefined): boolean {
    if (search === undefined) return false
    const text = folded(search)
    return MEMBER_NO.test(text) || (!LAST4.test(text) && normalisePhone(search) !== null)
  }

  /** Reads the filter, and finds out whether few members pass it: at most six statements. */
  async prepare(rx: Rx, selection: Selection): Promise<Prepared> {
    const { filter, scope, nowMs } = selection
    const searched = await this.#search(rx, filter.search)
    const stores = storesOf(filter, scope)
    if (stores?.length === 0 || (searched && 'ids' in searched && searched.ids.length === 0))
      return { conditions: [], among: [] }
    const conditions = [
      stateIs(filter),
      ...(stores === null ? [] : [inStores(rx, stores)]),
      ...lastPurchase(filter, nowMs),
      ...(filter.silentDays === undefined ? [] : silent(filter.silentDays, nowMs)),
      ...(filter.ownerId === undefined ? [] : [isOwnedBy(filter.ownerId)]),
      ...(filter.consent === undefined ? [] : [consents(filter.consent)]),
    ]
    if (searched && 'ids' in searched) return { conditions, among: searched.ids }
    if (searched) {
      const among = await few(rx, withLast4(searched.last4Index))
      if (among !== null) return { conditions, among }
      conditions.push(endsIn(searched.last4Index))
    }
    const sets = [
      ...(filter.consent === undefined ? [] : [thoseWhoConsent(filter.consent)]),
      ...(filter.ownerId === undefined ? [] : [thoseOwnedBy(filter.ownerId)]),
      ...thoseWhoBought(filter, nowMs),
    ]
    const inStore = stores === null ? [] : [thoseOfStores(rx, stores)]
    for (const set of [...sets, ...inStore]) {
      const among = await few(rx, set)
      if (among !== null) return { conditions, among }
    }
    const together = [...sets, ...(stores === null ? [] : [tiedTo(rx, stores)])]
    return { conditions, among: together.length > 1 ? await few(rx, inAll(together)) : null }
  }

  /** Up to `limit` members after `before`, newest first. */
  async page(
    rx: Rx,
    prepared: Prepared,
    query: { before: MemberPlace | null; limit: number },
  ): Promise<Member[]> {
    const { among } = prepared
    if (among?.length === 0) return []
    const conditions = [
      ...(among === null ? [] : [oneOf(rx, among)]),
      ...(query.before === null ? [] : [after(query.before)]),
      ...prepared.conditions,
    ]
    return rx.rows<Member>(
      `SELECT m.* FROM member m WHERE ${sqlOf(conditions)}
       ORDER BY m.createdAtMs DESC, m.id DESC LIMIT ${String(query.limit)}`,
      parametersOf(conditions),
    )
  }

  /**
   * Where a stretch of `length` members that begins after `before` ends; null at the end of all. To
   * walk everybody in statements of a bounded size.
   */
  async stretchEnd(
    rx: Rx,
    before: MemberPlace | null,
    length: number,
  ): Promise<MemberPlace | null> {
    const from = before === null ? [] : [after(before)]
    const [last] = await rx.rows<MemberPlace>(
      `SELECT m.createdAtMs, m.id FROM member m ${from.length > 0 ? `WHERE ${sqlOf(from)}` : ''}
       ORDER BY m.createdAtMs DESC, m.id DESC LIMIT 1 OFFSET ${String(length - 1)}`,
      parametersOf(from),
    )
    return last ?? null
  }

  /** The members of one stretch that pass, newest first. */
  async inStretch(rx: Rx, prepared: Prepared, stretch: Stretch): Promise<Member[]> {
    const conditions = [...within(stretch), ...prepared.conditions]
    return rx.rows<Member>(
      `SELECT m.* FROM member m WHERE ${sqlOf(conditions)}
       ORDER BY m.createdAtMs DESC, m.id DESC`,
      parametersOf(conditions),
    )
  }

  /** How many members of one stretch pass. */
  async countInStretch(rx: Rx, prepared: Prepared, stretch: Stretch): Promise<number> {
    const conditions = [...within(stretch), ...prepared.conditions]
    const [row] = await rx.rows<{ passing: number }>(
      `SELECT COUNT(*) AS passing FROM member m WHERE ${sqlOf(conditions)}`,
      parametersOf(conditions),
    )
    return row?.passing ?? 0
  }

  /** May somebody of this scope see the member? */
  async isInScope(rx: Rx, member: Member, scope: MemberScope): Promise<boolean> {
    if (scope === null) return true
    if (member.registeredStoreId !== null && scope.includes(member.registeredStoreId)) return true
    const ties = await rx.rows(
      `SELECT storeId FROM member_store WHERE storeId IN ${inList(rx)} AND memberId = ?
       AND purchaseCount > 0 LIMIT 1`,
      [listParameter(rx, scope), member.id],
    )
    return ties.length > 0
  }

  async #search(rx: Rx, search: string | undefined): Promise<Searched> {
    if (search === undefined) return null
    const text = folded(search)
    if (LAST4.test(text)) return { last4Index: this.members.last4Index(text) }
    if (MEMBER_NO.test(text)) {
      const member = (await this.members.findByMemberNos(rx, [text])).get(text)?.member
      return { ids: member ? [member.id] : [] }
    }
    const phone = normalisePhone(search)
    const member = phone === null ? null : await this.members.findByPhone(rx, phone)
    return { ids: member ? [member.id] : [] }
  }
}

/** Members after `from` (all from the newest when null), up to and with `to` (null: to the end). */
export interface Stretch {
  from: MemberPlace | null
  to: MemberPlace | null
}

/** Full-width digits and the spaces people put between digits. */
function folded(search: string): string {
  return search.normalize('NFKC').replace(/[\s-]/g, '')
}

/** The stores to look in: the one asked for, if it is one's own; null: all. */
function storesOf(filter: MemberFilter, scope: MemberScope): readonly string[] | null {
  const { storeId } = filter
  if (storeId === undefined) return scope
  return scope === null || scope.includes(storeId) ? [storeId] : []
}

function stateIs({ state }: MemberFilter): Condition {
  return state === undefined
    ? { sql: "m.state IN ('pending', 'active')", parameters: [] }
    : { sql: 'm.state = ?', parameters: [state] }
}

// Each of these is asked of one member at a time: a database that turned it into a join would read
// all who pass before it sorts them. A subquery that gives a value cannot be turned into one.

function inStores(rx: Rx, stores: readonly string[]): Condition {
  const list = listParameter(rx, stores)
  return {
    sql: `(m.registeredStoreId IN ${inList(rx)} OR (SELECT 1 FROM member_store k
      WHERE k.storeId IN ${inList(rx)} AND k.memberId = m.id AND k.purchaseCount > 0 LIMIT 1) = 1)`,
    parameters: [list, list],
  }
}

function lastPurchase(filter: MemberFilter, nowMs: number): Condition[] {
  const lastAtMs = '(SELECT s.lastPurchaseAtMs FROM member_stat s WHERE s.memberId = m.id)'
  return purchaseBounds(filter, nowMs).map(({ sign, atMs }) => ({
    sql: `${lastAtMs} ${sign} ?`,
    parameters: [atMs],
  }))
}

/** Neither bought nor visited since, and registered before: the newest are walked past by an index. */
function silent(days: number, nowMs: number): Condition[] {
  const sinceMs = nowMs - days * DAY_MS
  const visited = visitedSince('m.id', sinceMs)
  return [
    { sql: 'm.createdAtMs < ?', parameters: [sinceMs] },
    {
      sql: 'COALESCE((SELECT s.lastPurchaseAtMs FROM member_stat s WHERE s.memberId = m.id), 0) < ?',
      parameters: [sinceMs],
    },
    { sql: `NOT (${visited.sql})`, parameters: visited.parameters },
  ]
}

function purchaseBounds(
  { boughtWithinDays, inactiveDays }: MemberFilter,
  nowMs: number,
): { sign: '>=' | '<'; atMs: number }[] {
  return [
    ...(boughtWithinDays === undefined
      ? []
      : [{ sign: '>=' as const, atMs: nowMs - boughtWithinDays * DAY_MS }]),
    ...(inactiveDays === undefined
      ? []
      : [{ sign: '<' as const, atMs: nowMs - inactiveDays * DAY_MS }]),
  ]
}

function isOwnedBy(staffId: string): Condition {
  return { sql: 'm.ownerStaffId = ?', parameters: [staffId] }
}

function consents(purpose: string): Condition {
  return {
    sql: `(SELECT c.state FROM consent_state c
      WHERE c.memberId = m.id AND c.purpose = ?) = 'granted'`,
    parameters: [purpose],
  }
}

function endsIn(last4Index: string): Condition {
  // The digits stand outside, or SQLite looks through everybody who has them, for each member.
  return {
    sql: '? IN (SELECT i.last4Index FROM identity i WHERE i.memberId = m.id)',
    parameters: [last4Index],
  }
}

function oneOf(rx: Rx, ids: readonly string[]): Condition {
  return { sql: `m.id IN ${inList(rx)}`, parameters: [listParameter(rx, ids)] }
}

function after({ createdAtMs, id }: MemberPlace): Condition {
  return {
    // The first half is what an index can be entered by.
    sql: 'm.createdAtMs <= ? AND (m.createdAtMs < ? OR m.id < ?)',
    parameters: [createdAtMs, createdAtMs, id],
  }
}

function within({ from, to }: Stretch): Condition[] {
  const until: Condition[] =
    to === null
      ? []
      : [
          {
            sql: 'm.createdAtMs >= ? AND (m.createdAtMs > ? OR m.id >= ?)',
            parameters: [to.createdAtMs, to.createdAtMs, to.id],
          },
        ]
  return [...(from === null ? [] : [after(from)]), ...until]
}

/** The ids of a set if it is small; else null. */
async function few(rx: Rx, { sql, parameters }: Condition): Promise<string[] | null> {
  const rows = await rx.rows<{ memberId: string }>(
    `SELECT memberId FROM (${sql}) passing ${FEW}`,
    parameters,
  )
  return rows.length <= NARROW_MAX ? rows.map(({ memberId }) => memberId) : null
}

const FEW = `LIMIT ${String(NARROW_MAX + 1)}`

/** Large sets may have little in common: found out without walking past everybody else. */
function inAll(sets: readonly Condition[]): Condition {
  const [first, ...others] = sets.map(({ sql }, index) => `(${sql}) set${String(index)}`)
  const joins = others.map(
    (set, index) => `JOIN ${set} ON set${String(index + 1)}.memberId = set0.memberId`,
  )
  return {
    sql: `SELECT DISTINCT set0.memberId FROM ${first ?? ''} ${joins.join(' ')} ${FEW}`,
    parameters: parametersOf(sets),
  }
}

function withLast4(last4Index: string): Condition {
  return {
    sql: 'SELECT memberId FROM identity WHERE last4Index = ?',
    parameters: [last4Index],
  }
}

function thoseWhoConsent(purpose: string): Condition {
  return {
    sql: "SELECT memberId FROM consent_state WHERE purpose = ? AND state = 'granted'",
    parameters: [purpose],
  }
}

function thoseOwnedBy(staffId: string): Condition {
  return { sql: 'SELECT id AS memberId FROM member WHERE ownerStaffId = ?', parameters: [staffId] }
}

function thoseWhoBought(filter: MemberFilter, nowMs: number): Condition[] {
  const bounds = purchaseBounds(filter, nowMs)
  if (bounds.length === 0) return []
  return [
    {
      sql: `SELECT memberId FROM member_stat
        WHERE ${bounds.map(({ sign }) => `lastPurchaseAtMs ${sign} ?`).join(' AND ')}`,
      parameters: bounds.map(({ atMs }) => atMs),
    },
  ]
}

function tiedTo(rx: Rx, stores: readonly string[]): Condition {
  return {
    sql: `SELECT memberId FROM member_store WHERE storeId IN ${inList(rx)}`,
    parameters: [listParameter(rx, stores)],
  }
}

/**
 * Who registered a moment ago has no tie yet, so both are asked. Each member counts once: ties to
 * several stores must not fill the limit, or the rest would be left out as if there were no more.
 */
function thoseOfStores(rx: Rx, stores: readonly string[]): Condition {
  const tied = tiedTo(rx, stores)
  return {
    sql: `SELECT memberId FROM (SELECT DISTINCT memberId FROM (${tied.sql}) tied ${FEW}) bought
      UNION SELECT id AS memberId FROM (SELECT id FROM member
        WHERE registeredStoreId IN ${inList(rx)} ${FEW}) registered`,
    parameters: [...tied.parameters, ...tied.parameters],
  }
}

function sqlOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => sql).join(' AND ')
}

function parametersOf(conditions: readonly Condition[]): SqlParameter[] {
  return conditions.flatMap(({ parameters }) => parameters)
}
