import { Injectable } from '@nestjs/common'
import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { inList, listParameter, type SqlParameter, type Statements } from '../platform/database.js'
import type { MemberSet } from '../segments/audience.service.js'
import type { MemberFacts, SendSettings } from './send-gate.js'

// What the gate has to know of members, read as a set in one statement. The sender asks it for the
// few it is about to write to, the preview for a hundred thousand at once, counted by what is the
// same for the gate: so a preview and the sending after it can only come to the same numbers.

const DAY_MS = 86_400_000

// The facts of one member as bits of one number, for the database to count by.
const GRANTS_MARKETING = 1
const GRANTS_SMS = 2
const IS_CAPPED = 4
const HAS_WECHAT = 8
const HAS_CREDIT = 16
const HAS_PHONE = 32
const HAS_ALL_COUPONS = 64
const HAS_TODAYS_COUPONS = 128

/** The mini-program and the template a subscription message is sent with; null: not set up. */
export type WechatReach = { appId: string; templateId: string } | null

/** A kind of coupon that goes with the message, and how many of them one member may be given. */
export interface CouponAsk {
  templateId: string
  memberMax: number | null
  memberDayMax: number | null
  todayMs: number
}

/** What is asked of the members of a set. */
export interface FactsAsk {
  channels: readonly MessageChannel[]
  settings: SendSettings
  wechat: WechatReach
  nowMs: number
  /** Without it, what they were given before is not looked at: giving it will. */
  coupon?: CouponAsk
}

/** Members that are the same for the gate, but for what they bought. */
export interface FactsGroup {
  key: FactsKey
  facts: MemberFacts
  count: number
}
export interface FactsKey {
  bits: number
  zoneStoreId: string | null
}

/** One of a set, as a sample shows them. */
export interface SampledMember {
  memberId: string
  memberNo: string
  lastPurchaseAtMs: number
  lastStoreId: string | null
  key: FactsKey
}

interface CountedRow extends FactsKey {
  members: number | string
}

@Injectable()
export class MessageFactsService {
  /** The facts of members, by id; without what they bought. */
  async ofMembers(
    statements: Statements,
    memberIds: readonly string[],
    ask: FactsAsk,
  ): Promise<Map<string, MemberFacts>> {
    if (memberIds.length === 0) return new Map()
    const set: MemberSet = {
      sql: `SELECT m.id AS memberId, COALESCE(s.lastStoreId, m.registeredStoreId) AS zoneStoreId
        FROM member m LEFT JOIN member_stat s ON s.memberId = m.id
        WHERE m.state IN ('pending', 'active') AND m.id IN ${inList(statements)}`,
      parameters: [listParameter(statements, memberIds)],
    }
    const facts = factsOf(set, ask)
    const rows = await statements.rows<FactsKey & { memberId: string }>(
      `SELECT a.memberId AS memberId, a.zoneStoreId AS zoneStoreId, ${facts.bits} AS bits
       ${facts.from}`,
      facts.parameters,
    )
    const zones = await zonesOf(statements, rows)
    return new Map(rows.map((row) => [row.memberId, factsFrom(row, zones, ask)]))
  }

  /** How many of the set have which facts. */
  async groupsOf(statements: Statements, set: MemberSet, ask: FactsAsk): Promise<FactsGroup[]> {
    const facts = factsOf(set, ask)
    const rows = await statements.rows<CountedRow>(
      `SELECT bits, zoneStoreId, COUNT(*) AS members FROM
         (SELECT ${facts.bits} AS bits, a.zoneStoreId AS zoneStoreId ${facts.from}) f
       GROUP BY bits, zoneStoreId`,
      facts.parameters,
    )
    const zones = await zonesOf(statements, rows)
    return rows.map(({ bits, zoneStoreId, members }) => {
      const key = { bits, zoneStoreId }
      return { key, facts: factsFrom(key, zones, ask), count: Number(members) }
    })
  }

  /** The first of the set, by id, whose facts are one of `bits`. */
  async sampleOf(
    statements: Statements,
    set: MemberSet,
    ask: FactsAsk,
    wanted: { bits: readonly number[]; limit: number },
  ): Promise<SampledMember[]> {
    if (wanted.bits.length === 0) return []
    const facts = factsOf(set, ask)
    const rows = await statements.rows<SampledMember & FactsKey>(
      `SELECT * FROM (SELECT a.memberId AS memberId, a.memberNo AS memberNo,
         a.lastPurchaseAtMs AS lastPurchaseAtMs, a.lastStoreId AS lastStoreId,
         a.zoneStoreId AS zoneStoreId, ${facts.bits} AS bits ${facts.from}) f
       WHERE bits IN (${wanted.bits.join(', ')}) LIMIT ${String(wanted.limit)}`,
      facts.parameters,
    )
    return rows.map(({ bits, zoneStoreId, ...member }) => ({
      ...member,
      key: { bits, zoneStoreId },
    }))
  }

