import { Injectable } from '@nestjs/common'
import type { Who } from '@huike/shared/contracts/agent'
import type {
  HoldRequest,
  SpendingQuote,
  SpendingQuoteRequest,
} from '@huike/shared/contracts/spending'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { fen, points } from '@huike/shared/quantities'
import { quoteSpending } from '@huike/shared/spending'
import type { Member } from '../members/member.entity.js'
import { isPresent } from '../members/members.service.js'
import { NamedMembersService } from '../members/named-members.service.js'
import { Clock } from '../platform/clock.js'
import { BusyError, Database, UniqueViolation, type Statements } from '../platform/database.js'
import { PointsHoldsService, type HeldPoints } from '../points/points-holds.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'

// Points as cash at a till: how many an order may take, setting them aside while the cashier takes
// the discount off, and giving them back. What pays is decided when the receipt is given to the
// member (assign-receipt.ts), so that it works however late that arrives.

/** A code may have been read so long ago: while the cashier was still ringing up. */
export const CODE_READ_MS_MAX = 10 * 60_000
/** Merges, and the same request twice at once, that may come between. */
const LOOKS_MAX = 3

@Injectable()
export class SpendPointsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly named: NamedMembersService,
    private readonly settings: ChainSettingsService,
    private readonly holds: PointsHoldsService,
  ) {}

  /** How many points an order may take. Refuses `member_not_found`, and as codes and numbers do. */
  quote(
    { terminal }: TerminalContext,
    { who, orderFen }: SpendingQuoteRequest,
  ): Promise<{ ok: true; quote: SpendingQuote } | Refusal> {
    return this.database.read(async (rx) => {
      const found = await this.#find(rx, who)
      if (!found.ok) return found
      const nowMs = this.clock.nowMs()
      const at = { memberId: found.member.id, terminalId: terminal.id, nowMs }
      const spendable = await this.holds.spendableAt(rx, at)
      const { spending } = await this.settings.points(rx)
      const quote = quoteSpending(spending, { orderFen, spendablePoints: points(spendable) })
      const isCodeMissing = spending?.isCodeNeeded === true && !isOwnCode(who, nowMs)
      // Told before the cashier promises anything.
      return { ok: true as const, quote: isCodeMissing ? withoutCode(quote) : quote }
    })
  }

  /**
   * Sets points aside for an order. Refuses as `quote` does, as `spend` does, `spending_code_needed`
   * where the chain wants the member's own code, and `idempotency_conflict`.
   */
  async reserve(
    from: TerminalContext,
    { holdId, who, points: count, orderFen }: HoldRequest,
  ): Promise<HeldPoints | Refusal> {
    for (let look = 1; ; look += 1) {
      try {
        const held = await this.database.write(async (tx) => {
          const nowMs = this.clock.nowMs()
          const { spending } = await this.settings.points(tx)
          if (spending?.isCodeNeeded && !isOwnCode(who, nowMs))
            return refuse('spending_code_needed')
          const found = await this.#find(tx, who)
          if (!found.ok) return found
          const { terminal, store } = from
          const place = { storeId: store.id, terminalId: terminal.id }
          const order = { holdId, memberId: found.member.id, points: count, orderFen, nowMs }
          return this.holds.reserve(tx, { ...order, ...place }, spending)
        })
        if (held.ok || held.code !== 'member_merged') return held
        if (look >= LOOKS_MAX) throw new BusyError('this member is being merged')
      } catch (error) {
        if (!(error instanceof UniqueViolation) || look >= LOOKS_MAX) throw error
      }
    }
  }

  /** Gives back what this till set aside; what paid an order stays. Refuses `not_found`. */
  release(from: TerminalContext, holdId: string): Promise<HeldPoints | Refusal> {
    return this.database.write((tx) =>
      this.holds.release(tx, { holdId, terminalId: from.terminal.id, nowMs: this.clock.nowMs() }),
    )
  }

  async #find(statements: Statements, who: Who): Promise<{ ok: true; member: Member } | Refusal> {
    const found = await this.named.find(statements, who)
    if (!found.ok) return found
    const { member } = found
    return member && isPresent(member) ? { ok: true, member } : refuse('member_not_found')
  }
}

function withoutCode(quote: SpendingQuote): SpendingQuote {
  const none = { mostPoints: points(0), mostFen: fen(0) }
  return { ...quote, ...none, why: quote.why ?? outcomeSentence('spending_code_needed') }
}

/** The member's own code, read at the till a moment ago. */
function isOwnCode(who: Who, nowMs: number): boolean {
  return who.by === 'member_code' && Math.abs(nowMs - who.readAtMs) <= CODE_READ_MS_MAX
}
