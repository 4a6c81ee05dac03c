import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { PersonService } from '../members/person.service.js'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, inList, listParameter, UniqueViolation, type Tx } from '../platform/database.js'
import { GroupCommit } from '../platform/group-commit.js'
import { lockedOut } from './code-tries.js'
import { couponsBySource } from './coupon-rows.js'
import type { CouponPoster } from './coupon-poster.entity.js'
import { CouponsService, type Given, type Gift } from './coupons.service.js'

// Taking what a poster gives: a person takes one, whichever of their records they go by, and everybody
// together never more than there are. Whoever is in front of the poster wants it now, so what queued
// goes in groups: one transaction holds the poster, and counts it up once.

/** Two requests may meet at a unique key; the later one then finds what the earlier wrote. */
const RACES_MAX = 3
/** Who became a member within this time before taking a coupon came for the poster. */
const NEW_WITHIN_MS = 86_400_000

/** Somebody in front of a poster. */
export interface PosterClaim {
  posterId: string
  memberId: string
}

@Injectable()
export class PosterClaimsService {
  readonly #group: GroupCommit<PosterClaim, Given>

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly person: PersonService,
    private readonly coupons: CouponsService,
  ) {
    this.#group = new GroupCommit(database, (tx, claims) => this.#give(tx, claims), {
      // Groups of one poster wait for each other from its row to their commit.
      groupsAtOnce: 1,
    })
  }

  /**
   * Gives a member the coupon of a poster; the same once more is the same coupon. Refuses
   * `member_not_found`, `coupon_code_locked` to who guessed too often, `coupon_poster_stopped`,
   * `coupon_poster_early`, `coupon_poster_over`, `coupon_poster_empty`, `coupon_poster_taken` (it is
   * another record's of theirs), and as `CouponsService.give` does.
   */
  async claim(claim: PosterClaim): Promise<Given> {
    for (let race = 1; ; race += 1) {
      try {
        const given = await this.#group.submit(claim)
        crashPoint('coupons.after-claim')
        return given
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** Members are held first, so that none of them becomes another's record meanwhile. */
  async #give(tx: Tx, claims: readonly PosterClaim[]): Promise<Given[]> {
    const nowMs = this.clock.nowMs()
    const wanted = new Set(claims.map(({ memberId }) => memberId))
    const members = await this.members.lockPresent(tx, [...wanted])
    const joinedAtMs = new Map(members.map(({ id, createdAtMs }) => [id, createdAtMs]))
    const before = await this.#takenBefore(tx, claims, [...joinedAtMs.keys()])
    const locked = await lockedOut(tx, [...joinedAtMs.keys()], nowMs)
    const answers = new Map<PosterClaim, Given>()
    for (const poster of await lockPosters(tx, claims)) {
      const asked: PosterClaim[] = []
      for (const claim of claims) {
        if (claim.posterId !== poster.id || !joinedAtMs.has(claim.memberId)) continue
        const isLocked = locked.has(claim.memberId)
        const answer =
          before(claim) ?? (isLocked ? refuse('coupon_code_locked') : whyNot(poster, nowMs))
        if (answer) answers.set(claim, answer)
        else asked.push(claim)
      }
      for (const [claim, given] of await this.#giveOf(tx, poster, { asked, joinedAtMs, nowMs }))
        answers.set(claim, given)
    }
    crashPoint('coupons.inside-claim')
    return claims.map((claim) => answers.get(claim) ?? refuse('member_not_found'))
  }

  /** Gives as many as are left; who is refused one by the coupon's limits leaves it to the next. */
  async #giveOf(
    tx: Tx,
    poster: CouponPoster,
    of: {
      asked: readonly PosterClaim[]
      joinedAtMs: ReadonlyMap<string, number>
      nowMs: number
    },
  ): Promise<Map<PosterClaim, Given>> {
    const { asked, joinedAtMs, nowMs } = of
    const answers = new Map<PosterClaim, Given>()
    const newSinceMs = nowMs - NEW_WITHIN_MS
    let { taken, takenByNew } = poster
    // The same person may ask twice in one group: the second is answered with what the first got.
    const waiting = distinct(asked)
    while (waiting.length > 0 && taken < (poster.total ?? Infinity)) {
      const some = waiting.splice(0, (poster.total ?? Infinity) - taken)
      const given = await this.coupons.give(
        tx,
        some.map((claim) => giftOf(poster, claim)),
        nowMs,
      )
      for (const [at, claim] of some.entries()) {
        const answer = given[at]
        if (!answer) throw new Error('a gift was not answered')
        answers.set(claim, answer)
        if (!answer.ok || !answer.isNew) continue
        taken += 1
        takenByNew += (joinedAtMs.get(claim.memberId) ?? 0) > newSinceMs ? 1 : 0
      }
    }
    if (taken > poster.taken)
      await tx.run('UPDATE coupon_poster SET taken = ?, takenByNew = ? WHERE id = ?', [
        taken,
        takenByNew,
        poster.id,
      ])
    const byMember = new Map([...answers].map(([{ memberId }, answer]) => [memberId, answer]))
    return new Map(
      asked.map((claim) => {
        const first = byMember.get(claim.memberId) ?? refuse('coupon_poster_empty')
        const isFirst = answers.has(claim) || !first.ok
        return [claim, isFirst ? first : { ...first, isNew: false }]
      }),
    )
  }

  /** What a person took before, under any of the ids they have had. */
  async #takenBefore(
    tx: Tx,
    claims: readonly PosterClaim[],
    memberIds: readonly string[],
  ): Promise<(claim: PosterClaim) => Given | null> {
    const people = await this.person.idsOfPeople(tx, memberIds)
    const keysOf = ({ posterId, memberId }: PosterClaim) =>
      (people.get(memberId) ?? []).map((id) => sourceKeyOf({ posterId, memberId: id }))
    const rows = await couponsBySource(tx, claims.flatMap(keysOf))
    const byKey = new Map(rows.map((coupon) => [coupon.sourceKey, coupon]))
    return (claim) => {
      const taken = keysOf(claim).flatMap((key) => byKey.get(key) ?? [])
      if (taken.length === 0) return null
      // It may have stayed behind with a record that is theirs no more: then it is gone, not given again.
      const own = taken.find(({ memberId }) => memberId === claim.memberId)
      return own ? { ok: true, coupon: own, isNew: false } : refuse('coupon_poster_taken')
    }
  }
}

