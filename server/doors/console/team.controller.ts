import { Body, Controller, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import type { z } from 'zod'
import { consoleStoresSchema, type ConsoleStores } from '@huike/shared/contracts/console'
import {
  enrolmentAskSchema,
  enrolmentIssuedSchema,
  staffChangeSchema,
  staffListSchema,
  staffMemberSchema,
  staffNewSchema,
  storeChangeSchema,
  storeCreatedSchema,
  storeNewSchema,
  type EnrolmentAsk,
  type EnrolmentIssued,
  type StaffChange,
  type StaffMember,
  type StaffNew,
  type StoreNew,
} from '@huike/shared/contracts/console-team'
import type { StaffId, StoreId } from '@huike/shared/ids'
import type { EpochMs } from '@huike/shared/quantities'
import { HandOverMembersService } from '../../flows/hand-over-members.service.js'
import { raise } from '../../platform/problems.js'
import { SecondFactorService } from '../../staff/second-factor.service.js'
import { StaffTeamService, type TeamMember } from '../../staff/staff-team.service.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { TeamService } from './team.service.js'

const NO_CONTENT = 204

/** Stores, tills and staff, as people change them. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class TeamController {
  constructor(
    private readonly team: TeamService,
    private readonly staff: StaffTeamService,
    private readonly handovers: HandOverMembersService,
    private readonly factors: SecondFactorService,
  ) {}

  /** The stores this person may see, each with its tills; the pages choose stores from it. */
  @Get('stores')
  @Answers(consoleStoresSchema)
  @UseGuards(StaffGuard('today.view'))
  stores(@CallingStaff() by: ActingStaff): Promise<ConsoleStores> {
    return this.team.stores(by)
  }

  @Post('stores')
  @Answers(storeCreatedSchema)
  @UseGuards(StaffGuard('stores.manage'))
  async addStore(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: storeNewSchema }) body: StoreNew,
  ): Promise<z.infer<typeof storeCreatedSchema>> {
    const added = await this.team.addStore(by, body)
    if (!added.ok) raise(added)
    return { id: added.id as StoreId }
  }

  @Patch('stores/:storeId')
  @HttpCode(NO_CONTENT)
  @UseGuards(StaffGuard('stores.manage'))
  async renameStore(
    @CallingStaff() by: ActingStaff,
    @Param('storeId') storeId: string,
    @Body({ schema: storeChangeSchema }) body: z.infer<typeof storeChangeSchema>,
  ): Promise<void> {
    const renamed = await this.team.renameStore(by, storeId, body.name)
    if (!renamed.ok) raise(renamed)
  }

  /** A one-time code that enrols a till, new or known. */
  @Post('terminals/enrolment')
  @Answers(enrolmentIssuedSchema)
  @UseGuards(StaffGuard('terminals.manage'))
  async enrolment(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: enrolmentAskSchema }) body: EnrolmentAsk,
  ): Promise<EnrolmentIssued> {
    const issued = await this.team.issueEnrolment(by, body)
    if (!issued.ok) raise(issued)
    return { code: issued.code, expiresAtMs: issued.expiresAtMs }
  }

  /** Stops a till at once. */
  @Post('terminals/:id/revoke')
  @HttpCode(NO_CONTENT)
  @UseGuards(StaffGuard('terminals.manage'))
  async revoke(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<void> {
    const revoked = await this.team.revokeTerminal(by, id)
    if (!revoked.ok) raise(revoked)
  }

  @Get('staff')
  @Answers(staffListSchema)
  @UseGuards(StaffGuard('staff.view'))
  async list(@CallingStaff() by: ActingStaff): Promise<z.infer<typeof staffListSchema>> {
    return { staff: (await this.staff.list(by)).map(viewOf) }
  }

  @Post('staff')
  @Answers(staffMemberSchema)
  @UseGuards(StaffGuard('staff.manage'))
  async addStaff(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: staffNewSchema }) body: StaffNew,
  ): Promise<StaffMember> {
    const added = await this.staff.create(by, body)
    if (!added.ok) raise(added)
    return viewOf(added.member)
  }

  @Patch('staff/:id')
  @Answers(staffMemberSchema)
  @UseGuards(StaffGuard('staff.manage'))
  async changeStaff(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: staffChangeSchema }) body: StaffChange,
  ): Promise<StaffMember> {
    const changed = await this.handovers.change(by, id, body)
    if (!changed.ok) raise(changed)
    return viewOf(changed.member)
  }

  /** Takes the second factor away from somebody who lost it; their sessions end. */
  @Post('staff/:id/second-factor/reset')
  @HttpCode(NO_CONTENT)
  @UseGuards(StaffGuard('staff.manage', 'staff.second_factor'))
  async resetFactor(@CallingStaff() by: ActingStaff, @Param('id') id: string): Promise<void> {
    const reset = await this.factors.reset(by, id)
    if (!reset.ok) raise(reset)
  }
}

function viewOf(member: TeamMember): StaffMember {
  return {
    ...member,
    id: member.id as StaffId,
    storeIds: [...member.storeIds] as StoreId[],
    createdAtMs: member.createdAtMs as EpochMs,
    lastSignInAtMs: member.lastSignInAtMs as EpochMs | null,
  }
}
