import { Inject, Injectable } from '@nestjs/common'
import { DAY_MS, lastDayBefore } from '@huike/shared/levels'
import type { Logger } from 'pino'
import { LevelSchemesService } from '../levels/level-schemes.service.js'
import { MembersService } from '../members/members.service.js'
import { MessagesService } from '../messages/messages.service.js'
import type { ExpiryNotice } from '../messages/expiry-notice.entity.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Tx,
} from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'

// Members are told before their points expire: once for each day on which some do, however many lots
// they are, and however many servers look. A row for each member and day says so (primary key); it is
// written with the message. A round walks the lots that go next in pages, and begins anew each hour,
// so that lots which come into the days of notice later are met as well.

const LOTS_PER_PAGE = 200
const LOOK_EVERY_MS = 60_000
const ANEW_EVERY_MS = 3_600_000
const COLUMNS = [
  'memberId',
  'expiresAtMs',
  'messageId',
  'createdAtMs',
] as const satisfies (keyof ExpiryNotice)[]

interface Place {
  expiresAtMs: number
  id: string
}

@Injectable()
export class ExpiryNoticesService extends BackgroundWorker {
  #after: Place | null = null
  #begunAtMs = 0

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly schemes: LevelSchemesService,
    private readonly members: MembersService,
    private readonly messages: MessagesService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'notices of points that expire', LOOK_EVERY_MS)
  }

  /** Walks from the beginning, whatever was walked before. For tests. */
  async drainAnew(): Promise<void> {
    this.#after = null
    await this.drain()
  }

  /** Tells the members of the next page of lots; false when none is left. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    if (nowMs - this.#begunAtMs >= ANEW_EVERY_MS) {
      this.#after = null
      this.#begunAtMs = nowMs
    }
    const { expiresAtMs, id } = this.#after ?? { expiresAtMs: nowMs, id: '~' }
    const page = await this.database.read(async (rx) => {
      const { pointsNoticeDays } = await this.schemes.now(rx)
      const untilMs = nowMs + pointsNoticeDays * DAY_MS
      return rx.rows<Place & { memberId: string }>(
        `SELECT id, memberId, expiresAtMs FROM points_lot
         WHERE state = 'open' AND expiresAtMs >= ? AND expiresAtMs <= ?
           AND (expiresAtMs > ? OR id > ?)
         ORDER BY expiresAtMs, id LIMIT ${String(LOTS_PER_PAGE)}`,
        [expiresAtMs, untilMs, expiresAtMs, id],
      )
    })
    const last = page.at(-1)
    if (!last) return false
    for (const one of new Set(page.map((lot) => lot.expiresAtMs)))
      await this.#tell(
        one,
        page.filter((lot) => lot.expiresAtMs === one).map(({ memberId }) => memberId),
      )
    this.#after = { expiresAtMs: last.expiresAtMs, id: last.id }
    return true
  }

  /** Tells members of what expires at one moment, those who have not been told. */
  async #tell(expiresAtMs: number, memberIds: readonly string[]): Promise<void> {
    try {
      await this.database.write((tx) => this.#write(tx, expiresAtMs, [...new Set(memberIds)]))
    } catch (error) {
      // Another server was faster; what is left of the page is met when the walk begins anew.
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  async #write(tx: Tx, expiresAtMs: number, memberIds: readonly string[]): Promise<void> {
    const nowMs = this.clock.nowMs()
    const present = await this.members.lockPresent(tx, memberIds)
    const told = await tx.rows<{ memberId: string }>(
      `SELECT memberId FROM expiry_notice WHERE expiresAtMs = ? AND memberId IN ${inList(tx)}`,
      [expiresAtMs, listParameter(tx, memberIds)],
    )
    const isTold = new Set(told.map(({ memberId }) => memberId))
    const sums = await tx.rows<{ memberId: string; points: number | string }>(
      `SELECT memberId, SUM(leftPoints) AS points FROM points_lot
       WHERE memberId IN ${inList(tx)} AND state = 'open' AND expiresAtMs = ? GROUP BY memberId`,
      [listParameter(tx, memberIds), expiresAtMs],
    )
    const isPresent = new Set(present.map(({ id }) => id))
    const lastDay = String(lastDayBefore(expiresAtMs))
    const notices = sums
      .filter(({ memberId }) => isPresent.has(memberId) && !isTold.has(memberId))
      .map(({ memberId, points }) => ({
        memberId,
        title: '积分即将到期',
        body: `您有 ${String(points)} 积分将在 ${lastDay} 当天结束时到期，请记得使用。`,
      }))
    if (notices.length === 0) return
    const ids = await this.messages.writeNotices(tx, notices, nowMs)
    await tx.insert(
      'expiry_notice',
      COLUMNS,
      notices.map(({ memberId }, at) =>
        valuesOf({ memberId, expiresAtMs, messageId: ids[at] ?? '', createdAtMs: nowMs }, COLUMNS),
      ),
    )
  }
}
