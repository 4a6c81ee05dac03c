import { Injectable } from '@nestjs/common'
import type { Member } from '../../members/member.entity.js'
import { isPresent, MembersService } from '../../members/members.service.js'
import type { Statements } from '../../platform/database.js'
import { MemberSelectionService } from '../../segments/member-selection.service.js'
import type { ActingStaff } from '../staff-caller.js'

/** The members that somebody of the staff may see. */
@Injectable()
export class VisibleMembersService {
  constructor(
    private readonly members: MembersService,
    private readonly selection: MemberSelectionService,
  ) {}

  /** The member, or the survivor of a merged one, if this person may see them. */
  async find(
    statements: Statements,
    staff: Pick<ActingStaff, 'storeIds'>,
    memberId: string,
  ): Promise<Member | null> {
    const member = (await this.members.findByIds(statements, [memberId])).get(memberId)
    if (!member || !isPresent(member)) return null
    const isTheirs = await this.selection.isInScope(statements, member, staff.storeIds)
    return isTheirs ? member : null
  }
}
