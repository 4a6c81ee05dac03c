import { Inject, Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { Logger } from 'pino'
import { MemberOwnersService } from '../members/member-owners.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import { areColleagues, StaffColleaguesService } from '../staff/staff-colleagues.service.js'
import type { StaffHandover } from '../staff/staff-handover.entity.js'
import { StaffHandoversService } from '../staff/staff-handovers.service.js'
import type { StaffFacts, WantedChange } from '../staff/staff-rules.js'
import { StaffTeamService, type TeamMember } from '../staff/staff-team.service.js'
import type { ActingStaff } from '../staff/staff.service.js'

// Stopping somebody passes their customers on. A few go in the transaction of the stop; the rest
// follow in the background, some in each commit, on whichever server looks first: a step locks the
// handover and takes whoever is still with the one who left, so it may be tried again at any point.

/** Members in one commit. */
const MEMBERS_AT_ONCE_MAX = 500
const HANDOVERS_AT_ONCE_MAX = 100
/** One that fails must not hold up the others. */
const PUT_OFF_MS = 60_000

/** A change of a person; `successorId` goes with a stop: null or absent leaves customers to the store. */
export type StaffChangeWanted = WantedChange & { successorId?: string | null | undefined }

@Injectable()
export class HandOverMembersService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly team: StaffTeamService,
    private readonly colleagues: StaffColleaguesService,
    private readonly handovers: StaffHandoversService,
    private readonly owners: MemberOwnersService,
    private readonly audit: StaffAuditService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'handovers')
  }

  /**
   * Changes a person as `StaffTeamService.change` does; a stop passes their customers on. Said twice
   * it is one handover. Refuses `input_invalid` for somebody who cannot take over.
   */
  async change(
    by: ActingStaff,
    staffId: string,
    wanted: StaffChangeWanted,
  ): Promise<{ ok: true; member: TeamMember } | Refusal> {
    const { successorId, ...changes } = wanted
    if (successorId !== undefined && wanted.state !== 'stopped')
      return refuse('input_invalid', '停用员工时才选择接手的人')
    const changed = await this.team.change(by, staffId, changes, (tx, { before, after }) =>
      this.#alongside(tx, by, { before, after, successorId: successorId ?? null }),
    )
    this.wake()
    return changed
  }

  async #alongside(
    tx: Tx,
    by: ActingStaff,
    change: { before: StaffFacts; after: StaffFacts; successorId: string | null },
  ): Promise<Refusal | null> {
    const { before, after, successorId } = change
    if (before.state === after.state) return null
    if (after.state === 'active') {
      await this.handovers.cancel(tx, before.id)
      return null
    }
    const successor = successorId && (await this.colleagues.lockChosen(tx, by, successorId))
    if (successorId !== null && !(successor && areColleagues(before, successor)))
      return refuse('input_invalid', '接手的人要是同一门店在用的同事')
    const nowMs = this.clock.nowMs()
    const fresh = { staffId: before.id, successorId, createdBy: by.id }
    await this.#pass(tx, await this.handovers.begin(tx, fresh, nowMs))
    return null
  }

  /** Carries on what is due, a step of each; false when nothing is. */
  protected async step(): Promise<boolean> {
    const due = await this.database.read((rx) =>
      this.handovers.due(rx, this.clock.nowMs(), HANDOVERS_AT_ONCE_MAX),
    )
    for (const { id } of due) {
      if (this.isStopping) return false
      await this.#carryOnOne(id)
    }
    return due.length > 0
  }

  async #carryOnOne(id: string): Promise<void> {
    try {
      await this.database.write(async (tx) => {
        const handover = await this.handovers.locked(tx, id)
        if (handover && handover.nextAtMs <= this.clock.nowMs()) await this.#pass(tx, handover)
      })
    } catch (error) {
      this.logger.error({ err: error, handoverId: id }, 'a handover failed')
      const untilMs = this.clock.nowMs() + PUT_OFF_MS
      await this.database.write((tx) => this.handovers.putOff(tx, id, untilMs))
    }
  }

  async #pass(tx: Tx, handover: StaffHandover): Promise<void> {
    const nowMs = this.clock.nowMs()
    const { staffId, successorId, createdBy } = handover
    const takerId = await this.handovers.taker(tx, successorId)
    const step = await this.owners.move(tx, { staffId, takerId, limit: MEMBERS_AT_ONCE_MAX })
    const after = await this.handovers.moved(tx, handover, step, nowMs)
    const isSettled = handover.state === 'running' && after.state === 'done'
    const isLate = handover.state === 'done' && step.moved > 0
    if (!isSettled && !isLate) return
    const moved = isSettled ? after.movedCount : step.moved
    await this.audit.append(tx, {
      staffId: createdBy,
      action: 'staff.customers_moved',
      subjectId: staffId,
      detail: `${String(moved)} 位会员移交给 ${takerId ?? '门店'}`,
      atMs: nowMs,
    })
  }
}
