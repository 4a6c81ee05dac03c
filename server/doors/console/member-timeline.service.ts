import { Injectable } from '@nestjs/common'
import type {
  TimelineItem,
  TimelinePage,
  TimelineQuery,
} from '@huike/shared/contracts/console-members'
import { fen, points, type EpochMs } from '@huike/shared/quantities'
import { consentWayWords, PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import type { Consent } from '../../consent/consent.entity.js'
import type { Member } from '../../members/member.entity.js'
import type { Message } from '../../messages/message.entity.js'
import { inList, listParameter, type Rx } from '../../platform/database.js'
import type { PointsTransfer } from '../../points/points-transfer.entity.js'
import type { PurchaseLine } from '../../purchases/purchase-line.entity.js'
import type { Purchase } from '../../purchases/purchase.entity.js'
import { PurchasesService } from '../../purchases/purchases.service.js'
import { StoresService } from '../../stores/stores.service.js'
import { cursorOf, placeOf, type KeysetPlace } from '../keyset-cursor.js'
import { pointsTitle } from '../points-titles.js'

// Everything that happened with one member, on one line, newest first. Each source gives a page of
// its own after the cursor; merged and cut, they are the page. At most seven statements.

const LINES_SHOWN_MAX = 10
const FIRST_PLACE: KeysetPlace = { atMs: Number.MAX_SAFE_INTEGER, id: '' }

interface Asked {
  memberId: string
  before: KeysetPlace
  limit: number
}

@Injectable()
export class MemberTimelineService {
  constructor(
    private readonly purchases: PurchasesService,
    private readonly stores: StoresService,
  ) {}

  /** A page of a member's timeline, of one kind or of all. */
  async page(rx: Rx, member: Member, query: TimelineQuery): Promise<TimelinePage> {
    const { kind, limit } = query
    const before = placeOf(query.cursor) ?? FIRST_PLACE
    // One more than the page, to know whether there is another.
    const asked = { memberId: member.id, before, limit: limit + 1 }
    const wants = (one: TimelineQuery['kind']) => kind === undefined || kind === one
    const found: TimelineItem[] = []
    if (wants('purchase')) found.push(...(await this.#purchases(rx, asked)))
    if (wants('points')) found.push(...(await pointsItems(rx, asked)))
    if (wants('message')) found.push(...(await messageItems(rx, asked)))
    if (wants('consent')) found.push(...(await consentItems(rx, asked)))
    if (kind === undefined) found.push(...registeredItem(member, before))
    const newest = found.sort(newestFirst)
    const items = newest.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: newest.length > limit && last ? cursorOf(last) : null }
  }

  async #purchases(rx: Rx, { memberId, before, limit }: Asked): Promise<TimelineItem[]> {
    const rows = await this.purchases.ofMember(rx, {
      memberId,
      channel: null,
      before: { occurredAtMs: before.atMs, id: before.id },
      limit,
    })
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const lines = await this.purchases.firstLinesOf(rx, ids, LINES_SHOWN_MAX)
    const stores = await this.stores.namesOf(
      rx,
      rows.map(({ storeId }) => storeId),
    )
    const terminals = await terminalCodes(
      rx,
      rows.map(({ terminalId }) => terminalId),
    )
    return rows.map((row) =>
      purchaseItem(row, {
        lines: lines.get(row.id) ?? [],
        storeName: stores.get(row.storeId) ?? '',
        terminalCode: terminals.get(row.terminalId) ?? null,
      }),
    )
  }
}

function newestFirst(a: TimelineItem, b: TimelineItem): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs
  return a.id < b.id ? 1 : -1
}

function purchaseItem(
  row: Purchase,
  seen: { lines: readonly PurchaseLine[]; storeName: string; terminalCode: string | null },
): TimelineItem {
  const isSale = row.kind === 'sale'
  return {
    kind: 'purchase',
    id: row.id,
    atMs: row.occurredAtMs as EpochMs,
    type: isSale ? 'sale' : 'refund',
    channel: row.channel === 'online' ? 'online' : 'pos',
    storeName: seen.storeName,
    terminalCode: seen.terminalCode,
    cashier: row.cashier,
    receiptNo: row.receiptNo,
    totalFen: fen(row.totalFen),
    refundedFen: fen(row.refundedFen),
    points: points(isSale ? row.earnedPoints - row.reversedPoints : -row.reversedPoints),
    lines: seen.lines.map(({ name, quantityMilli, amountFen }) => ({
      name,
      quantityMilli,
      amountFen,
    })),
    lineCount: row.lineCount,
  }
}