/** Posters that are asked for, in the order of their ids. */
function lockPosters(tx: Tx, claims: readonly PosterClaim[]): Promise<CouponPoster[]> {
  return tx.rows<CouponPoster>(
    `SELECT * FROM coupon_poster WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
    [listParameter(tx, [...new Set(claims.map(({ posterId }) => posterId))])],
  )
}

function sourceKeyOf({ posterId, memberId }: PosterClaim): string {
  return ['poster', posterId, memberId].join('|')
}

function giftOf({ id, templateId }: CouponPoster, claim: PosterClaim): Gift {
  const { memberId } = claim
  return {
    ...{ templateId, memberId, sourceKey: sourceKeyOf(claim), givenById: id },
    ...{ actor: `member:${memberId}`, isClaim: false },
  }
}

function whyNot(poster: CouponPoster, nowMs: number): Refusal | null {
  if (poster.stoppedAtMs !== null) return refuse('coupon_poster_stopped')
  if (nowMs < poster.fromMs) return refuse('coupon_poster_early')
  if (nowMs >= poster.untilMs) return refuse('coupon_poster_over')
  return null
}

/** The first claim of each member, in order. */
function distinct(claims: readonly PosterClaim[]): PosterClaim[] {
  const seen = new Set<string>()
  return claims.filter(({ memberId }) => !seen.has(memberId) && seen.add(memberId))
}
