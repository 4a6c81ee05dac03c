import type { LevelReason, LevelScheme } from '@huike/shared/contracts/levels'
import {
  isReviewing,
  keepingPeriodStartMs,
  lastDayBefore,
  levelNameIn,
  levelTurn,
  nextLookMs,
  periodStartMs,
  rankOf,
  type LevelTurn,
} from '@huike/shared/levels'
import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { valuesOf, type Tx } from '../platform/database.js'
import type { DomainEvent, EventLogService } from '../platform/event-log.js'
import { mintId } from '../platform/ids.js'
import type { GrowthAccounts } from './growth-accounts.js'
import { sumsSince, sumSince } from './growth-sums.js'
import type { LevelChange } from './level-change.entity.js'

// What becomes of the levels of some members, inside the transaction that changed their growth or
// found that a day has come: the account, the member, a line of history and an event, or none of it.

const CHANGE_COLUMNS = [
  'id',
  'memberId',
  'fromCode',
  'toCode',
  'reason',
  'explanation',
  'schemeVersion',
  'growth',
  'fromUntilMs',
  'untilMs',
  'mergeId',
  'atMs',
] as const satisfies (keyof LevelChange)[]

/** Members to look at. */
export interface LevelReview {
  memberIds: readonly string[]
  /** Those of them who are members still: neither merged into another nor erased. */
  present: ReadonlySet<string>
  /** Those of whom growth was taken back. */
  takenBack: ReadonlySet<string>
}

type NewChange = Pick<LevelChange, 'toCode' | 'explanation' | 'growth' | 'untilMs' | 'mergeId'> & {
  reason: LevelReason
}

export class LevelTurns {
  readonly #changes: LevelChange[] = []
  readonly #events: DomainEvent[] = []

  constructor(
    private readonly accounts: GrowthAccounts,
    private readonly scheme: LevelScheme,
    private readonly nowMs: number,
  ) {}

  /** Looks at each of these members once; the entries posted before must have been written. */
  async review(tx: Tx, { memberIds, present, takenBack }: LevelReview): Promise<void> {
    const { scheme, accounts, nowMs } = this
    const periodFromMs = periodStartMs(scheme.period, nowMs)
    const sums = await sumsSince(tx, memberIds, periodFromMs)
    for (const memberId of memberIds) {
      const account = accounts.of(memberId)
      const now = sums.get(memberId) ?? 0
      // Somebody without any growth has the lowest level, and needs no account to say so.
      if (account.headSeq === 0 && account.schemeVersion === 0) continue
      const seen = { periodGrowth: now, periodFromMs, schemeVersion: scheme.version }
      accounts.change(memberId, seen)
      if (!present.has(memberId)) {
        accounts.change(memberId, { nextAtMs: NEVER_EXPIRES_MS })
        continue
      }
      const atEnd = isReviewing(scheme, account, nowMs)
        ? await sumSince(tx, memberId, keepingPeriodStartMs(scheme, account.levelUntilMs))
        : null
      const reached = takenBack.has(memberId)
        ? await sumSince(tx, memberId, account.reachedFromMs)
        : null
      const turn = levelTurn(scheme, account, { now, atEnd, reached }, nowMs)
      this.#take(memberId, turn, { now, atEnd, reached })
    }
  }