/** Not every purchase was made at a till: an online one has no code. */
async function terminalCodes(rx: Rx, terminalIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await rx.rows<{ id: string; code: string }>(
    `SELECT id, code FROM terminal WHERE id IN ${inList(rx)}`,
    [listParameter(rx, [...new Set(terminalIds)])],
  )
  return new Map(rows.map(({ id, code }) => [id, code]))
}

async function pointsItems(rx: Rx, asked: Asked): Promise<TimelineItem[]> {
  type Row = Pick<
    PointsTransfer,
    'id' | 'toAccount' | 'points' | 'balanceAfterPoints' | 'reason' | 'explanation'
  >
  const rows = await sourceRows<Row>(rx, asked, {
    columns: 'id, toAccount, points, balanceAfterPoints, reason, explanation',
    from: 'points_transfer',
    where: "reason NOT IN ('spent', 'spend_undone')",
    atMs: 'occurredAtMs',
    id: 'id',
  })
  const account = `member:${asked.memberId}`
  return rows.map((row) => ({
    kind: 'points',
    id: row.id,
    atMs: row.atMs as EpochMs,
    points: points(row.toAccount === account ? row.points : -row.points),
    balanceAfterPoints: points(row.balanceAfterPoints),
    title: pointsTitle(row.reason),
    explanation: row.explanation,
  }))
}

/** A message stands where it was sent, or where it was made while it was not. */
async function messageItems(rx: Rx, asked: Asked): Promise<TimelineItem[]> {
  type Row = Pick<Message, 'id' | 'channel' | 'state' | 'reason'> & {
    title: string
    campaignName: string | null
  }
  const rows = await sourceRows<Row>(rx, asked, {
    columns: 'g.id, g.channel, g.state, g.reason, t.title, c.name AS campaignName',
    from: `message g JOIN message_content t ON t.id = g.contentId
      LEFT JOIN campaign c ON c.id = g.campaignId`,
    atMs: 'COALESCE(g.sentAtMs, g.createdAtMs)',
    id: 'g.id',
  })
  return rows.map((row) => ({
    kind: 'message',
    id: row.id,
    atMs: row.atMs as EpochMs,
    title: row.title,
    channel: row.channel as 'inbox' | 'wechat' | 'sms' | null,
    state: row.state as (TimelineItem & { kind: 'message' })['state'],
    reason: row.reason,
    campaignName: row.campaignName,
  }))
}

async function consentItems(rx: Rx, asked: Asked): Promise<TimelineItem[]> {
  const rows = await sourceRows<Pick<Consent, 'id' | 'purpose' | 'state' | 'how'>>(rx, asked, {
    columns: 'id, purpose, state, how',
    from: 'consent',
    atMs: 'occurredAtMs',
    id: 'id',
  })
  return rows.map((row) => ({
    kind: 'consent',
    id: row.id,
    atMs: row.atMs as EpochMs,
    title: consentTitle(row.purpose, row.state),
    how: consentWayWords(row.how),
  }))
}

function consentTitle(purpose: string, state: string): string {
  if (purpose === 'membership') return state === 'noticed' ? '登记时看到告知' : '同意成为会员'
  const what = Object.hasOwn(PURPOSE_TEXTS, purpose)
    ? PURPOSE_TEXTS[purpose as ConsentPurpose].title
    : purpose
  return state === 'granted' ? `同意接收${what}` : `关闭${what}`
}

function registeredItem(member: Member, before: KeysetPlace): TimelineItem[] {
  const item = { id: member.id, atMs: member.createdAtMs as EpochMs }
  const isAfter = item.atMs < before.atMs || (item.atMs === before.atMs && item.id < before.id)
  const title = member.registeredChannel === 'pos' ? '在门店登记为会员' : '成为会员'
  return isAfter ? [{ kind: 'registered', ...item, title }] : []
}

/** A page of one source after the cursor: rows of the member, each with its instant. */
function sourceRows<Row>(
  rx: Rx,
  { memberId, before, limit }: Asked,
  source: { columns: string; from: string; where?: string; atMs: string; id: string },
): Promise<(Row & { atMs: number })[]> {
  const { columns, from, where = '1 = 1', atMs, id } = source
  return rx.rows<Row & { atMs: number }>(
    `SELECT ${columns}, ${atMs} AS atMs FROM ${from}
     WHERE memberId = ? AND ${where} AND ${atMs} <= ? AND (${atMs} < ? OR ${id} < ?)
     ORDER BY ${atMs} DESC, ${id} DESC LIMIT ${String(limit)}`,
    [memberId, before.atMs, before.atMs, before.id],
  )
}
