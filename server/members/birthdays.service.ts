import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { birthdayIndex, monthDayIndex } from './birthday-index.js'
import { ProfilesService } from './profiles.service.js'

// Who has their birthday on a day. Every profile is indexed as it is written; what older versions wrote
// is indexed a few at a time, before anybody is looked for.

@Injectable()
export class BirthdaysService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly profiles: ProfilesService,
  ) {}

  /** Members who were born on one of these days (`MM-DD`) of any year, in the order of their ids. */
  async bornOn(
    statements: Statements,
    monthDays: readonly string[],
    { after, limit }: { after: string; limit: number },
  ): Promise<string[]> {
    const indexes = monthDays.map((monthDay) => monthDayIndex(this.config, monthDay))
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT memberId FROM member_profile WHERE birthdayIndex IN ${inList(statements)}
       AND memberId > ? ORDER BY memberId LIMIT ${String(limit)}`,
      [listParameter(statements, indexes), after],
    )
    return rows.map(({ memberId }) => memberId)
  }

  /** Indexes some of what older versions wrote; false when nothing is left. */
  async indexSome(tx: Tx, limit: number): Promise<boolean> {
    const rows = await tx.rows<{ memberId: string }>(
      `SELECT memberId FROM member_profile WHERE birthdayIndex IS NULL
       ORDER BY memberId LIMIT ${String(limit)}${tx.forUpdate}`,
    )
    if (rows.length === 0) return false
    const ids = rows.map(({ memberId }) => memberId)
    const birthdays = await this.profiles.birthdaysOf(tx, ids)
    await tx.updateEach(
      'member_profile',
      'memberId',
      ['birthdayIndex'],
      ids.map((id) => [id, birthdayIndex(this.config, birthdays.get(id))]),
    )
    return true
  }
}
