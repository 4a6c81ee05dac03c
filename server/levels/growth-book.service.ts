import { Injectable, type OnModuleInit } from '@nestjs/common'
import { growthOfSale, type GrowthGiven } from '@huike/shared/levels'
import { fen } from '@huike/shared/quantities'
import { isPresent } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { inList, listParameter, type Tx } from '../platform/database.js'
import { EventLogService, type EventConsumer, type StoredEvent } from '../platform/event-log.js'
import { groupBy } from '../platform/group-by.js'
import { GrowthAccounts } from './growth-accounts.js'
import {
  entriesOf,
  lockMembers,
  lockSales,
  mergesIn,
  salesOf,
  unmergedAmong,
  type MemberNow,
  type MergeRow,
  type SaleRow,
} from './growth-rows.js'
import { countedOn, dayKey } from './growth-sums.js'
import type { LevelChange } from './level-change.entity.js'
import type { LevelSchemes } from './level-schemes.js'
import { LevelSchemesService } from './level-schemes.service.js'
import { LevelTurns } from './level-turns.js'
import { entriesDue, growthAfter, type SaleGrowth } from './sale-growth.js'

// Growth follows purchases through the event log: a till waits for nothing of it. An event only tells
// which sales to look at; what is written follows from how they stand now and what was written before,
// so that an event may come ten times, late or before another. A level goes up in the same commit.

/** The delivery name: deliveries are kept by it. */
export const GROWTH_CONSUMER = 'growth'
/** What was sold before a chain came here gives no growth, as it gives no points. */
const IMPORTED = 'import'

interface OpenSale {
  sale: SaleRow
  before: SaleGrowth
  ownerId: string | null
}

@Injectable()
export class GrowthBookService implements OnModuleInit {
  constructor(
    private readonly eventLog: EventLogService,
    private readonly schemes: LevelSchemesService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const consumer: EventConsumer = {
      name: GROWTH_CONSUMER,
      types: [
        'purchase.recorded',
        'purchase.assigned',
        'purchase.unassigned',
        'member.merged',
        'member.unmerged',
      ],
      isWanted: (tx) => this.schemes.isAny(tx),
      concerns: ({ payload }) => !('memberId' in payload) || payload.memberId !== null,
      consume: (tx, events) => this.#consume(tx, events),
    }
    this.eventLog.register(consumer)
  }

  async #consume(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    const schemes = await this.schemes.published(tx)
    if (schemes.isEmpty) return
    const nowMs = this.clock.nowMs()
    const merges = mergesIn(events)
    const sales = await lockSales(tx, await salesOf(tx, events, merges))
    const entries = groupBy(
      await entriesOf(
        tx,
        sales.map(({ id }) => id),
      ),
      ({ purchaseId }) => purchaseId,
    )
    const growth = new Map(sales.map(({ id }) => [id, growthAfter(entries.get(id) ?? [])]))
    const members = await lockMembers(tx, [
      ...sales.flatMap(({ memberId }) => memberId ?? []),
      ...[...growth.values()].flatMap(({ holderId }) => holderId ?? []),
      ...merges.flatMap(({ survivorId, absorbedId }) => [survivorId, absorbedId]),
    ])
    if (members.size === 0) return
    const accounts = await GrowthAccounts.open(tx, [...members.keys()].sort(), nowMs)
    const open = sales.map((sale) => ({
      sale,
      before: growth.get(sale.id) ?? growthAfter([]),
      ownerId: ownerOf(sale.memberId, members),
    }))
    await this.#post(tx, open, { accounts, members, schemes })
    await accounts.writeEntries(tx)
    const turns = new LevelTurns(accounts, schemes.at(nowMs), nowMs)
    await followMerges(tx, turns, { merges, members })
    const posted = accounts.posted()
    const touched = [
      ...posted.map(({ memberId }) => memberId),
      ...merges.flatMap(({ survivorId, absorbedId }) => [survivorId, absorbedId]),
    ]
    await turns.review(tx, {
      memberIds: [...new Set(touched)].filter((id) => members.has(id)).sort(),
      present: new Set([...members.values()].filter(isPresent).map(({ id }) => id)),
      takenBack: new Set(
        posted.flatMap(({ memberId, growth: sum, reason }) =>
          sum < 0 && reason !== 'merge' ? [memberId] : [],
        ),
      ),
    })
    await accounts.writeAccounts(tx)
    await turns.write(tx, this.eventLog)
  }

  /** Posts what the book still has to say of these sales. */
  async #post(
    tx: Tx,
    open: readonly OpenSale[],
    of: {
      accounts: GrowthAccounts
      members: ReadonlyMap<string, MemberNow>
      schemes: LevelSchemes
    },
  ): Promise<void> {
    const strangers = open.flatMap(({ before: { holderId }, ownerId }) =>
      holderId !== null && ownerId !== null && holderId !== ownerId ? [{ holderId, ownerId }] : [],
    )
    const unmerged = await unmergedAmong(tx, strangers)
    const counted = await countedOn(
      tx,
      open.flatMap(({ sale: { businessDate }, ownerId: memberId }) =>
        memberId === null ? [] : [{ memberId, businessDate }],
      ),
    )
    for (const { sale, before, ownerId } of open) {
      const { id: purchaseId, businessDate, occurredAtMs } = sale
      const give = () => {
        const day = dayKey({ memberId: ownerId ?? '', businessDate })
        return givenBy(sale, of.schemes, counted.get(day) ?? 0)
      }
      const { holderId } = before
      const moved = howMoved({ holderId, ownerId, members: of.members, unmerged })
      const due = entriesDue({ ...sale, ownerId }, before, { moved, give })
      due.forEach((draft, at) => {
        const number = before.entries + at + 1
        of.accounts.post({ ...draft, purchaseId, number, businessDate, occurredAtMs })
        const day = dayKey({ memberId: draft.memberId, businessDate })
        counted.set(day, (counted.get(day) ?? 0) + draft.counted)
      })
    }
  }
}

