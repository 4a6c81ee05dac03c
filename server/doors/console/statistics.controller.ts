import { Controller, Get, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  STATISTICS_DAYS_MAX,
  statisticsQuerySchema,
  statisticsSchema,
  type Statistics,
  type StatisticsQuery,
} from '@huike/shared/contracts/console-members'
import { fen, points, type BusinessDate } from '@huike/shared/quantities'
import { ProblemError } from '../../platform/problems.js'
import { StatisticsService } from '../../reports/statistics.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'

const DAY_MS = 86_400_000

/** The figures of a period, for the stores of the person who asks. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsService) {}

  @Get('statistics')
  @Answers(statisticsSchema)
  @UseGuards(StaffGuard('statistics.view'))
  async of(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: statisticsQuerySchema }) query: StatisticsQuery,
  ): Promise<Statistics> {
    const { from, to, storeId } = query
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
    if (days < 1 || days > STATISTICS_DAYS_MAX)
      throw new ProblemError('input_invalid', `时段应为 1 到 ${String(STATISTICS_DAYS_MAX)} 天`)
    if (storeId !== undefined && by.storeIds !== null && !by.storeIds.includes(storeId))
      throw new ProblemError('not_found')
    const scope = storeId === undefined ? by.storeIds : [storeId]
    const found = await this.statistics.of({ from, to }, scope)
    return {
      from,
      to,
      members: found.members,
      days: found.days.map((day) => ({
        ...day,
        businessDate: day.businessDate as BusinessDate,
        salesFen: fen(day.salesFen),
        memberSalesFen: fen(day.memberSalesFen),
        pointsGiven: points(day.pointsGiven),
      })),
      employees: found.employees.map((employee) => ({
        ...employee,
        salesFen: fen(employee.salesFen),
        memberSalesFen: fen(employee.memberSalesFen),
      })),
    }
  }
}
