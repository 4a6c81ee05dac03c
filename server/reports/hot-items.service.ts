import { Injectable } from '@nestjs/common'
import {
  HOT_ITEMS_MAX,
  type HotFigures,
  type HotItems,
  type HotItemsQuery,
} from '@huike/shared/contracts/console-mall-report'
import type { MallItemId } from '@huike/shared/ids'
import { midnightMs } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { itemKey, MallItemsService } from '../mall/mall-items.service.js'
import type { Statements } from '../platform/database.js'

// What members take for their points. The database sums the exchanges of some days by the version of
// their item; the few rows that are left are put together here, since a version says its category.

const DAY_MS = 86_400_000
const DATE_CHARACTERS = 10
const NOTHING: HotFigures = { exchanges: 0, pieces: 0, points: 0, endedExchanges: 0 }

type SummedRow = { itemId: string; version: number; kind: string } & Record<
  keyof HotFigures,
  number | string
>

@Injectable()
export class HotItemsService {
  constructor(private readonly items: MallItemsService) {}

  /** The exchanges made between two days, by category and by item. */
  async of(statements: Statements, { fromDate, toDate }: HotItemsQuery): Promise<HotItems> {
    const rows = await statements.rows<SummedRow>(
      `SELECT itemId, version, MAX(kind) AS kind,
         SUM(CASE WHEN state IN ('cancelled', 'lapsed') THEN 0 ELSE 1 END) AS exchanges,
         SUM(CASE WHEN state IN ('cancelled', 'lapsed') THEN 0 ELSE quantity END) AS pieces,
         SUM(points - returnedPoints) AS points,
         SUM(CASE WHEN state IN ('cancelled', 'lapsed') THEN 1 ELSE 0 END) AS endedExchanges
       FROM mall_exchange WHERE createdAtMs >= ? AND createdAtMs < ?
       GROUP BY itemId, version ORDER BY itemId, version`,
      [midnightMs(fromDate, CHAIN_TIME_ZONE), midnightMs(dayAfter(toDate), CHAIN_TIME_ZONE)],
    )
    const termsOf = await this.items.termsOf(statements, rows)
    const categories = new Map<string, HotFigures & { category: string }>()
    const items = new Map<string, HotItems['items'][number]>()
    let total = NOTHING
    for (const row of rows) {
      const terms = termsOf.get(itemKey(row))?.terms
      const [category, name] = [terms?.category ?? '', terms?.name ?? '']
      const itemId = row.itemId as MallItemId
      const kind = row.kind === 'coupon' ? 'coupon' : 'goods'
      total = sum(total, row)
      categories.set(category, { category, ...sum(categories.get(category) ?? NOTHING, row) })
      // The versions come in order: an item is called what it was called last.
      items.set(itemId, { itemId, name, kind, ...sum(items.get(itemId) ?? NOTHING, row) })
    }
    const ranked = [...items.values()].sort(byPoints)
    const others = ranked.slice(HOT_ITEMS_MAX)
    return {
      total,
      categories: [...categories.values()].sort(byPoints),
      items: ranked.slice(0, HOT_ITEMS_MAX),
      others: others.length === 0 ? null : others.reduce<HotFigures>(sum, NOTHING),
    }
  }
}

function sum(one: HotFigures, other: Record<keyof HotFigures, number | string>): HotFigures {
  return {
    exchanges: one.exchanges + Number(other.exchanges),
    pieces: one.pieces + Number(other.pieces),
    points: one.points + Number(other.points),
    endedExchanges: one.endedExchanges + Number(other.endedExchanges),
  }
}

function byPoints(one: HotFigures, other: HotFigures): number {
  return other.points - one.points || other.pieces - one.pieces
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, DATE_CHARACTERS)
}
