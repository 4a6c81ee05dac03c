import type { Who } from '@huike/shared/contracts/agent'
import type { MemberId } from '@huike/shared/ids'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { epochMs } from '@huike/shared/quantities'
import type { Clock } from '../platform/clock.js'
import type { Asked } from '../uplink/ask-server.js'

// Member codes that were read at this till a moment ago, in memory only: what they prove (that the
// member is here) must not outlive the moment, nor lie on a disk.

/** The server takes no older ones. */
export const CODE_KEPT_MS_MAX = 10 * 60_000
/** Then the member is asked for by id: many chains need no code. */
const CODE_REFUSED: readonly OutcomeCode[] = [
  'member_code_invalid',
  'member_code_expired',
  'member_not_found',
]
/** More customers at once than a till has. */
const CODES_MAX = 16

interface ReadCode {
  memberCode: string
  /** By the server's clock as this till knows it. */
  readAtMs: number
  readMonotonicMs: number
}

export class ReadCodes {
  private readonly byMember = new Map<string, ReadCode>()

  constructor(private readonly clock: Clock) {}

  /** A code was read now, and it is this member's. */
  remember(memberId: string, memberCode: string): void {
    this.byMember.delete(memberId)
    const { clock } = this
    const readAtMs = clock.correctedNowMs()
    this.byMember.set(memberId, { memberCode, readAtMs, readMonotonicMs: clock.monotonicMs() })
    for (const [id] of this.byMember) if (this.byMember.size > CODES_MAX) this.byMember.delete(id)
  }

  /** Asks by the code that was read of a member, where the server takes it, else by the member. */
  async ask<T>(memberId: string, ask: (who: Who) => Promise<Asked<T>>): Promise<Asked<T>> {
    const code = this.of(memberId)
    if (code !== null) {
      const asked = await ask(code)
      if (asked.kind !== 'refused' || !CODE_REFUSED.includes(asked.code)) return asked
      this.byMember.delete(memberId)
    }
    return ask({ by: 'member', memberId: memberId as MemberId })
  }

  /** The member by the code that was read of them; null where none was, or too long ago. */
  of(memberId: string): Extract<Who, { by: 'member_code' }> | null {
    const code = this.byMember.get(memberId)
    if (code === undefined) return null
    if (this.clock.monotonicMs() - code.readMonotonicMs > CODE_KEPT_MS_MAX) {
      this.byMember.delete(memberId)
      return null
    }
    const { memberCode, readAtMs } = code
    return { by: 'member_code', memberCode, readAtMs: epochMs(readAtMs) }
  }
}
