import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { Points } from '@huike/shared/quantities'
import { ConsentService } from '../consent/consent.service.js'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { PointsService } from '../points/points.service.js'
import type { DeletionRequest } from '../rights/deletion-request.entity.js'
import { DeletionsService, type DeletionHow } from '../rights/deletions.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'

// Asking to be forgotten, and taking it back. From the moment somebody asks, nothing is granted any
// more: whoever stays decides anew what they allow. Membership itself goes on until the days are over.

export interface AskedDeletion {
  memberId: string
  /** The points on the screen; null where a person of the shop asks for the member. */
  shownPoints: Points | null
  how: DeletionHow
  /** The session or the staff member behind it. */
  evidence: string
}

@Injectable()
export class AskDeletionService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly consents: ConsentService,
    private readonly points: PointsService,
    private readonly deletions: DeletionsService,
    private readonly settings: ChainSettingsService,
  ) {}

  /**
   * Asks for one member. Said twice it is one request, with the first one's days. Refuses
   * `member_not_found`, and `deletion_changed` when the points are not those that were shown.
   */
  ask(asked: AskedDeletion): Promise<{ ok: true; request: DeletionRequest } | Refusal> {
    return this.database.write((tx) => this.askWithin(tx, asked))
  }

  /** The same in a transaction of the caller. */
  async askWithin(
    tx: Tx,
    asked: AskedDeletion,
  ): Promise<{ ok: true; request: DeletionRequest } | Refusal> {
    const { memberId, shownPoints, how, evidence } = asked
    const nowMs = this.clock.nowMs()
    const [member] = await this.members.lockPresent(tx, [memberId])
    if (!member) return refuse('member_not_found')
    const known = await this.deletions.waitingOf(tx, memberId)
    if (known) return { ok: true, request: known }
    const pointsThen = await this.points.balanceOf(tx, memberId)
    if (shownPoints !== null && shownPoints !== pointsThen) return refuse('deletion_changed')
    await this.consents.withdrawAll(tx, [memberId], { how: 'deletion_asked', evidence, nowMs })
    const { coolingOffDays } = await this.settings.privacy(tx)
    const request = await this.deletions.ask(tx, {
      ...{ memberId, how, pointsThen, coolingOffDays, nowMs },
    })
    return { ok: true, request }
  }

  /** Takes a request back; where none waits there is nothing to do. Refuses `member_not_found`. */
  async takeBack(memberId: string): Promise<{ ok: true } | Refusal> {
    return this.database.write(async (tx) => {
      const [member] = await this.members.lockPresent(tx, [memberId])
      if (!member) return refuse('member_not_found')
      await this.deletions.cancel(tx, memberId, this.clock.nowMs())
      return { ok: true as const }
    })
  }
}
