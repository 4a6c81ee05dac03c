import { Injectable } from '@nestjs/common'
import type { Who } from '@huike/shared/contracts/agent'
import { memberNoOfCode } from '@huike/shared/member-code'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { normalisePhone } from '@huike/shared/phone'
import type { Statements } from '../platform/database.js'
import type { Member } from './member.entity.js'
import { MembersService } from './members.service.js'

/** Members as somebody at a till names them. */
@Injectable()
export class NamedMembersService {
  constructor(private readonly members: MembersService) {}

  /**
   * The member that is named, after merges; null when nobody is known by it. Refuses
   * `phone_invalid`, `member_code_invalid` and `member_code_expired` (at the moment it was read).
   */
  async find(
    statements: Statements,
    who: Who,
  ): Promise<{ ok: true; member: Member | null } | Refusal> {
    switch (who.by) {
      case 'phone': {
        const phone = normalisePhone(who.phone)
        if (phone === null) return refuse('phone_invalid')
        return { ok: true, member: await this.members.findByPhone(statements, phone) }
      }
      case 'member_code': {
        const no = memberNoOfCode(who.memberCode)
        if (no === null) return refuse('member_code_invalid')
        const found = (await this.members.findByMemberNos(statements, [no])).get(no)
        const code = this.members.checkCode(who.memberCode, found?.record, who.readAtMs)
        return code === null ? { ok: true, member: found?.member ?? null } : refuse(code)
      }
      case 'member': {
        const found = await this.members.findByIds(statements, [who.memberId])
        return { ok: true, member: found.get(who.memberId) ?? null }
      }
    }
  }
}
