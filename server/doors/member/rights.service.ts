import { Injectable } from '@nestjs/common'
import type { Copy, Deletion, DeletionAsk } from '@huike/shared/contracts/rights'
import type { CopyId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { AskDeletionService } from '../../flows/ask-deletion.service.js'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { CopiesService } from '../../rights/copies.service.js'
import { DeletionTermsService } from '../deletion-terms.service.js'
import type { CallingShopper } from './account.service.js'
import { MemberCopyService } from './member-copy.service.js'

// Being forgotten, and taking a copy away, as the member's own page shows it. A session may have been opened before a merge:
// what it asks is asked for the record that answers now.

@Injectable()
export class RightsService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly asking: AskDeletionService,
    private readonly terms: DeletionTermsService,
    private readonly copies: CopiesService,
    private readonly copy: MemberCopyService,
    private readonly clock: Clock,
  ) {}

  /** What would be lost, and whether a deletion waits. */
  async deletion(callerId: string): Promise<Deletion> {
    return this.database.read(async (rx) => {
      const member = (await this.members.findByIds(rx, [callerId])).get(callerId)
      if (!member) throw new ProblemError('member_not_found')
      return this.terms.termsOf(rx, member)
    })
  }

  /** Refuses as `AskDeletionService.ask` does. */
  async askDeletion(
    shopper: CallingShopper,
    said: DeletionAsk,
  ): Promise<{ ok: true; deletion: Deletion } | Refusal> {
    const memberId = await this.#idOf(shopper.memberId)
    const asked = await this.asking.ask({
      memberId,
      shownPoints: said.balancePoints,
      how: 'member_page',
      evidence: shopper.sessionId,
    })
    return asked.ok ? { ok: true, deletion: await this.deletion(memberId) } : asked
  }

  async takeDeletionBack(callerId: string): Promise<{ ok: true; deletion: Deletion } | Refusal> {
    const memberId = await this.#idOf(callerId)
    const taken = await this.asking.takeBack(memberId)
    return taken.ok ? { ok: true, deletion: await this.deletion(memberId) } : taken
  }

  /** A link to everything held of the caller. Refuses `member_not_found` and `rate_limited`. */
  async askCopy(shopper: CallingShopper): Promise<{ ok: true; copy: Copy } | Refusal> {
    const memberId = await this.#idOf(shopper.memberId)
    const nowMs = this.clock.nowMs()
    const issued = await this.database.write(async (tx) => {
      if ((await this.members.lockPresent(tx, [memberId])).length === 0)
        return refuse('member_not_found')
      return this.copies.issue(tx, { memberId, sessionId: shopper.sessionId, nowMs })
    })
    if (!issued.ok) return issued
    const path = `/member/v1/copies/${issued.token}`
    return {
      ok: true,
      copy: {
        id: issued.copy.id as CopyId,
        textPath: `${path}/page.html`,
        jsonPath: `${path}/data.json`,
        expiresAtMs: issued.copy.expiresAtMs as EpochMs,
      },
    }
  }

  /** What a link opens. Refuses `not_found` and `export_expired`. */
  async openCopy(
    token: string,
    form: 'json' | 'page',
  ): Promise<{ ok: true; text: AsyncGenerator<string> } | Refusal> {
    const nowMs = this.clock.nowMs()
    const opened = await this.database.write((tx) => this.copies.open(tx, token, nowMs))
    if (!opened.ok) return opened
    const { memberId } = opened
    return {
      ok: true,
      text: form === 'json' ? this.copy.asJson(memberId) : this.copy.asPage(memberId),
    }
  }

  async #idOf(callerId: string): Promise<string> {
    const found = await this.database.read((rx) => this.members.findByIds(rx, [callerId]))
    return found.get(callerId)?.id ?? callerId
  }
}
