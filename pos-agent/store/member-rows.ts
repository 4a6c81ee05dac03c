import type { AgentMember } from '@huike/shared/contracts/agent'
import type { MemberId } from '@huike/shared/ids'
import { epochMs, points } from '@huike/shared/quantities'
import { appendedPayload, reseal } from './outbox-payload.js'
import type { StoreContext } from './context.js'

// Changes to cached members that are part of other commits: an answer of the server, a registration.

export interface MemberRow {
  member_id: string
  phone_index: string | null
  local_index: string | null
  origin: 'server' | 'registered_here'
  as_of_ms: number
  sealed: Buffer
}

const NOT_KNOWN = {
  ...{ nameMasked: null, hints: [], offers: [], waitingPickups: 0, pending: null },
} as const satisfies Partial<AgentMember>

/** Writes a member as known now; older knowledge never replaces newer. */
export function putMember(
  context: StoreContext,
  member: AgentMember,
  row: Pick<MemberRow, 'phone_index' | 'local_index' | 'origin'>,
): void {
  const database = context.database()
  // One number, one member: whoever had it before has it no longer.
  if (row.phone_index !== null)
    database
      .prepare(
        'UPDATE member_cache SET phone_index = NULL WHERE phone_index = ? AND member_id <> ?',
      )
      .run(row.phone_index, member.memberId)
  if (row.local_index !== null)
    database
      .prepare(
        'UPDATE member_cache SET local_index = NULL WHERE local_index = ? AND member_id <> ?',
      )
      .run(row.local_index, member.memberId)
  database
    .prepare(
      `INSERT INTO member_cache
         (member_id, member_no, phone_index, local_index, origin, as_of_ms, sealed)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET member_no = excluded.member_no, origin = excluded.origin,
         phone_index = coalesce(excluded.phone_index, phone_index),
         local_index = coalesce(excluded.local_index, local_index),
         as_of_ms = excluded.as_of_ms, sealed = excluded.sealed
       WHERE excluded.as_of_ms >= as_of_ms OR origin = 'registered_here'`,
    )
    .run(
      member.memberId,
      member.memberNo === '' ? null : member.memberNo,
      row.phone_index,
      row.local_index,
      row.origin,
      member.asOfMs,
      context.sealer.sealJson(memberPlace(member.memberId), member),
    )
}

/** Reads a cached member's row, opened. */
export function openMember(context: StoreContext, row: MemberRow): AgentMember {
  const kept = context.sealer.openJson(memberPlace(row.member_id), row.sealed) as AgentMember
  // Rows of earlier versions say nothing of these.
  return { ...NOT_KNOWN, ...kept }
}

/** The cached row of a member id; undefined when not cached. */
export function memberRow(context: StoreContext, memberId: string): MemberRow | undefined {
  return context
    .database()
    .prepare<[string], MemberRow>('SELECT * FROM member_cache WHERE member_id = ?')
    .get(memberId)
}

/**
 * Notes the balance that came with the answer to an event, as of that time by the server's clock;
 * never over a newer one. What was only registered here has no balance of the server's yet.
 */
export function adjustCachedBalance(
  context: StoreContext,
  memberId: string,
  told: { balancePoints: number; asOfMs: number },
): void {
  const row = memberRow(context, memberId)
  if (!row || (told.asOfMs < row.as_of_ms && row.origin === 'server')) return
  const member = {
    ...openMember(context, row),
    balancePoints: points(told.balancePoints),
    asOfMs: epochMs(told.asOfMs),
  }
  context
    .database()
    .prepare('UPDATE member_cache SET sealed = ?, as_of_ms = ? WHERE member_id = ?')
    .run(context.sealer.sealJson(memberPlace(memberId), member), member.asOfMs, memberId)
}

/**
 * The number registered here had a member already: everything that refers to the minted id follows
 * to `memberId`. Events that were sent once keep their bytes (the server may have them and compares);
 * the server knows both ids.
 */
export function followMember(context: StoreContext, mintedId: string, memberId: string): void {
  const database = context.database()
  database
    .prepare('INSERT OR REPLACE INTO member_alias (minted_id, member_id) VALUES (?, ?)')
    .run(mintedId, memberId)
  database
    .prepare('UPDATE assignment SET member_id = ? WHERE member_id = ?')
    .run(memberId, mintedId)
  database
    .prepare('UPDATE points_hold SET member_id = ? WHERE member_id = ?')
    .run(memberId, mintedId)
  database
    .prepare('UPDATE coupon_reservation SET member_id = ? WHERE member_id = ?')
    .run(memberId, mintedId)
  database
    .prepare('UPDATE undone_assignment SET member_id = ? WHERE member_id = ?')
    .run(memberId, mintedId)
  const row = memberRow(context, mintedId)
  if (row) {
    if (!memberRow(context, memberId))
      putMember(context, { ...openMember(context, row), memberId: memberId as MemberId }, row)
    database.prepare('DELETE FROM member_cache WHERE member_id = ?').run(mintedId)
  }
  for (const pending of appendedPayload(context, 'receipt.assigned', 'checkout.captured')) {
    const { event } = pending
    if (event.type !== 'receipt.assigned' && event.type !== 'checkout.captured') continue
    if (event.who?.by !== 'member') continue
    if (event.who.memberId !== mintedId) continue
    reseal(context, { ...event, who: { by: 'member', memberId: memberId as MemberId } })
  }
}

/** A member who was erased: nothing is known of them here any more, under no id they had. */
export function dropMember(context: StoreContext, memberId: string): void {
  const database = context.database()
  database
    .prepare(
      `DELETE FROM member_cache WHERE member_id = @memberId
         OR member_id IN (SELECT minted_id FROM member_alias WHERE member_id = @memberId)`,
    )
    .run({ memberId })
  database
    .prepare('DELETE FROM member_alias WHERE member_id = @memberId OR minted_id = @memberId')
    .run({ memberId })
}

/** A merge was undone: the id stands for a member of its own again. */
export function forgetAlias(context: StoreContext, memberId: string): void {
  context.database().prepare('DELETE FROM member_alias WHERE minted_id = ?').run(memberId)
}

/** A registration the server refused: the member never came to be. */
export function forgetMember(context: StoreContext, registrationEventId: string): void {
  const database = context.database()
  database
    .prepare(
      `DELETE FROM member_cache WHERE origin = 'registered_here' AND member_id IN
         (SELECT member_id FROM registration WHERE event_id = ?)`,
    )
    .run(registrationEventId)
}

function memberPlace(memberId: string): string {
  return `member:${memberId}`
}
