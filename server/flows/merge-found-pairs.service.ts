import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import type { DuplicateSettings } from '@huike/shared/contracts/console-identity'
import type { MemberRow } from '@huike/shared/contracts/console-members'
import type { Logger } from 'pino'
import { DuplicatePairsService } from '../members/duplicate-pairs.service.js'
import type { DuplicatePair } from '../members/duplicate-pair.entity.js'
import { MembersService } from '../members/members.service.js'
import { MergePairsService } from '../members/merge-pairs.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { BusyError, Database } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { DeletionsService } from '../rights/deletions.service.js'
import { MemberRowsService } from '../segments/member-rows.service.js'
import { NOBODY_ID, StaffAuditService } from '../staff/staff-audit.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { MergeMembersService } from './merge-members.service.js'

// Merges the pairs that the search is sure of, where the owner has switched that on: one pair in one
// transaction, with a rest between two, so that tills go on. Each merge is in the journal as made by
// a rule, has its row in the audit, and can be undone; a pair that was decided by a person is never
// touched. What is refused, fails, or is about somebody valuable or leaving is left to a person. Any number of
// servers may look: a pair is locked and looked at again in the transaction that merges.

const PAIRS_PER_LOOK_MAX = 50
const REST_MS = 20
const LOOK_EVERY_MS = 10_000

/** What is said of a pair that is left to a person. */
const VALUABLE_WORDS = '重点会员，由人确认'
const LEAVING_WORDS = '有一方申请了注销，由人确认'
const FAILED_WORDS = '自动合并没有成功，由人确认'

@Injectable()
export class MergeFoundPairsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly members: MembersService,
    private readonly rows: MemberRowsService,
    private readonly queue: MergePairsService,
    private readonly found: DuplicatePairsService,
    private readonly merging: MergeMembersService,
    private readonly audit: StaffAuditService,
    private readonly deletions: DeletionsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'merging by rule', LOOK_EVERY_MS)
  }

  /** Settles some pairs; false when there is none, or it is switched off. */
  protected async step(): Promise<boolean> {
    const pairs = await this.database.read(async (rx) => {
      const { mergesAlone } = await this.settings.duplicates(rx)
      return mergesAlone ? this.queue.sure(rx, PAIRS_PER_LOOK_MAX) : []
    })
    for (const pair of pairs) {
      if (this.isStopping) return false
      await this.#settle(pair)
      await pause(REST_MS)
    }
    return pairs.length > 0
  }

  async #settle(pair: DuplicatePair): Promise<void> {
    try {
      const leftBecause = await this.#merge(pair)
      if (leftBecause !== null) await this.#leave(pair, leftBecause)
    } catch (error) {
      if (error instanceof BusyError) throw error
      this.logger.error({ err: error, pairId: pair.id }, 'a pair could not be merged by rule')
      await this.#leave(pair, FAILED_WORDS)
    }
  }

  /** Merges the two; why it is left to a person, or null when there is nothing to leave. */
  async #merge(pair: DuplicatePair): Promise<string | null> {
    const { settings, sides, isLeaving } = await this.#lookAt(pair)
    if (!settings.mergesAlone) return null
    const [survivor, absorbed] = sides
    if (!survivor || !absorbed) {
      // One of them is another's record by now, or forgotten: there is nothing left to decide.
      await this.database.write((tx) => this.found.takeBack(tx, [pair.id]))
      return null
    }
    if (isLeaving) return LEAVING_WORDS
    if (sides.some(({ totalFen }) => totalFen >= settings.valuableFromFen)) return VALUABLE_WORDS
    const nowMs = this.clock.nowMs()
    const order = {
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: true },
      ...{ how: 'rule' as const, pairId: pair.id, by: null, idempotency: null, nowMs },
    }
    const merged = await this.merging.merge(order, (tx, { merge }) =>
      this.audit.append(tx, {
        staffId: NOBODY_ID,
        action: 'member.merged',
        subjectId: merge.survivorId,
        detail: `自动并入 ${merge.absorbedId}（合并 ${merge.id}）`,
        atMs: nowMs,
      }),
    )
    if (merged.ok) return null
    // Somebody was first: the next look finds what became of it.
    const isPassed = ['pair_decided', 'member_merged', 'member_not_found'].includes(merged.code)
    return isPassed ? null : FAILED_WORDS
  }

  /** The settings as they are now; the records that still stand, the one to stay first. */
  async #lookAt({ memberAId, memberBId }: DuplicatePair): Promise<{
    settings: DuplicateSettings
    sides: MemberRow[]
    /** One of them has asked to be forgotten. */
    isLeaving: boolean
  }> {
    return this.database.read(async (rx) => {
      const records = await this.members.rowsByIds(rx, [memberAId, memberBId])
      const standing = records.filter(({ state }) => state !== 'merged' && state !== 'erased')
      let isLeaving = false
      for (const { id } of standing) isLeaving ||= (await this.deletions.waitingOf(rx, id)) !== null
      return {
        settings: await this.settings.duplicates(rx),
        sides: (await this.rows.rowsOf(rx, standing)).sort(bySurvival),
        isLeaving,
      }
    })
  }

  async #leave(pair: DuplicatePair, why: string): Promise<void> {
    await this.database.write((tx) => this.queue.leaveToPerson(tx, pair, why))
  }
}

/** Which of two records is proposed to stay: the confirmed one, who bought more, who came first. */
export function bySurvival(a: MemberRow, b: MemberRow): number {
  const isActive = ({ state }: MemberRow) => Number(state === 'active')
  return (
    isActive(b) - isActive(a) ||
    b.purchaseCount - a.purchaseCount ||
    a.memberSinceMs - b.memberSinceMs ||
    (a.memberId < b.memberId ? -1 : 1)
  )
}
