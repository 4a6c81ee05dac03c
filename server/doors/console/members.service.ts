import { Injectable } from '@nestjs/common'
import type {
  MemberFile,
  MemberPage,
  MemberQuery,
  TimelinePage,
  TimelineQuery,
} from '@huike/shared/contracts/console-members'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { may } from '@huike/shared/permissions'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database } from '../../platform/database.js'
import { MemberRowsService } from '../../segments/member-rows.service.js'
import { MemberSelectionService } from '../../segments/member-selection.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { VisibleMembersService } from './visible-members.service.js'
import { holdsPhone } from '../reasons.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { MemberFileService } from './member-file.service.js'
import { MemberTimelineService } from './member-timeline.service.js'

// Members as staff see them: masked, and within the stores of the person who asks. A full number is
// given out in the transaction that writes down who saw it and why, or not at all.

@Injectable()
export class ConsoleMembersService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly selection: MemberSelectionService,
    private readonly visible: VisibleMembersService,
    private readonly rows: MemberRowsService,
    private readonly files: MemberFileService,
    private readonly timelines: MemberTimelineService,
    private readonly audit: StaffAuditService,
  ) {}

  /** A page of members. A cashier looks one up and does not browse: `forbidden`. */
  async list(
    staff: ActingStaff,
    query: MemberQuery,
  ): Promise<{ ok: true; page: MemberPage } | Refusal> {
    if (staff.role === 'cashier' && !this.selection.namesOne(query.search))
      return refuse('forbidden', '请输入完整手机号或会员号来查找会员')
    const { cursor, limit, ...filter } = query
    const place = placeOf(cursor)
    const before = place && { createdAtMs: place.atMs, id: place.id }
    const nowMs = this.clock.nowMs()
    const page = await this.database.read(async (rx) => {
      const prepared = await this.selection.prepare(rx, { filter, scope: staff.storeIds, nowMs })
      // One more than the page, to know whether there is another.
      const found = await this.selection.page(rx, prepared, { before, limit: limit + 1 })
      const shown = found.slice(0, limit)
      const last = shown.at(-1)
      return {
        members: await this.rows.rowsOf(rx, shown),
        nextCursor:
          found.length > limit && last ? cursorOf({ atMs: last.createdAtMs, id: last.id }) : null,
      }
    })
    return { ok: true, page }
  }

  /** A member's file. Refuses `member_not_found`, of members of other stores too. */
  async file(
    staff: ActingStaff,
    memberId: string,
  ): Promise<{ ok: true; file: MemberFile } | Refusal> {
    return this.database.read(async (rx) => {
      const member = await this.visible.find(rx, staff, memberId)
      if (!member) return refuse('member_not_found')
      const allowed = {
        mayShowPhone: may(staff.role, 'members.phone'),
        mayAssign: may(staff.role, 'members.assign'),
      }
      return { ok: true as const, file: await this.files.fileOf(rx, member, allowed) }
    })
  }

  /** A page of a member's timeline. Refuses `member_not_found`. */
  async timeline(
    staff: ActingStaff,
    memberId: string,
    query: TimelineQuery,
  ): Promise<{ ok: true; page: TimelinePage } | Refusal> {
    return this.database.read(async (rx) => {
      const member = await this.visible.find(rx, staff, memberId)
      if (!member) return refuse('member_not_found')
      return { ok: true as const, page: await this.timelines.page(rx, member, query) }
    })
  }

  /**
   * The full number of a member, written down with who asked and why. Refuses `member_not_found`,
   * and `input_invalid` for a reason that holds a number: it is kept in clear.
   */
  async phone(
    staff: ActingStaff,
    memberId: string,
    why: string,
  ): Promise<{ ok: true; phone: string } | Refusal> {
    if (holdsPhone(why)) return refuse('input_invalid', '原因里不要写手机号')
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const member = await this.visible.find(tx, staff, memberId)
      const phone = member && (await this.members.phonesOf(tx, [member.id])).get(member.id)
      if (!member || !phone) return refuse('member_not_found')
      await this.audit.append(tx, {
        staffId: staff.id,
        action: 'member.phone_viewed',
        subjectId: member.id,
        detail: why,
        atMs: nowMs,
      })
      return { ok: true as const, phone }
    })
  }
}
