import { Injectable } from '@nestjs/common'
import {
  identityScanSchema,
  type IdentityScan,
  type IdentityScans,
} from '@huike/shared/contracts/console-identity'
import { MatchingRunsService } from '../../members/matching-runs.service.js'
import type { MatchingRun } from '../../members/matching-run.entity.js'
import { Database, type Statements } from '../../platform/database.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'

// Searches for doubles over the whole base, as staff ask for them and watch them.

@Injectable()
export class ScansPagesService {
  constructor(
    private readonly database: Database,
    private readonly runs: MatchingRunsService,
    private readonly staff: StaffService,
  ) {}

  /** The search under way, and the latest that is over. */
  page(): Promise<IdentityScans> {
    return this.database.read(async (rx) => {
      const [current, last] = [await this.runs.underWay(rx), await this.runs.lastOver(rx)]
      return {
        current: current && (await this.#viewOf(rx, current)),
        last: last && (await this.#viewOf(rx, last)),
      }
    })
  }

  /** Asks for a search; one that waits or runs is the answer to everybody who asks. */
  async ask(acting: ActingStaff): Promise<IdentityScan> {
    const run = await this.runs.ask(acting.id)
    return this.database.read((rx) => this.#viewOf(rx, run))
  }

  async #viewOf(statements: Statements, run: MatchingRun): Promise<IdentityScan> {
    const { id, state, phase, startedBy, createdAtMs, finishedAtMs } = run
    const names = startedBy === null ? null : await this.staff.namesOf(statements, [startedBy])
    return identityScanSchema.parse({
      ...{ id, state, phase, done: run.doneRows, total: run.totalRows, createdAtMs, finishedAtMs },
      startedByName: startedBy === null ? null : (names?.get(startedBy) ?? ''),
      report: run.report === null ? null : (JSON.parse(run.report) as IdentityScan['report']),
    })
  }
}