  /** Gives a survivor the level of the record that was merged into it, where that is the better one. */
  inherit(merge: { id: string; survivorId: string; absorbedId: string }): void {
    const { accounts, scheme, nowMs } = this
    const [own, other] = [accounts.of(merge.survivorId), accounts.of(merge.absorbedId)]
    const [rank, otherRank] = [own, other].map(({ levelCode }) => rankOf(scheme, levelCode))
    const isBetter =
      (otherRank ?? 0) > (rank ?? 0) ||
      (otherRank === rank && other.levelUntilMs > own.levelUntilMs)
    if (!isBetter) return
    this.#turnTo(merge.survivorId, {
      reason: 'merge',
      toCode: other.levelCode,
      untilMs: other.levelUntilMs,
      growth: own.periodGrowth,
      explanation: `会员档案合并，沿用另一档案的${this.#nameOf(other.levelCode)}`,
      mergeId: merge.id,
    })
    accounts.change(own.memberId, {
      levelSinceMs: nowMs,
      neededGrowth: other.neededGrowth,
      reachedFromMs: other.reachedFromMs,
      schemeVersion: scheme.version,
    })
  }

  /** Takes back what a merge that is undone gave: it was the last thing that happened to the level. */
  giveBack(inherited: LevelChange): void {
    const { memberId, fromCode, fromUntilMs, mergeId } = inherited
    this.#turnTo(memberId, {
      reason: 'merge_undo',
      toCode: fromCode,
      untilMs: fromUntilMs,
      growth: this.accounts.of(memberId).periodGrowth,
      explanation: `会员档案合并已撤销，恢复为${this.#nameOf(fromCode)}`,
      mergeId,
    })
    this.accounts.change(memberId, {
      levelSinceMs: this.nowMs,
      neededGrowth: 0,
      reachedFromMs: 0,
    })
  }

  /** Writes members, history and events; accounts are written by themselves. */
  async write(tx: Tx, eventLog: EventLogService): Promise<void> {
    await tx.insert(
      'level_change',
      CHANGE_COLUMNS,
      this.#changes.map((change) => valuesOf(change, CHANGE_COLUMNS)),
    )
    const changed = new Set(this.#changes.map(({ memberId }) => memberId))
    await tx.updateEach(
      'member',
      'id',
      ['levelCode', 'updatedAtMs'],
      [...changed].map((id) => [id, this.accounts.of(id).levelCode, this.nowMs]),
    )
    if (this.#events.length > 0) await eventLog.append(tx, this.#events, this.nowMs)
  }

  #take(
    memberId: string,
    turn: LevelTurn,
    sums: { now: number; atEnd: number | null; reached: number | null },
  ): void {
    const { accounts, scheme, nowMs } = this
    const account = { ...accounts.of(memberId) }
    accounts.change(memberId, { nextAtMs: turn.nextAtMs })
    if (turn.do === 'nothing') return
    if (turn.do === 'notice') {
      const { downAtMs, missing } = turn
      accounts.change(memberId, { noticedUntilMs: account.levelUntilMs })
      const payload = { levelCode: account.levelCode, downAtMs, missing }
      const about = { aggregateId: memberId, occurredAtMs: nowMs }
      this.#events.push({ type: 'member.level_ending', ...about, payload })
      return
    }
    const { level, untilMs } = turn
    const growth = Math.max(sums.now, sums.atEnd ?? 0, sums.reached ?? 0)
    const words = { turn, fromCode: account.levelCode, growth }
    this.#turnTo(memberId, {
      reason: turn.do,
      toCode: level.code,
      untilMs,
      growth,
      explanation: this.#explain(words),
      mergeId: null,
    })
    const isKept = turn.do === 'kept'
    accounts.change(memberId, {
      levelSinceMs: isKept ? account.levelSinceMs : nowMs,
      neededGrowth: level.threshold,
      reachedFromMs: isKept
        ? keepingPeriodStartMs(scheme, account.levelUntilMs)
        : Math.min(account.periodFromMs, periodStartMs(scheme.period, nowMs)),
      nextAtMs: turn.nextAtMs,
    })
  }

  #turnTo(memberId: string, to: NewChange): void {
    const { accounts, scheme, nowMs } = this
    const before = accounts.of(memberId)
    const change: LevelChange = {
      ...to,
      id: mintId(nowMs),
      memberId,
      fromCode: before.levelCode,
      fromUntilMs: before.levelUntilMs,
      schemeVersion: scheme.version,
      atMs: nowMs,
    }
    this.#changes.push(change)
    const standing = { levelUntilMs: to.untilMs, noticedUntilMs: null }
    accounts.change(memberId, {
      levelCode: to.toCode,
      ...standing,
      nextAtMs: nextLookMs(scheme, standing, nowMs),
    })
    this.#events.push({
      type: 'member.level_changed',
      aggregateId: memberId,
      occurredAtMs: nowMs,
      payload: { changeId: change.id },
    })
  }

  #explain(of: {
    turn: Exclude<LevelTurn, { do: 'nothing' | 'notice' }>
    fromCode: string
    growth: number
  }): string {
    const { turn, fromCode, growth } = of
    const { name, threshold } = turn.level
    const sum = `成长值 ${String(growth)}`
    const until = lastDayBefore(turn.untilMs)
    const good = until === null ? '' : `，有效期至 ${until}`
    switch (turn.do) {
      case 'up':
        return `${sum}，达到${name}的 ${String(threshold)}${good}`
      case 'kept':
        return `${sum}，达到${name}的 ${String(threshold)}，等级保留${good}`
      case 'down':
        return `有效期满时${sum}，未达到${this.#nameOf(fromCode)}，调整为${name}${good}`
      case 'taken_back':
        return `退款或撤销后${sum}，不再达到${this.#nameOf(fromCode)}，调整为${name}${good}`
    }
  }

  #nameOf(code: string): string {
    return levelNameIn(this.scheme, code)
  }
}
