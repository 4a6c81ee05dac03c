import { createHmac } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import {
  AGENT_PROTOCOL,
  type AgentMember,
  type LookupRequest,
  type SnapshotAnswer,
} from '@huike/shared/contracts/agent'
import { TILL_OFFERS_MAX } from '@huike/shared/till-limits'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import type { Refusal } from '@huike/shared/outcomes'
import { maskPhone, type Phone } from '@huike/shared/phone'
import { points, type BusinessDate, type EpochMs } from '@huike/shared/quantities'
import { ConsentService } from '../../consent/consent.service.js'
import { CouponOffersService } from '../../coupons/coupon-offers.service.js'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import type { Member } from '../../members/member.entity.js'
import { isPresent, MembersService } from '../../members/members.service.js'
import { NamedMembersService } from '../../members/named-members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { PickupListsService } from '../../pickups/pickup-lists.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { CONFIG, type Config } from '../../platform/config.js'
import { Database, inList, listParameter, type Rx } from '../../platform/database.js'
import { sha256Hex } from '../../platform/ids.js'
import { PointsService } from '../../points/points.service.js'
import { PurchasesService } from '../../purchases/purchases.service.js'
import { QualityWantedService } from '../../quality/quality-wanted.service.js'
import { DeletionsService } from '../../rights/deletions.service.js'
import { MemberMetricsService } from '../../segments/member-metrics.service.js'
import { memberHints, ONLINE_REGULAR_DAYS } from './member-hints.js'

// What a till may know of members: masked, as of now, and the store's own for when it is offline.

const SNAPSHOT_MEMBERS_PER_PAGE = 200
const COMMITS_LATE_MS_MAX = 10_000
const DAY_MS = 86_400_000

/** The store whose till asks: a birthday is today there, and goods are fetched there. */
interface AskingStore {
  id: string
  timeZone: string
}

interface SnapshotRow {
  id: string
  changedAtMs: number
}

@Injectable()
export class AgentMembersService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly named: NamedMembersService,
    private readonly profiles: ProfilesService,
    private readonly consents: ConsentService,
    private readonly purchases: PurchasesService,
    private readonly points: PointsService,
    private readonly metrics: MemberMetricsService,
    private readonly wanted: QualityWantedService,
    private readonly deletions: DeletionsService,
    private readonly levels: LevelSchemesService,
    private readonly offers: CouponOffersService,
    private readonly mall: MallListsService,
    private readonly pickups: PickupListsService,
    private readonly clock: Clock,
  ) {}

  /**
   * A member by phone number or scanned code, as a till of `store` is told of them; null when nobody has
   * the number.
   */
  async lookup(
    request: LookupRequest,
    store: AskingStore,
  ): Promise<{ ok: true; member: AgentMember | null } | Refusal> {
    // Before it is read: what changes meanwhile is newer than this answer.
    const asOfMs = this.clock.nowMs()
    return this.database.read(async (rx) => {
      const who = request.by === 'member_code' ? { ...request, readAtMs: asOfMs } : request
      const found = await this.named.find(rx, who)
      if (!found.ok) return found
      const [view] = found.member ? await this.#views(rx, [found.member], { asOfMs, store }) : []
      return { ok: true as const, member: view?.member ?? null }
    })
  }

  /**
   * Members of a store that changed since `cursor` (registered there or bought there), oldest change
   * first. The cursor is `changedAtMs|memberId` of the last row. Changes commit out of order, so the
   * cursor of the last page stays ten seconds behind: rows told twice replace themselves.
   */
  async snapshot(store: AskingStore, cursor: string): Promise<SnapshotAnswer> {
    const { id: storeId } = store
    const [sinceText = '', afterId = ''] = cursor.split('|')
    const sinceMs = /^\d{1,15}$/.test(sinceText) ? Number(sinceText) : 0
    const asOfMs = this.clock.nowMs()
    return this.database.read(async (rx) => {
      const changed = await changedMembers(rx, { storeId, sinceMs, afterId })
      const rows = await this.members.findByIds(
        rx,
        changed.map((row) => row.id),
      )
      const key = this.config.keyring.storePhoneIndexKey(storeId)
      const ids = changed.map((row) => row.id)
      const erased = await this.deletions.erasedAmong(rx, ids)
      const present = [...new Set(rows.values())]
      const views = await this.#views(rx, present, { asOfMs, store })
      // Who has no number any more must not be found by the one a till still knows.
      const numbered = views.flatMap(({ member, phone }) =>
        phone === null ? [] : [{ member, phone }],
      )
      const found = new Set(numbered.map(({ member }) => member.memberId as string))
      const unfindable = present.flatMap(({ id }) => (found.has(id) ? [] : [id]))
      const last = changed.at(-1)
      const complete = changed.length < SNAPSHOT_MEMBERS_PER_PAGE
      return {
        protocol: AGENT_PROTOCOL,
        serverTimeMs: this.clock.nowMs(),
        notice: { ...REGISTRATION_NOTICE, textSha256: sha256Hex(REGISTRATION_NOTICE.text) },
        members: numbered.map(({ member, phone }) => ({
          ...member,
          phoneIndex: createHmac('sha256', key).update(phone).digest('base64url'),
        })),
        forgotten: [...new Set([...erased, ...unfindable])] as MemberId[],
        merged: [...rows].flatMap(([id, { id: intoId }]) =>
          id === intoId ? [] : [{ memberId: id as MemberId, intoMemberId: intoId as MemberId }],
        ),
        nextCursor: last ? cursorAfter(last, complete ? asOfMs : Infinity) : cursor,
        complete,
      }
    })
  }

  async #views(
    rx: Rx,
    members: readonly Member[],
    { asOfMs, store }: { asOfMs: EpochMs; store: AskingStore },
  ): Promise<{ member: AgentMember; phone: Phone | null }[]> {
    const ids = members.map((member) => member.id)
    const phones = await this.members.phonesOf(rx, ids)
    const stats = await this.metrics.memberStats(rx, ids)
    const balances = await rx.rows<{ memberId: string; balancePoints: number }>(
      `SELECT memberId, balancePoints FROM points_account WHERE memberId IN ${inList(rx)}`,
      [listParameter(rx, ids)],
    )
    const pending = await this.points.pendingOf(rx, ids, asOfMs)
    const profiles = await this.profiles.profilesOf(rx, ids)
    const sinceMs = asOfMs - ONLINE_REGULAR_DAYS * DAY_MS
    const onlineSales = await this.purchases.onlineSalesSince(rx, ids, sinceMs)
    // What somebody buys, and where, is told to nobody unless they allow it.
    const allowed = await this.consents.statesOf(rx, ids, ['profiling'])
    const today = localDate(asOfMs, store.timeZone)
    const askFor = await this.wanted.fields(rx)
    const levelName = await this.levels.names(rx)
    const offers = await this.offers.openOf(rx, ids, asOfMs)
    const here = { storeId: store.id, nowMs: asOfMs }
    const exchanges = await this.mall.waitingCounts(rx, ids, here)
    const orders = await this.pickups.waitingCounts(rx, ids, here)
    const balanceOf = new Map(balances.map((row) => [row.memberId, row.balancePoints]))
    return members.filter(isPresent).map((member) => {
      const phone = phones.get(member.id) ?? null
      const stat = stats.get(member.id)
      const { name = null, birthday = null } = profiles.get(member.id) ?? {}
      const mayProfile = allowed.get(member.id)?.get('profiling') === 'granted'
      const sales = mayProfile ? (onlineSales.get(member.id) ?? 0) : 0
      const known = { name, birthday, onlineSales: sales }
      return {
        phone,
        member: {
          memberId: member.id as MemberId,
          memberNo: member.memberNo,
          phoneMasked: phone === null ? '' : maskPhone(phone),
          state: member.state === 'pending' ? ('pending' as const) : ('active' as const),
          levelName: levelName(member.levelCode),
          balancePoints: points(balanceOf.get(member.id) ?? 0),
          pending: pending.get(member.id) ?? null,
          lastVisitDate: (stat?.lastBusinessDate ?? null) as BusinessDate | null,
          purchaseCount: stat?.purchaseCount ?? 0,
          nameMasked: name === null ? null : maskName(name),
          hints: memberHints(known, today, askFor),
          offers: (offers.get(member.id) ?? []).slice(0, TILL_OFFERS_MAX),
          waitingPickups: (exchanges.get(member.id) ?? 0) + (orders.get(member.id) ?? 0),
          asOfMs,
        },
      }
    })
  }
}

