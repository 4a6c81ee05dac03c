import { Injectable } from '@nestjs/common'
import type {
  PointsLevel,
  PointsMonth,
  PointsOwed,
} from '@huike/shared/contracts/console-points-report'
import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { mintedAtMs } from '@huike/shared/ids'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { PointsLot } from '../points/points-lot.entity.js'
import type { PointsTransfer } from '../points/points-transfer.entity.js'
import { PointsJobsService } from '../points/points-jobs.service.js'
import { Clock, localDate } from '../platform/clock.js'
import { Database } from '../platform/database.js'

// What a chain owes in points: counted each night over the whole book, a page after the other beside
// the tills, and kept. A page shows what was counted, and as of when; nobody waits for a count.
//
// - A month's points are those of its transfers that came in for themselves (issued), less what was
//   taken back for refunds and mistakes, spent and expired. Merges move, and count as neither.
// - A lot belongs to the month in which it came in. Lots that came with a merge do so in its month.
// - Expected breakage = open points that can expire × (expired ÷ issued) over the months of which
//   nothing is left. Without such a month it is not guessed.

const ROWS_PER_PAGE = 1_000
const ACTIVE_MS = 90 * 86_400_000
const HOUR_MS = 3_600_000
const MONTHS_PER_YEAR = 12

type Rest = (rows: number) => Promise<void>
type Move = Pick<
  PointsTransfer,
  | 'id'
  | 'memberId'
  | 'fromAccount'
  | 'toAccount'
  | 'points'
  | 'reason'
  | 'answersTransferId'
  | 'recordedAtMs'
>
type LotLeft = Pick<PointsLot, 'id' | 'leftPoints' | 'availableAtMs' | 'expiresAtMs' | 'state'>
interface LevelRow {
  id: string
  levelCode: string
  balancePoints: number | null
  purchaseCount: number | null
  totalFen: number | null
  lastPurchaseAtMs: number | null
}

@Injectable()
export class PointsOwedService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: PointsJobsService,
  ) {}

  /** Puts down the count of the night. */
  async beginNightly(): Promise<void> {
    const jobKey = `owed|${localDate(this.clock.nowMs(), CHAIN_TIME_ZONE)}`
    await this.jobs.addOnce({ kind: 'owed', jobKey }, () => Promise.resolve({}))
  }

  /** Counts; `onProgress` is told the rows so far and comes between two pages. */
  async count(onProgress: Rest): Promise<{ owed: PointsOwed; rows: number }> {
    const tally = new Tally(this.clock.nowMs())
    let rows = 0
    const rest = async (more: number) => {
      rows += more
      await onProgress(rows)
    }
    await this.#pages<LotLeft>(LOTS, (lot) => tally.lot(lot), rest)
    await this.#pages<Move>(TRANSFERS, (move) => tally.move(move), rest)
    await this.#pages<LevelRow>(MEMBERS, (member) => tally.member(member), rest)
    return { owed: tally.owed(), rows }
  }

  async #pages<Row extends { id: string }>(
    sql: string,
    take: (row: Row) => void,
    rest: Rest,
  ): Promise<void> {
    for (let after = ''; ;) {
      const page = await this.database.read((rx) => rx.rows<Row>(sql, [after]))
      for (const row of page) take(row)
      await rest(page.length)
      if (page.length < ROWS_PER_PAGE) return
      after = page.at(-1)?.id ?? after
    }
  }
}

/** Points that come back because they were taken back, or that pay for what was. */
const CORRECTIONS = [
  ...['refund', 'unassigned', 'lent', 'repaid', 'settled'],
  ...['referral_undone', 'referral_again'],
]
/** What was set aside or paid and comes back. */
const SPENDING = ['released', 'spend_returned', 'exchange_returned']
const PAGE = `ORDER BY id LIMIT ${String(ROWS_PER_PAGE)}`
const LOTS = `SELECT id, leftPoints, availableAtMs, expiresAtMs, state FROM points_lot
  WHERE id > ? ${PAGE}`
const TRANSFERS = `SELECT id, memberId, fromAccount, toAccount, points, reason, answersTransferId, recordedAtMs
  FROM points_transfer WHERE id > ? ${PAGE}`
const MEMBERS = `SELECT m.id, m.levelCode, a.balancePoints, s.purchaseCount, s.totalFen,
    s.lastPurchaseAtMs
  FROM member m LEFT JOIN points_account a ON a.memberId = m.id
  LEFT JOIN member_stat s ON s.memberId = m.id
  WHERE m.id > ? AND m.state IN ('pending', 'active') ORDER BY m.id LIMIT ${String(ROWS_PER_PAGE)}`

/** What was counted so far: some numbers for each month and level, however many rows there are. */
class Tally {
  readonly #months = new Map<string, PointsMonth>()
  readonly #ages = new Map<number, number>()
  readonly #expiries = new Map<string | null, number>()
  readonly #levels = new Map<string, PointsLevel>()
  /** Hour → month: calendars are slow. */
  readonly #monthOfHour = new Map<number, string>()
  #openPoints = 0
  #expiringPoints = 0
  #debtPoints = 0

