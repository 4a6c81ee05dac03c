import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  consolePickupSchema,
  consolePickupsPageSchema,
  consolePickupsQuerySchema,
  findPickupSchema,
  foundPickupsSchema,
  handOverPickupSchema,
  type ConsolePickup,
  type ConsolePickupsPage,
  type ConsolePickupsQuery,
  type FindPickup,
  type FoundPickups,
  type HandOverPickup,
} from '@huike/shared/contracts/console-pickups'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { PickupsPagesService } from './pickups-pages.service.js'

/** Orders that were placed online and are fetched in a store. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(StaffGuard('pickups.handle'))
@Controller('console/v1/pickups')
export class PickupsController {
  constructor(private readonly pages: PickupsPagesService) {}

  /** Orders in one state, as far as they are of the person's stores. */
  @Get()
  @Answers(consolePickupsPageSchema)
  page(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: consolePickupsQuerySchema }) query: ConsolePickupsQuery,
  ): Promise<ConsolePickupsPage> {
    return this.pages.page(by, query)
  }

  /** By a code, or by a phone. */
  @Post('find')
  @HttpCode(200)
  @Answers(foundPickupsSchema)
  find(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: findPickupSchema }) asked: FindPickup,
  ): Promise<FoundPickups> {
    return this.pages.find(by, asked)
  }

  /** One order, as it is now. */
  @Get(':id')
  @Answers(consolePickupSchema)
  async one(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<ConsolePickup> {
    const found = await this.pages.one(by, id)
    return found.ok ? found.pickup : raise(found)
  }

  /** It can be fetched; its owner is told. */
  @Post(':id/ready')
  @HttpCode(200)
  @Answers(consolePickupSchema)
  async markReady(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
  ): Promise<ConsolePickup> {
    const changed = await this.pages.markReady(by, id)
    return changed.ok ? changed.pickup : raise(changed)
  }

  /** Somebody has it. */
  @Post(':id/hand-over')
  @HttpCode(200)
  @Answers(consolePickupSchema)
  async handOver(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: handOverPickupSchema }) seen: HandOverPickup,
  ): Promise<ConsolePickup> {
    const changed = await this.pages.handOver(by, id, seen)
    return changed.ok ? changed.pickup : raise(changed)
  }
}
