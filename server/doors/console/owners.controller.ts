import { Body, Controller, Get, Param, Put, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  memberOwnedSchema,
  memberOwnersSchema,
  ownerChangeSchema,
  staffCustomersSchema,
  type MemberOwned,
  type MemberOwners,
  type OwnerChange,
  type StaffCustomers,
} from '@huike/shared/contracts/console-owners'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { OwnersPagesService } from './owners-pages.service.js'

/** Whose customers members are. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class OwnersController {
  constructor(private readonly owners: OwnersPagesService) {}

  @Get('member-owners')
  @Answers(memberOwnersSchema)
  @UseGuards(StaffGuard('members.assign'))
  choices(@CallingStaff() by: ActingStaff): Promise<MemberOwners> {
    return this.owners.choices(by)
  }

  @Put('members/:memberId/owner')
  @Answers(memberOwnedSchema)
  @UseGuards(StaffGuard('members.view', 'members.assign'))
  async change(
    @CallingStaff() by: ActingStaff,
    @Param('memberId') memberId: string,
    @Body({ schema: ownerChangeSchema }) body: OwnerChange,
  ): Promise<MemberOwned> {
    const changed = await this.owners.change(by, memberId, body.staffId)
    return changed.ok ? changed.owned : raise(changed)
  }

  /** How many customers somebody has, and what became of those of who left. */
  @Get('staff/:id/customers')
  @Answers(staffCustomersSchema)
  @UseGuards(StaffGuard('staff.view'))
  async customers(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
  ): Promise<StaffCustomers> {
    const found = await this.owners.customersOf(by, id)
    return found.ok ? found.customers : raise(found)
  }
}