  constructor(private readonly nowMs: number) {}

  lot({ id, leftPoints, availableAtMs, expiresAtMs }: LotLeft): void {
    if (leftPoints === 0) return
    const months = monthsBetween(this.#monthOf(availableAtMs), this.#monthOf(this.nowMs))
    const canExpire = expiresAtMs < NEVER_EXPIRES_MS
    const expiry = canExpire ? this.#monthOf(expiresAtMs - 1) : null
    this.#openPoints += leftPoints
    if (canExpire) this.#expiringPoints += leftPoints
    add(this.#ages, Math.max(0, months), leftPoints)
    add(this.#expiries, expiry, leftPoints)
    this.#month(mintedAtMs(id)).openPoints += leftPoints
  }

  move(move: Move): void {
    const { reason, points, answersTransferId, recordedAtMs } = move
    const isIn = move.toAccount === `member:${move.memberId}`
    const isOut = move.fromAccount === `member:${move.memberId}`
    // Between accounts of the programme the members' points stay as they are.
    if (reason === 'merge' || reason === 'merge_undo' || (!isIn && !isOut)) return
    const month = this.#month(recordedAtMs)
    if (CORRECTIONS.includes(reason)) month.takenBackPoints += isIn ? -points : points
    else if (reason === 'expired') {
      month.expiredPoints += points
      if (answersTransferId !== null)
        this.#month(mintedAtMs(answersTransferId)).lostPoints += points
    } else if (isOut) month.spentPoints += points
    else if (SPENDING.includes(reason)) month.spentPoints -= points
    else month.issuedPoints += points
  }

  member(row: LevelRow): void {
    const { levelCode, balancePoints, purchaseCount, totalFen, lastPurchaseAtMs } = row
    const level = this.#levels.get(levelCode) ?? {
      ...{ levelCode, members: 0, activeMembers: 0, purchases: 0, totalFen: 0, points: 0 },
    }
    this.#levels.set(levelCode, level)
    level.members += 1
    if (lastPurchaseAtMs !== null && lastPurchaseAtMs >= this.nowMs - ACTIVE_MS)
      level.activeMembers += 1
    level.purchases += purchaseCount ?? 0
    level.totalFen += totalFen ?? 0
    level.points += balancePoints ?? 0
    this.#debtPoints += Math.max(0, -(balancePoints ?? 0))
  }

  owed(): PointsOwed {
    const months = [...this.#months.values()].sort((a, b) => (a.month < b.month ? -1 : 1))
    const over = months.filter((one) => one.issuedPoints > 0 && one.openPoints === 0)
    const ended =
      over.length === 0
        ? null
        : {
            months: over.length,
            issuedPoints: over.reduce((sum, one) => sum + one.issuedPoints, 0),
            lostPoints: over.reduce((sum, one) => sum + one.lostPoints, 0),
          }
    return {
      ...{ openPoints: this.#openPoints, debtPoints: this.#debtPoints, months, ended },
      ages: [...this.#ages].map(([age, points]) => ({ months: age, points })).sort(byAge),
      expiries: [...this.#expiries].map(([month, points]) => ({ month, points })).sort(byExpiry),
      breakagePoints:
        ended && Math.round((this.#expiringPoints * ended.lostPoints) / ended.issuedPoints),
      levels: [...this.#levels.values()].sort((a, b) => (a.levelCode < b.levelCode ? -1 : 1)),
    }
  }

  #month(atMs: number): PointsMonth {
    const month = this.#monthOf(atMs)
    const known = this.#months.get(month)
    if (known) return known
    const fresh = {
      ...{ month, issuedPoints: 0, takenBackPoints: 0, spentPoints: 0, expiredPoints: 0 },
      ...{ openPoints: 0, lostPoints: 0 },
    }
    this.#months.set(month, fresh)
    return fresh
  }

  #monthOf(atMs: number): string {
    const hour = Math.floor(atMs / HOUR_MS)
    const known = this.#monthOfHour.get(hour)
    if (known !== undefined) return known
    const month = localDate(atMs, CHAIN_TIME_ZONE).slice(0, 7)
    this.#monthOfHour.set(hour, month)
    return month
  }
}

function add<Key>(sums: Map<Key, number>, key: Key, points: number): void {
  sums.set(key, (sums.get(key) ?? 0) + points)
}

function monthsBetween(from: string, to: string): number {
  const monthsOf = (month: string) => {
    const [year = 0, number = 0] = month.split('-').map(Number)
    return year * MONTHS_PER_YEAR + number
  }
  return monthsOf(to) - monthsOf(from)
}

function byAge(a: { months: number }, b: { months: number }): number {
  return a.months - b.months
}

/** What never expires comes last. */
function byExpiry(a: { month: string | null }, b: { month: string | null }): number {
  if (a.month === null || b.month === null)
    return Number(a.month === null) - Number(b.month === null)
  return a.month < b.month ? -1 : 1
}
