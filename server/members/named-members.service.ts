import { Injectable } from '@nestjs/common'
import type { Who } from '@huike/shared/contracts/agent'
import { memberNoOfCode } from '@huike/shared/member-code'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { normalisePhone } from '@huike/shared/phone'
import type { Statements } from '../platform/database.js'
import type { Member } from './member.entity.js'
import { MembersService } from './members.service.js'

/** The member that is named, after merges; null when nobody is known by it. */
export type NamedMember = { ok: true; member: Member | null } | Refusal

/** Members as somebody at a till names them. */
@Injectable()
export class NamedMembersService {
  constructor(private readonly members: MembersService) {}

  /**
   * The member that is named. Refuses `phone_invalid`, `member_code_invalid` and
   * `member_code_expired` (at the moment it was read).
   */
  async find(statements: Statements, who: Who): Promise<NamedMember> {
    const [found] = await this.findEach(statements, [who])
    if (!found) throw new Error('nobody was looked for')
    return found
  }

  /** As `find`, for many in a few statements; in order. */
  async findEach(statements: Statements, whos: readonly Who[]): Promise<NamedMember[]> {
    const indexes = new Map<Who, string>()
    const nos = new Map<Who, string>()
    const ids = whos.flatMap((who) => (who.by === 'member' ? [who.memberId] : []))
    for (const who of whos) {
      const phone = who.by === 'phone' ? normalisePhone(who.phone) : null
      const no = who.by === 'member_code' ? memberNoOfCode(who.memberCode) : null
      if (phone !== null) indexes.set(who, this.members.phoneIndex(phone))
      if (no !== null) nos.set(who, no)
    }
    const byIndex = await this.members.findByPhoneIndexes(statements, [...indexes.values()])
    const byNo = await this.members.findByMemberNos(statements, [...nos.values()])
    const byId = await this.members.findByIds(statements, ids)
    return whos.map((who): NamedMember => {
      switch (who.by) {
        case 'phone': {
          const index = indexes.get(who)
          if (index === undefined) return refuse('phone_invalid')
          return { ok: true, member: byIndex.get(index)?.member ?? null }
        }
        case 'member_code': {
          const no = nos.get(who)
          if (no === undefined) return refuse('member_code_invalid')
          const found = byNo.get(no)
          const code = this.members.checkCode(who.memberCode, found?.record, who.readAtMs)
          return code === null ? { ok: true, member: found?.member ?? null } : refuse(code)
        }
        case 'member':
          return { ok: true, member: byId.get(who.memberId) ?? null }
      }
    })
  }
}
