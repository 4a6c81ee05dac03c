import { Injectable, type OnModuleInit } from '@nestjs/common'
import { lastDayBefore, levelNameIn } from '@huike/shared/levels'
import { formatWhole } from '@huike/shared/quantities'
import { LevelSchemesService } from '../levels/level-schemes.service.js'
import { LevelsService } from '../levels/levels.service.js'
import { isPresent, MembersService } from '../members/members.service.js'
import { MessagesService, type Notice } from '../messages/messages.service.js'
import { Clock } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'
import { EventLogService, type StoredEvent } from '../platform/event-log.js'

// What a member is told of their level: that it changed, was kept, or will be lost. A consumer of
// events, so that each is told once; it comes to whoever answers for the record by then.

@Injectable()
export class LevelNoticesService implements OnModuleInit {
  constructor(
    private readonly eventLog: EventLogService,
    private readonly levels: LevelsService,
    private readonly schemes: LevelSchemesService,
    private readonly members: MembersService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.eventLog.register({
      name: 'level-notice',
      types: ['member.level_changed', 'member.level_ending'],
      consume: (tx, events) => this.#consume(tx, events),
    })
  }

  async #consume(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const ids = [...new Set(events.map(({ aggregateId }) => aggregateId))]
    const members = await this.members.findByIds(tx, ids)
    const notices: Notice[] = []
    for (const event of events) {
      const member = members.get(event.aggregateId)
      const words = member && isPresent(member) ? await this.#wordsFor(tx, event) : null
      if (member && words) notices.push({ memberId: member.id, ...words })
    }
    if (notices.length > 0) await this.messages.writeNotices(tx, notices, this.clock.nowMs())
  }

  async #wordsFor(tx: Tx, event: StoredEvent): Promise<Omit<Notice, 'memberId'> | null> {
    if (event.type === 'member.level_ending') {
      const { levelCode, downAtMs, missing } = event.payload
      const name = levelNameIn(await this.schemes.now(tx), levelCode)
      const lastDay = String(lastDayBefore(downAtMs))
      return {
        title: `${name}即将到期`,
        body: `在 ${lastDay} 前再积 ${formatWhole(missing)} 成长值，可以保住${name}；否则将按当时的成长值调整等级。`,
      }
    }
    if (event.type !== 'member.level_changed') return null
    const change = await this.levels.change(tx, event.payload.changeId)
    if (!change) return null
    return { title: titleOf(change), body: `${change.explanation}。` }
  }
}

function titleOf({ reason, toName }: { reason: string; toName: string }): string {
  switch (reason) {
    case 'up':
      return `恭喜升为${toName}`
    case 'kept':
      return `${toName}已保留`
    default:
      return `等级调整为${toName}`
  }
}