  /** When members last bought after `sinceMs`, by id; a sale on its way to the counts counts. */
  async boughtSince(
    statements: Statements,
    memberIds: readonly string[],
    sinceMs: number,
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<{ memberId: string; lastAtMs: number }>(
      `SELECT memberId, MAX(occurredAtMs) AS lastAtMs FROM purchase
       WHERE memberId IN ${inList(statements)} AND occurredAtMs > ? AND kind = 'sale'
       GROUP BY memberId`,
      [listParameter(statements, memberIds), sinceMs],
    )
    return new Map(rows.map((row) => [row.memberId, row.lastAtMs]))
  }
}

interface FactsSql {
  /** The expression of the bits; who grants nothing is asked no more. */
  bits: string
  from: string
  parameters: SqlParameter[]
}

function factsOf(set: MemberSet, ask: FactsAsk): FactsSql {
  const parameters: SqlParameter[] = []
  const sinceMs = ask.nowMs - ask.settings.capDays * DAY_MS
  const bit = (value: number, condition: string, ...given: SqlParameter[]) => {
    parameters.push(...given)
    return `CASE WHEN ${condition} THEN ${String(value)} ELSE 0 END`
  }
  const parts = [
    String(GRANTS_MARKETING),
    bit(
      IS_CAPPED,
      `(SELECT COUNT(*) FROM message x WHERE x.memberId = a.memberId
        AND x.purpose = 'marketing' AND ((x.state = 'sent' AND x.sentAtMs > ?)
          OR (x.state IN ('sending', 'doubtful') AND x.changedAtMs > ?))) >= ?`,
      sinceMs,
      sinceMs,
      ask.settings.capMessages,
    ),
  ]
  if (ask.channels.includes('sms'))
    parts.push(
      bit(
        GRANTS_SMS,
        `EXISTS (SELECT 1 FROM consent_state c WHERE c.memberId = a.memberId
          AND c.purpose = 'marketing_sms' AND c.state = 'granted')`,
      ),
      bit(
        HAS_PHONE,
        "EXISTS (SELECT 1 FROM identity i WHERE i.memberId = a.memberId AND i.kind = 'phone')",
      ),
    )
  if (ask.channels.includes('wechat') && ask.wechat !== null) {
    const { appId, templateId } = ask.wechat
    const account = "i.memberId = a.memberId AND i.kind = 'wechat_openid' AND i.namespace = ?"
    parts.push(
      bit(HAS_WECHAT, `EXISTS (SELECT 1 FROM identity i WHERE ${account})`, appId),
      bit(
        HAS_CREDIT,
        `EXISTS (SELECT 1 FROM identity i JOIN subscription_balance b ON b.identityId = i.id
          WHERE ${account} AND b.templateId = ? AND b.credits > 0)`,
        appId,
        templateId,
      ),
    )
  }
  if (ask.coupon) {
    const { templateId, memberMax, memberDayMax, todayMs } = ask.coupon
    const given = `(SELECT COUNT(*) FROM coupon c WHERE c.templateId = ? AND c.memberId = a.memberId
      AND c.issuedAtMs >= ?) >= ?`
    if (memberMax !== null) parts.push(bit(HAS_ALL_COUPONS, given, templateId, 0, memberMax))
    if (memberDayMax !== null)
      parts.push(bit(HAS_TODAYS_COUPONS, given, templateId, todayMs, memberDayMax))
  }
  return {
    bits: `CASE WHEN g.memberId IS NULL THEN 0 ELSE ${parts.join(' + ')} END`,
    from: `FROM (${set.sql}) a LEFT JOIN consent_state g ON g.memberId = a.memberId
      AND g.purpose = 'marketing' AND g.state = 'granted'`,
    parameters: [...parameters, ...set.parameters],
  }
}

function factsFrom(key: FactsKey, zones: ReadonlyMap<string, string>, ask: FactsAsk): MemberFacts {
  const has = (bit: number) => (key.bits & bit) !== 0
  return {
    grantsMarketing: has(GRANTS_MARKETING),
    grantsMarketingSms: has(GRANTS_SMS),
    lastBoughtAtMs: null,
    messagesLately: has(IS_CAPPED) ? ask.settings.capMessages : 0,
    timeZone: zones.get(key.zoneStoreId ?? '') ?? CHAIN_TIME_ZONE,
    hasWechat: has(HAS_WECHAT),
    hasCredit: has(HAS_CREDIT),
    hasPhone: has(HAS_PHONE),
    couponReason: has(HAS_ALL_COUPONS)
      ? 'coupon_member_max'
      : has(HAS_TODAYS_COUPONS)
        ? 'coupon_day_max'
        : null,
  }
}

/** Time zones of the stores that occur, by store. */
async function zonesOf(
  statements: Statements,
  rows: readonly FactsKey[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => row.zoneStoreId ?? []))]
  if (ids.length === 0) return new Map()
  const stores = await statements.rows<{ id: string; timeZone: string }>(
    `SELECT id, timeZone FROM store WHERE id IN ${inList(statements)}`,
    [listParameter(statements, ids)],
  )
  return new Map(stores.map((store) => [store.id, store.timeZone]))
}
