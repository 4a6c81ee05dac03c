import { firstIdAt } from '@huike/shared/ids'
import type { RetentionName } from '@huike/shared/retention'
import type { CouponRuleAward } from '../coupons/coupon-rule-award.entity.js'
import { inList, listParameter, type SqlParameter, type Tx } from '../platform/database.js'

// What each retention rule deletes: one stretch of a table for each commit, walked by its key from
// the oldest on. What has a reason to stay is passed over: a session that still stands, a message
// that waits, an event somebody has not heard of yet.

export interface Stretch {
  /** Older than this goes. */
  beforeMs: number
  /** The key the stretch before ended with; empty at the beginning. */
  after: string
  limit: number
}

/** What is remembered as long as the member is: an occasion there is once. */
const ONCE = 'once'

type Award = Pick<CouponRuleAward, 'atMs' | 'ruleId' | 'memberId' | 'occasion'>

export interface Purged {
  deleted: number
  /** Where the next stretch begins; null when this was the last. */
  next: string | null
}

export type PurgeRule = (tx: Tx, stretch: Stretch) => Promise<Purged>

/** How each rule purges. */
export const PURGES: Readonly<Record<RetentionName, PurgeRule>> = {
  sessions: byKey('member_session', 'id', 'expiresAtMs < ?', 1),
  messages: byKey(
    'message',
    'id',
    "state IN ('sent', 'failed', 'skipped', 'doubtful') AND changedAtMs < ?",
    1,
  ),
  copies: byKey('member_copy', 'id', 'expiresAtMs < ?', 1),
  exports: byKey('export_job', 'id', "state IN ('failed', 'expired') AND createdAtMs < ?", 1),
  idempotency: purgeIdempotency,
  agent_events: byKey('agent_event', 'eventId', 'receivedAtMs < ?', 1),
  parked_events: byKey('parked_event', 'eventId', 'resolvedAtMs < ?', 1),
  event_deliveries: byKey('event_delivery', 'eventId', "state = 'done'", 0),
  event_log: byKey(
    'event_log',
    'id',
    `recordedAtMs < ?
     AND NOT EXISTS (SELECT 1 FROM event_delivery d WHERE d.eventId = event_log.id)
     AND id NOT IN (SELECT w.eventId FROM webhook_delivery w WHERE w.state = 'pending')`,
    1,
  ),
  webhook_deliveries: byKey('webhook_delivery', 'id', "state <> 'pending' AND createdAtMs < ?", 1),
  // How the newest of each kind ended is what pages show, and what the next one goes on from.
  points_jobs: byKey(
    'points_job',
    'id',
    `finishedAtMs < ? AND state IN ('done', 'failed', 'cancelled')
     AND id NOT IN (SELECT n.id FROM (SELECT MAX(j.id) AS id FROM points_job j
       GROUP BY j.kind, j.state) n)`,
    1,
  ),
  stray_purchases: byKey('stray_purchase', 'purchaseId', 'occurredAtMs < ?', 1),
  coupon_rule_awards: purgeAwards,
}

/**
 * Walks a table by a key that is a ULID, so that what is young is never looked at. `condition` says
 * what of the old may go; it takes the instant `instants` times.
 */
function byKey(table: string, key: string, condition: string, instants: 0 | 1): PurgeRule {
  return async (tx, { beforeMs, after, limit }) => {
    const rows = await tx.rows<{ key: string }>(
      `SELECT DISTINCT ${key} AS \`key\` FROM ${table} WHERE ${key} > ? AND ${key} < ?
       ORDER BY ${key} LIMIT ${String(limit)}`,
      [after, firstIdAt(beforeMs)],
    )
    if (rows.length === 0) return { deleted: 0, next: null }
    const parameters: SqlParameter[] = [
      listParameter(
        tx,
        rows.map((row) => row.key),
      ),
      ...(instants === 1 ? [beforeMs] : []),
    ]
    const deleted = await tx.run(
      `DELETE FROM ${table} WHERE ${key} IN ${inList(tx)} AND ${condition}`,
      parameters,
    )
    return { deleted, next: rows.length < limit ? null : (rows.at(-1)?.key ?? null) }
  }
}

/** The keys of integrations are their own words: this table is walked by its age. */
async function purgeIdempotency(tx: Tx, { beforeMs, limit }: Stretch): Promise<Purged> {
  const rows = await tx.rows<{ apiKeyId: string; idempotencyKey: string }>(
    `SELECT apiKeyId, idempotencyKey FROM idempotency_record WHERE createdAtMs < ?
     ORDER BY createdAtMs LIMIT ${String(limit)}`,
    [beforeMs],
  )
  const keysOf = new Map<string, string[]>()
  for (const { apiKeyId, idempotencyKey } of rows)
    keysOf.set(apiKeyId, [...(keysOf.get(apiKeyId) ?? []), idempotencyKey])
  for (const [apiKeyId, keys] of keysOf)
    await tx.run(
      `DELETE FROM idempotency_record WHERE apiKeyId = ? AND idempotencyKey IN ${inList(tx)}`,
      [apiKeyId, listParameter(tx, keys)],
    )
  return { deleted: rows.length, next: rows.length < limit ? null : 'more' }
}

/**
 * Awards have no key that says their age: they are walked by when they were made. What is given once
 * to everybody is remembered as long as the member is.
 */
async function purgeAwards(tx: Tx, { beforeMs, after, limit }: Stretch): Promise<Purged> {
  const [at = '0', ruleId = '', memberId = '', occasion = ''] = after.split(' ')
  const atMs = Number(at)
  const rows = await tx.rows<Award>(
    `SELECT atMs, ruleId, memberId, occasion FROM coupon_rule_award
     WHERE atMs >= ? AND atMs < ? AND (atMs > ? OR ruleId > ? OR (ruleId = ? AND
       (memberId > ? OR (memberId = ? AND occasion > ?))))
     ORDER BY atMs, ruleId, memberId, occasion LIMIT ${String(limit)}`,
    [atMs, beforeMs, atMs, ruleId, ruleId, memberId, memberId, occasion],
  )
  let deleted = 0
  for (const award of rows)
    if (!award.occasion.startsWith(ONCE))
      deleted += await tx.run(
        'DELETE FROM coupon_rule_award WHERE ruleId = ? AND memberId = ? AND occasion = ?',
        [award.ruleId, award.memberId, award.occasion],
      )
  const last = rows.at(-1)
  const next = last && [last.atMs, last.ruleId, last.memberId, last.occasion].join(' ')
  return { deleted, next: rows.length < limit ? null : (next ?? null) }
}
