import { Injectable } from '@nestjs/common'
import type { AskableField } from '@huike/shared/contracts/console-quality'
import { Clock } from '../platform/clock.js'
import type { Statements } from '../platform/database.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { QualityRunsService } from './quality-runs.service.js'

// What members are asked for: what the chain wants to know, in the order of what it lacks most. A
// cashier's every look would ask for it, so it is remembered for a minute.

const REMEMBERED_MS = 60_000

@Injectable()
export class QualityWantedService {
  #remembered: { fields: readonly AskableField[]; untilMs: number } | null = null

  constructor(
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly runs: QualityRunsService,
  ) {}

  /** The fields, what is known of the fewest members first; as it was up to a minute ago. */
  async fields(statements: Statements): Promise<readonly AskableField[]> {
    const nowMs = this.clock.nowMs()
    if (this.#remembered !== null && nowMs < this.#remembered.untilMs)
      return this.#remembered.fields
    const { askFor } = await this.settings.quality(statements)
    const known = await this.runs.lastShares(statements)
    const shareOf = (field: AskableField) => known.get(`has_${field}`) ?? 0
    // Where nothing has been counted, the chain's own order stays.
    const fields = [...askFor].sort((a, b) => shareOf(a) - shareOf(b))
    this.#remembered = { fields, untilMs: nowMs + REMEMBERED_MS }
    return fields
  }
}
