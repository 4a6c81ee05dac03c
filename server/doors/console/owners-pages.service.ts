import { Injectable } from '@nestjs/common'
import type {
  MemberOwned,
  MemberOwners,
  StaffCustomers,
} from '@huike/shared/contracts/console-owners'
import type { StaffId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { CUSTOMERS_COUNTED_MAX, MemberOwnersService } from '../../members/member-owners.service.js'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { MemberSelectionService } from '../../segments/member-selection.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffColleaguesService } from '../../staff/staff-colleagues.service.js'
import { StaffHandoversService } from '../../staff/staff-handovers.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'

// Who looks after whom, within the stores of the person who asks. A change is written down in its
// transaction; said twice it is one.

@Injectable()
export class OwnersPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly owners: MemberOwnersService,
    private readonly selection: MemberSelectionService,
    private readonly staff: StaffService,
    private readonly colleagues: StaffColleaguesService,
    private readonly handovers: StaffHandoversService,
    private readonly audit: StaffAuditService,
  ) {}

  /** Active staff to choose from. */
  async choices(by: ActingStaff): Promise<MemberOwners> {
    const rows = await this.database.read((rx) => this.colleagues.choices(rx, by))
    return { owners: rows.map(({ id, name }) => ({ staffId: id as StaffId, name })) }
  }

  /**
   * Gives a member to somebody, or with null to their store. Refuses `member_not_found`, of members
   * of other stores too, and `input_invalid` for staff who are stopped or not to be seen.
   */
  async change(
    by: ActingStaff,
    memberId: string,
    staffId: string | null,
  ): Promise<{ ok: true; owned: MemberOwned } | Refusal> {
    const atMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      // Staff before members: a stop locks in the same order, and waits until this is written.
      const chosen = staffId === null ? null : await this.colleagues.lockChosen(tx, by, staffId)
      const found = (await this.members.findByIds(tx, [memberId])).get(memberId)
      const [member] = found ? await this.members.lockPresent(tx, [found.id]) : []
      if (!member || !(await this.selection.isInScope(tx, member, by.storeIds)))
        return refuse('member_not_found')
      if (staffId !== null && !chosen) return refuse('input_invalid', '请选择一位在用的同事')
      const owner = chosen && { staffId: chosen.id as StaffId, name: chosen.name }
      if (member.ownerStaffId === staffId) return { ok: true as const, owned: { owner } }
      await this.owners.give(tx, member.id, staffId)
      await this.audit.append(tx, {
        staffId: by.id,
        action: 'member.owner_changed',
        subjectId: member.id,
        detail: `${member.ownerStaffId ?? '门店'} → ${staffId ?? '门店'}`,
        atMs,
      })
      return { ok: true as const, owned: { owner } }
    })
  }

  /** The customers of somebody. Refuses `not_found` for people one may not see. */
  async customersOf(
    by: ActingStaff,
    staffId: string,
  ): Promise<{ ok: true; customers: StaffCustomers } | Refusal> {
    return this.database.read(async (rx) => {
      if (!(await this.colleagues.isSeen(rx, by, staffId))) return refuse('not_found')
      const counted = await this.owners.countOf(rx, staffId)
      const last = await this.handovers.latestOf(rx, staffId)
      const successorId = last?.successorId ?? null
      const names = await this.staff.namesOf(rx, successorId === null ? [] : [successorId])
      const customers: StaffCustomers = {
        memberCount: Math.min(counted, CUSTOMERS_COUNTED_MAX),
        isMore: counted > CUSTOMERS_COUNTED_MAX,
        handover: last && {
          state: last.state as NonNullable<StaffCustomers['handover']>['state'],
          movedCount: last.movedCount,
          successorName: names.get(successorId ?? '') ?? null,
          createdAtMs: last.createdAtMs as EpochMs,
          finishedAtMs: last.finishedAtMs as EpochMs | null,
        },
      }
      return { ok: true as const, customers }
    })
  }
}