/** The cursor after a row, but never within the time in which an earlier change may still commit. */
function cursorAfter(last: SnapshotRow, asOfMs: number): string {
  const settledMs = asOfMs - COMMITS_LATE_MS_MAX
  return last.changedAtMs > settledMs
    ? `${String(settledMs)}|`
    : `${String(last.changedAtMs)}|${last.id}`
}

/**
 * Registered there, bought there, or known there and merged, since then; in a stable order. Who was
 * erased is told to every store: a till may have looked up a member of another one.
 */
function changedMembers(
  rx: Rx,
  after: { storeId: string; sinceMs: number; afterId: string },
): Promise<SnapshotRow[]> {
  const { storeId, sinceMs, afterId } = after
  return rx.rows<SnapshotRow>(
    `SELECT id, MAX(atMs) AS changedAtMs FROM (
       SELECT id, updatedAtMs AS atMs FROM member
         WHERE registeredStoreId = ? AND updatedAtMs >= ? AND state <> 'erased'
       UNION ALL
       SELECT memberId AS id, recordedAtMs AS atMs FROM purchase
         WHERE storeId = ? AND memberId IS NOT NULL AND recordedAtMs >= ?
       UNION ALL
       SELECT k.memberId AS id, g.changedAtMs AS atMs FROM member_merge g
         JOIN member_store k ON k.storeId = ? AND k.memberId IN (g.absorbedId, g.survivorId)
         WHERE g.changedAtMs >= ?
       UNION ALL
       SELECT memberId AS id, erasedAtMs AS atMs FROM erased_member WHERE erasedAtMs >= ?
     ) changes GROUP BY id
     HAVING MAX(atMs) > ? OR (MAX(atMs) = ? AND id > ?)
     ORDER BY changedAtMs, id LIMIT ${String(SNAPSHOT_MEMBERS_PER_PAGE)}`,
    [
      ...[storeId, sinceMs, storeId, sinceMs, storeId, sinceMs, sinceMs],
      ...[sinceMs, sinceMs, afterId],
    ],
  )
}
