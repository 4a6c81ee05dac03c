import { Injectable } from '@nestjs/common'
import { REFERRAL_DAYS_MAX } from '@huike/shared/activities'
import type { ReferralTerms } from '@huike/shared/contracts/activities'
import type { ReferralState } from '@huike/shared/contracts/referrals'
import { instantOfLocal } from '@huike/shared/local-time'
import { points, type Points } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Member } from '../members/member.entity.js'
import { isPresent, MembersService } from '../members/members.service.js'
import { PersonService } from '../members/person.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { localDate } from '../platform/clock.js'
import { inList, listParameter, type Rx, type Statements, type Tx } from '../platform/database.js'
import { PointsActivitiesService } from '../points/points-activities.service.js'
import { PointsBook } from '../points/points-book.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { Referral } from './referral.entity.js'

// What becomes of those who were brought. A friend counts once they have bought something, with money,
// and kept it for as long as the rule they came under says; then both are given, once. Whoever turns
// out to be the same person, or to have been a member before, counts for nobody. Only the one who
// brought a friend is given anything: there is no second step.

const DAY_MS = 86_400_000
const LOOK_EVERY_MS = DAY_MS
const MONTH_CHARACTERS = 7

type Counted = Pick<Purchase, 'id' | 'recordedAtMs'>
/** What is done with a referral that was looked at. */
type Look =
  | { what: 'give'; purchaseId: string }
  | { what: 'later'; purchaseId: string | null; atMs: number }
  | { what: 'void'; reason: 'not_bought' | 'same_person' | 'not_new' | 'gone' }

/** Somebody who was brought, as the one who brought them sees it. */
export interface ListedReferral {
  id: string
  /** The friend's name; null where it is not known. */
  name: string | null
  state: ReferralState
  points: Points
  boundAtMs: number
}

@Injectable()
export class ReferralsService {
  constructor(
    private readonly members: MembersService,
    private readonly person: PersonService,
    private readonly profiles: ProfilesService,
    private readonly activities: PointsActivitiesService,
  ) {}

  /** Referrals to look at by now, those due longest first. */
  due(rx: Rx, nowMs: number, limit: number): Promise<Pick<Referral, 'id'>[]> {
    return rx.rows<Pick<Referral, 'id'>>(
      `SELECT id FROM referral WHERE state = 'waiting' AND nextAtMs <= ?
       ORDER BY nextAtMs LIMIT ${String(limit)}`,
      [nowMs],
    )
  }

  /** Looks at one referral, and gives what it has come to. Any number of servers may. */
  async settle(tx: Tx, id: string, nowMs: number): Promise<void> {
    const seen = await referralOf(tx, id)
    if (seen === null) return
    const both = [seen.friendId, seen.referrerId]
    const answering = await this.members.findByIds(tx, both)
    await this.members.lockPresent(tx, [...new Set([...answering.values()].map((one) => one.id))])
    // Read again behind the lock: a merge that ran meanwhile has committed.
    const now = await this.members.findByIds(tx, both)
    const isSame = both.every((one) => now.get(one)?.id === answering.get(one)?.id)
    const referral = await referralOf(tx, id, tx.forUpdate)
    if (!isSame || referral?.state !== 'waiting' || referral.nextAtMs > nowMs) return
    const [friend, referrer] = both.map((one) => now.get(one))
    if (!friend || !referrer || !isPresent(friend) || !isPresent(referrer)) {
      await settled(tx, id, { state: 'void', reason: 'gone', nowMs })
      return
    }
    const terms = await this.activities.referralTermsOf(tx, referral.ruleVersion, nowMs)
    // A refund holds the friend's account while it takes back: behind it, the purchase tells of it.
    const book = await PointsBook.open(tx, [friend.id, referrer.id])
    const look = await this.#look(tx, { referral, friend, referrer, terms, nowMs })
    if (look.what === 'void') await settled(tx, id, { state: 'void', reason: look.reason, nowMs })
    else if (look.what === 'later')
      await tx.run('UPDATE referral SET nextAtMs = ?, purchaseId = ? WHERE id = ?', [
        ...[look.atMs, look.purchaseId, id],
      ])
    else {
      await this.activities.giveForReferral(tx, book, {
        ...{
          referralId: id,
          friendId: referral.friendId,
          ruleVersion: referral.ruleVersion,
          nowMs,
        },
        memberIds: { friend: friend.id, referrer: referrer.id },
      })
      const { points: referrerPoints, friendPoints } = terms
      await settled(tx, id, { state: 'given', reason: null, nowMs })
      await tx.run(
        'UPDATE referral SET purchaseId = ?, referrerPoints = ?, friendPoints = ? WHERE id = ?',
        [look.purchaseId, referrerPoints, friendPoints, id],
      )
    }
  }

  /** Puts one off that could not be looked at, so that it does not hold up those behind it. */
  async putOff(tx: Tx, id: string, untilMs: number): Promise<void> {
    await tx.run("UPDATE referral SET nextAtMs = ? WHERE id = ? AND state = 'waiting'", [
      untilMs,
      id,
    ])
  }

