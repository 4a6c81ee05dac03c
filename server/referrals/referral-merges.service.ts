import { Injectable } from '@nestjs/common'
import { points } from '@huike/shared/quantities'
import { PersonService } from '../members/person.service.js'
import { inList, listParameter, type Tx } from '../platform/database.js'
import type { PointsBook } from '../points/points-book.service.js'
import type { PointsTransfer } from '../points/points-transfer.entity.js'
import type { Referral } from './referral.entity.js'

// When somebody who was brought and the one who brought them become one record, they were one person:
// what was given is taken back, from each record what it got, before the rest moves. When the two are
// two again, it comes back with the days it had. What still waits is not given while they are one; the
// worker sees to that.

/** Which merge, of which records, by whom. */
interface Merging {
  mergeId: string
  survivorId: string
  absorbedId: string
  actor: string
  nowMs: number
}
type Side = 'referrer' | 'friend'

/** What one side of a referral was given, or had taken back. */
type Moved = Pick<
  PointsTransfer,
  'id' | 'memberId' | 'points' | 'availableAtMs' | 'expiresAtMs' | 'sourceKey'
>

@Injectable()
export class ReferralMergesService {
  constructor(private readonly person: PersonService) {}

  /** Takes back what was given between two records that are about to be one; both are locked. */
  async takeBack(tx: Tx, book: PointsBook, merging: Merging): Promise<void> {
    const { survivorId, absorbedId } = merging
    const sides = new Map<string, string>()
    for (const memberId of [survivorId, absorbedId])
      for (const id of await this.person.idsOfPerson(tx, memberId)) sides.set(id, memberId)
    for (const referral of await between(tx, [...sides.keys()], 'given')) {
      for (const side of ['referrer', 'friend'] as const) {
        const given = await movedBy(tx, ...givingOf(referral, side))
        const recordId = sides.get(side === 'friend' ? referral.friendId : referral.referrerId)
        if (given === null || recordId === undefined) continue
        post(book, merging, { ...given, memberId: recordId, referralId: referral.id, side })
      }
      await setState(tx, referral.id, 'reversed')
    }
  }

  /** Gives back what `takeBack` took for the same merge, which is being undone. */
  async giveAgain(tx: Tx, book: PointsBook, merging: Merging): Promise<void> {
    const ids = await this.person.idsOfPerson(tx, merging.survivorId)
    for (const referral of await between(tx, ids, 'reversed')) {
      let isOfThis = false
      for (const side of ['referrer', 'friend'] as const) {
        const key = keyOf(referral.id, merging.mergeId, side)
        const taken = await movedBy(tx, 'referral_undone', key)
        const given = await movedBy(tx, ...givingOf(referral, side))
        if (taken === null || given === null) continue
        isOfThis = true
        const { memberId } = taken
        post(book, merging, { ...given, memberId, referralId: referral.id, side, again: taken.id })
      }
      if (isOfThis) await setState(tx, referral.id, 'given')
    }
  }
}

function post(
  book: PointsBook,
  { mergeId, actor, nowMs }: Merging,
  of: Moved & { referralId: string; side: Side; again?: string },
): void {
  const isBack = of.again !== undefined
  const count = String(of.points)
  book.post({
    memberId: of.memberId,
    direction: isBack ? 'in' : 'out',
    points: points(of.points),
    reason: isBack ? 'referral_again' : 'referral_undone',
    sourceKey: keyOf(of.referralId, mergeId, of.side),
    rule: null,
    explanation: isBack
      ? `会员档案合并已撤销，退回推荐得的 ${count} 分`
      : `推荐人和好友是同一人，收回推荐得的 ${count} 分`,
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: isBack ? null : of.id,
    ...(isBack && of.availableAtMs !== null && of.expiresAtMs !== null
      ? { lot: { availableAtMs: Math.max(of.availableAtMs, nowMs), expiresAtMs: of.expiresAtMs } }
      : {}),
  })
}

/** Referrals in one state of which both sides are among these records. */
async function between(tx: Tx, ids: readonly string[], state: string): Promise<Referral[]> {
  const list = listParameter(tx, ids)
  return tx.rows<Referral>(
    `SELECT * FROM referral WHERE friendId IN ${inList(tx)} AND referrerId IN ${inList(tx)}
       AND state = ? ORDER BY id${tx.forUpdate}`,
    [list, list, state],
  )
}

/** The reason and the key under which a side was given; see source-keys.ts. */
function givingOf({ id, friendId }: Referral, side: Side): [reason: string, key: string] {
  return side === 'referrer' ? ['referral', id] : ['referred', friendId]
}

async function movedBy(tx: Tx, reason: string, sourceKey: string): Promise<Moved | null> {
  const [row] = await tx.rows<Moved>(
    `SELECT id, memberId, points, availableAtMs, expiresAtMs, sourceKey FROM points_transfer
     WHERE reason = ? AND sourceKey = ?`,
    [reason, sourceKey],
  )
  return row ?? null
}

async function setState(tx: Tx, id: string, state: 'given' | 'reversed'): Promise<void> {
  await tx.run('UPDATE referral SET state = ? WHERE id = ?', [state, id])
}

/** See source-keys.ts. */
function keyOf(referralId: string, mergeId: string, side: Side): string {
  return `${referralId}|${mergeId}|${side === 'friend' ? 'f' : 'r'}`
}
