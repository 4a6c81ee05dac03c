import { Body, Controller, Get, Header, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  memberFileSchema,
  memberPageSchema,
  memberQuerySchema,
  phoneViewedSchema,
  phoneViewSchema,
  timelinePageSchema,
  timelineQuerySchema,
  type MemberFile,
  type MemberPage,
  type MemberQuery,
  type TimelinePage,
  type TimelineQuery,
} from '@huike/shared/contracts/console-members'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { ConsoleMembersService } from './members.service.js'

/** Members: the list, one member's file and timeline, and one number in full. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/members')
export class ConsoleMembersController {
  constructor(private readonly members: ConsoleMembersService) {}

  @Get()
  @Answers(memberPageSchema)
  @UseGuards(StaffGuard('members.view'))
  @Header('cache-control', 'no-store')
  async list(
    @CallingStaff() staff: ActingStaff,
    @Query({ schema: memberQuerySchema }) query: MemberQuery,
  ): Promise<MemberPage> {
    const listed = await this.members.list(staff, query)
    if (!listed.ok) raise(listed)
    return listed.page
  }

  @Get(':memberId')
  @Answers(memberFileSchema)
  @UseGuards(StaffGuard('members.view'))
  @Header('cache-control', 'no-store')
  async file(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
  ): Promise<MemberFile> {
    const found = await this.members.file(staff, memberId)
    if (!found.ok) raise(found)
    return found.file
  }

  @Get(':memberId/timeline')
  @Answers(timelinePageSchema)
  @UseGuards(StaffGuard('members.view'))
  @Header('cache-control', 'no-store')
  async timeline(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
    @Query({ schema: timelineQuerySchema }) query: TimelineQuery,
  ): Promise<TimelinePage> {
    const found = await this.members.timeline(staff, memberId, query)
    if (!found.ok) raise(found)
    return found.page
  }

  /** The full number, once, with a reason that is kept. */
  @Post(':memberId/phone')
  @Answers(phoneViewedSchema)
  @UseGuards(StaffGuard('members.phone'))
  @Header('cache-control', 'no-store')
  async phone(
    @CallingStaff() staff: ActingStaff,
    @Param('memberId') memberId: string,
    @Body({ schema: phoneViewSchema }) { why }: { why: string },
  ): Promise<{ phone: string }> {
    const viewed = await this.members.phone(staff, memberId, why)
    if (!viewed.ok) raise(viewed)
    return { phone: viewed.phone }
  }
}