  /** A page of those whom a member brought, newest first. */
  async broughtBy(
    rx: Rx,
    query: { memberId: string; beforeId: string | null; limit: number },
  ): Promise<ListedReferral[]> {
    const ids = await this.person.idsOfPerson(rx, query.memberId)
    const rows = await rx.rows<Referral>(
      `SELECT * FROM referral WHERE referrerId IN ${inList(rx)}
         ${query.beforeId === null ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${String(query.limit)}`,
      [listParameter(rx, ids), ...(query.beforeId === null ? [] : [query.beforeId])],
    )
    const friends = await this.members.findByIds(
      rx,
      rows.map(({ friendId }) => friendId),
    )
    const profiles = await this.profiles.profilesOf(
      rx,
      [...friends.values()].map(({ id }) => id),
    )
    return rows.map((row) => ({
      id: row.id,
      name: profiles.get(friends.get(row.friendId)?.id ?? '')?.name ?? null,
      state: row.state === 'waiting' && row.purchaseId !== null ? 'bought' : (row.state as 'void'),
      points: points(row.state === 'given' ? (row.referrerPoints ?? 0) : 0),
      boundAtMs: row.boundAtMs,
    }))
  }

  /** A page of the referrals one record is part of, oldest first, for the member's own copy. */
  partsOf(
    rx: Rx,
    { memberId, afterId, limit }: { memberId: string; afterId: string; limit: number },
  ): Promise<Referral[]> {
    return rx.rows<Referral>(
      `SELECT * FROM referral WHERE (referrerId = ? OR friendId = ?) AND id > ?
       ORDER BY id LIMIT ${String(limit)}`,
      [memberId, memberId, afterId],
    )
  }

  async #look(
    tx: Tx,
    of: {
      referral: Referral
      friend: Member
      referrer: Member
      terms: ReferralTerms
      nowMs: number
    },
  ): Promise<Look> {
    const { referral, friend, referrer, terms, nowMs } = of
    if (friend.id === referrer.id) return { what: 'void', reason: 'same_person' }
    // Joined with a record from before: they were not new.
    const records = await this.person.idsOfPerson(tx, friend.id)
    const all = await this.members.rowsByIds(tx, records)
    if (all.some(({ createdAtMs }) => createdAtMs < referral.boundAtMs))
      return { what: 'void', reason: 'not_new' }
    const counted = await firstCounted(tx, { referral, friend, terms })
    if (counted === null) {
      const isOver = nowMs >= referral.boundAtMs + REFERRAL_DAYS_MAX * DAY_MS
      return isOver
        ? { what: 'void', reason: 'not_bought' }
        : { what: 'later', purchaseId: null, atMs: nowMs + LOOK_EVERY_MS }
    }
    const keptAtMs = counted.recordedAtMs + terms.waitDays * DAY_MS
    if (keptAtMs > nowMs) return { what: 'later', purchaseId: counted.id, atMs: keptAtMs }
    const month = localDate(nowMs, CHAIN_TIME_ZONE).slice(0, MONTH_CHARACTERS)
    if ((await this.#givenIn(tx, referrer.id, startOf(month))) >= terms.monthMost)
      return { what: 'later', purchaseId: counted.id, atMs: startOf(monthAfter(month)) }
    return { what: 'give', purchaseId: counted.id }
  }

  /** For how many friends somebody was given points since a moment, whatever record it went to. */
  async #givenIn(statements: Statements, memberId: string, sinceMs: number): Promise<number> {
    const ids = await this.person.idsOfPerson(statements, memberId)
    const [row] = await statements.rows<{ given: number | string }>(
      `SELECT COUNT(*) AS given FROM referral
       WHERE referrerId IN ${inList(statements)} AND referrerPoints > 0 AND settledAtMs >= ?`,
      [listParameter(statements, ids), sinceMs],
    )
    return Number(row?.given ?? 0)
  }
}

async function referralOf(tx: Tx, id: string, lock = ''): Promise<Referral | null> {
  const [row] = await tx.rows<Referral>(`SELECT * FROM referral WHERE id = ?${lock}`, [id])
  return row ?? null
}

/**
 * The friend's first purchase since they came that was paid with enough, and of which enough was kept.
 * Tills may name any moment: it counts from when the server had it.
 */
async function firstCounted(
  tx: Tx,
  { referral, friend, terms }: { referral: Referral; friend: Member; terms: ReferralTerms },
): Promise<Counted | null> {
  const [row] = await tx.rows<Counted>(
    `SELECT id, recordedAtMs FROM purchase
     WHERE memberId = ? AND occurredAtMs >= ? AND kind = 'sale' AND totalFen - refundedFen >= ?
     ORDER BY occurredAtMs, id LIMIT 1`,
    [friend.id, referral.boundAtMs, terms.leastFen],
  )
  return row ?? null
}

async function settled(
  tx: Tx,
  id: string,
  as: { state: string; reason: string | null; nowMs: number },
): Promise<void> {
  await tx.run('UPDATE referral SET state = ?, reason = ?, settledAtMs = ? WHERE id = ?', [
    as.state,
    as.reason,
    as.nowMs,
    id,
  ])
}

/** The first instant of a month `YYYY-MM` by the chain's calendar. */
function startOf(month: string): number {
  const startMs = instantOfLocal(`${month}-01T00:00:00`, CHAIN_TIME_ZONE)
  if (startMs === null) throw new Error(`the month ${month} has no beginning`)
  return startMs
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, MONTH_CHARACTERS)
}