/** What a sale gives by the scheme of its moment; null where nothing grows by it. */
function givenBy(
  sale: SaleRow,
  schemes: LevelSchemes,
  countedBefore: number,
): (GrowthGiven & { schemeVersion: number }) | null {
  const scheme = schemes.at(sale.occurredAtMs)
  const { growth, perPurchase } = scheme.growth
  const isGiving = growth > 0 || perPurchase > 0
  if (!isGiving || sale.sourceKind === IMPORTED || sale.totalFen <= 0) return null
  const given = growthOfSale(scheme, { totalFen: fen(sale.totalFen), countedBefore })
  return { ...given, schemeVersion: scheme.version }
}

/** Who answers for a sale: the survivor of whom it was made by. */
function ownerOf(memberId: string | null, members: ReadonlyMap<string, MemberNow>): string | null {
  const member = members.get(memberId ?? '')
  return member?.mergedIntoId ?? member?.id ?? null
}

function howMoved(of: {
  holderId: string | null
  ownerId: string | null
  members: ReadonlyMap<string, MemberNow>
  unmerged: ReadonlySet<string>
}): 'merge' | 'merge_undo' | null {
  const { holderId, ownerId, members, unmerged } = of
  if (holderId === null || ownerId === null) return null
  if (members.get(holderId)?.mergedIntoId === ownerId) return 'merge'
  return unmerged.has(`${holderId}|${ownerId}`) ? 'merge_undo' : null
}

/** Levels of records that became one, or two again; what was done before is not done twice. */
async function followMerges(
  tx: Tx,
  turns: LevelTurns,
  of: { merges: readonly MergeRow[]; members: ReadonlyMap<string, MemberNow> },
): Promise<void> {
  const { merges, members } = of
  if (merges.length === 0) return
  const changes = await tx.rows<LevelChange>(
    `SELECT * FROM level_change WHERE mergeId IN ${inList(tx)} ORDER BY id`,
    [listParameter(tx, [...new Set(merges.map(({ id }) => id))])],
  )
  for (const merge of merges) {
    const followed = changes.filter(({ mergeId }) => mergeId === merge.id)
    const survivorId = members.get(merge.absorbedId)?.mergedIntoId ?? null
    if (!merge.isUndone && survivorId !== null && followed.length === 0)
      turns.inherit({ ...merge, survivorId })
    const inherited = followed.find(({ reason }) => reason === 'merge')
    if (!merge.isUndone || survivorId !== null || !inherited) continue
    const [last] = await tx.rows<Pick<LevelChange, 'id'>>(
      'SELECT id FROM level_change WHERE memberId = ? ORDER BY id DESC LIMIT 1',
      [inherited.memberId],
    )
    if (last?.id === inherited.id) turns.giveBack(inherited)
  }
}
