import { Injectable } from '@nestjs/common'
import type { ConsoleToday } from '@huike/shared/contracts/console'
import { QUALITY_ANOMALIES } from '@huike/shared/contracts/console-quality'
import { may } from '@huike/shared/permissions'
import { fen, points, type BusinessDate } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, type Rx } from '../../platform/database.js'
import { QualityIssuesService } from '../../quality/quality-issues.service.js'
import { QualityRunsService } from '../../quality/quality-runs.service.js'
import { ReportsService } from '../../reports/reports.service.js'
import { ParkedEventsService } from '../../stores/parked-events.service.js'
import { TerminalSourcesService } from '../../stores/terminal-sources.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { stateOf, tillFactsOf } from './source-state.js'

/** The first page of the console: today so far, over the stores of the person who looks. */
@Injectable()
export class TodayService {
  constructor(
    private readonly reports: ReportsService,
    private readonly terminalSources: TerminalSourcesService,
    private readonly parkedEvents: ParkedEventsService,
    private readonly qualityRuns: QualityRunsService,
    private readonly qualityIssues: QualityIssuesService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Sales, members and points of the business day, the state of the tills, what waits. */
  of({ role, storeIds: scope }: ActingStaff): Promise<ConsoleToday> {
    const nowMs = this.clock.nowMs()
    // The chain's calendar; each store's own day is in its figures.
    const businessDate = localDate(nowMs, CHAIN_TIME_ZONE)
    return this.database.read(async (rx) => {
      const period = { from: businessDate, to: businessDate }
      const [day] = await this.reports.days(rx, period, scope)
      const terminals = await this.terminalSources.list(rx, scope)
      const parked = await this.parkedEvents.waitingByCode(rx, scope)
      const states = terminals.map((terminal) => stateOf(tillFactsOf(terminal), nowMs))
      const those = (state: string) => states.filter((one) => one === state).length
      return {
        businessDate: businessDate as BusinessDate,
        salesCount: day?.salesCount ?? 0,
        salesFen: fen(day?.salesFen ?? 0),
        memberSalesCount: day?.memberSalesCount ?? 0,
        memberSalesFen: fen(day?.memberSalesFen ?? 0),
        newMembers: day?.newMembers ?? 0,
        pointsGiven: points(day?.pointsGiven ?? 0),
        terminals: {
          // A till that a person stopped is nobody's worry any more.
          total: states.length - those('stopped'),
          silent: those('silent'),
          behind: those('behind'),
          unenrolled: those('unenrolled'),
        },
        parkedCount: parked.reduce((sum, { count }) => sum + count, 0),
        quality: may(role, 'quality.view') ? await this.#quality(rx) : null,
      }
    })
  }

  async #quality(rx: Rx): Promise<ConsoleToday['quality']> {
    const { last } = await this.qualityRuns.lastAndCurrent(rx)
    const open = await this.qualityIssues.openCounts(rx, QUALITY_ANOMALIES)
    return {
      failing: last?.failing ?? 0,
      anomalies: [...open.values()].reduce((sum, count) => sum + count, 0),
    }
  }
}
