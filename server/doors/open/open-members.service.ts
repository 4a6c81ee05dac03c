import { Injectable } from '@nestjs/common'
import type { OpenLookupAnswer } from '@huike/shared/contracts/open'
import type { MemberId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone, normalisePhone } from '@huike/shared/phone'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { MembersService } from '../../members/members.service.js'
import { Database } from '../../platform/database.js'
import { PointsService } from '../../points/points.service.js'

/** What an integration may know of a member whose number it has. */
@Injectable()
export class OpenMembersService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly points: PointsService,
    private readonly levels: LevelSchemesService,
  ) {}

  /** A member by phone number; null when nobody has it. Refuses `phone_invalid`. */
  async lookup(text: string): Promise<{ ok: true; answer: OpenLookupAnswer } | Refusal> {
    const phone = normalisePhone(text)
    if (phone === null) return refuse('phone_invalid')
    return this.database.read(async (rx) => {
      const member = await this.members.findByPhone(rx, phone)
      if (!member) return { ok: true as const, answer: { member: null } }
      return {
        ok: true as const,
        answer: {
          member: {
            memberId: member.id as MemberId,
            memberNo: member.memberNo,
            phoneMasked: maskPhone(phone),
            state: member.state === 'pending' ? ('pending' as const) : ('active' as const),
            levelName: (await this.levels.names(rx))(member.levelCode),
            balancePoints: await this.points.balanceOf(rx, member.id),
          },
        },
      }
    })
  }
}
