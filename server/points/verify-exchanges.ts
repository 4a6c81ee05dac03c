import { mallLimitsSchema } from '@huike/shared/contracts/console-mall'
import { mallTermsSchema, type MallTerms } from '@huike/shared/contracts/mall'
import { exchangedInWords } from '@huike/shared/mall-words'
import { inList, listParameter } from '../platform/database.js'
import type { Find } from './verify-lots.js'
import { eachPage, type PageOf, type Pages } from './verify-pages.js'

// What went for goods and coupons, told three times: by the exchanges, by the transfers, and by what
// the items of the mall promised. Each statement sees all sides of what it shows.

/** The lapse of what somebody who was erased had not fetched: nobody is there to have it back. */
const OF_NOBODY = 'system:erasure'

interface ExchangeRow {
  id: string
  memberId: string
  kind: string
  state: string
  quantity: number
  points: number
  couponId: string | null
  takenTransferId: string
  createdAtMs: number
  endedBy: string | null
  returnTransferId: string | null
  returnedPoints: number
  terms: string | null
  takenId: string | null
  takenFromId: string | null
  takenPoints: number | null
  takenAtMs: number | null
  takenWords: string | null
  returnId: string | null
  returnPoints: number | null
  answersId: string | null
  moveId: string | null
  heldId: string | null
}
interface ItemRow {
  memberId?: string
  id: string
  kind: string
  state: string
  version: number
  stock: number | null
  memberMax: number | null
  period: string | null
  periodMax: number | null
  taken: number
  fromMs: number
  untilMs: number | null
  sort: number
  limits: string | null
  terms: string | null
  versions: number | string
  pieces: number | string | null
}

const EXCHANGES = `SELECT x.*, v.terms, t.id AS takenId, t.memberId AS takenFromId,
    t.points AS takenPoints, t.occurredAtMs AS takenAtMs, t.explanation AS takenWords,
    r.id AS returnId, r.points AS returnPoints, r.answersTransferId AS answersId,
    (SELECT MAX(s.id) FROM member_merge_step s WHERE s.subjectId = x.id) AS moveId, c.id AS heldId
  FROM mall_exchange x
  LEFT JOIN mall_version v ON v.itemId = x.itemId AND v.version = x.version
  LEFT JOIN points_transfer t ON t.reason = 'exchanged' AND t.sourceKey = x.id
  LEFT JOIN points_transfer r ON r.reason = 'exchange_returned' AND r.sourceKey = x.id
  LEFT JOIN coupon c ON c.id = x.couponId AND c.givenById = x.id`

const exchangesAfter: PageOf<ExchangeRow> = (rx, last, limit) =>
  rx.rows<ExchangeRow>(`${EXCHANGES} WHERE x.id > ? ORDER BY x.id LIMIT ${String(limit)}`, [
    last?.id ?? '',
  ])

/** Those that gave points back since. */
function returnedSince(afterId: string): PageOf<ExchangeRow> {
  return (rx, last, limit) =>
    rx.rows<ExchangeRow>(`${EXCHANGES} WHERE r.id > ? ORDER BY r.id LIMIT ${String(limit)}`, [
      last?.returnId ?? afterId,
    ])
}

function madeSince(afterId: string): PageOf<ExchangeRow> {
  return (rx, last, limit) => exchangesAfter(rx, last ?? ({ id: afterId } as ExchangeRow), limit)
}

const itemsAfter: PageOf<ItemRow> = (rx, last, limit) =>
  rx.rows<ItemRow>(
    `SELECT i.*, v.limits, v.terms,
       (SELECT COUNT(*) FROM mall_version w WHERE w.itemId = i.id) AS versions,
       (SELECT SUM(x.quantity) FROM mall_exchange x
        WHERE x.itemId = i.id AND x.state IN ('given', 'waiting', 'fetched')) AS pieces
     FROM mall_item i LEFT JOIN mall_version v ON v.itemId = i.id AND v.version = i.version
     WHERE i.id > ? ORDER BY i.id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

/** Shows every exchange, and every item of the mall. */
export async function walkExchanges(pages: Pages, find: Find): Promise<void> {
  await eachPage(pages, exchangesAfter, (page) => {
    for (const row of page) exchange(row, find)
  })
  await walkItems(pages, find)
}

/** Shows the exchanges that moved points since `afterId` was minted, and every item. */
export async function walkExchangesSince(pages: Pages, afterId: string, find: Find): Promise<void> {
  for (const pageOf of [madeSince(afterId), returnedSince(afterId)])
    await eachPage(pages, pageOf, (page) => {
      for (const row of page) exchange(row, find)
    })
  await walkItems(pages, find)
}

async function walkItems(pages: Pages, find: Find): Promise<void> {
  await eachPage(pages, itemsAfter, async (page) => {
    const stores = await storesOf(pages, page)
    for (const row of page) {
      const wrong = whatIsWrongOf(row, stores.get(row.id) ?? [])
      if (wrong !== null) find('mall_item', row.id, wrong)
    }
  })
}

function exchange(row: ExchangeRow, find: Find): void {
  const wrong = whatIsWrong(row)
  if (wrong !== null) find('mall_exchange', row.id, wrong)
}

function whatIsWrong(row: ExchangeRow): string | null {
  if (row.takenId === null || row.takenId !== row.takenTransferId)
    return 'the transfer that took its points is missing'
  if (row.takenPoints !== row.points || row.takenAtMs !== row.createdAtMs)
    return 'its transfer took another number of points, or not then'
  // Another record of the same person may have it by now.
  if (row.takenFromId !== row.memberId && row.moveId === null)
    return 'its points were those of another member'
  const terms = termsIn(row.terms)
  if (terms === null) return 'what its item promised is missing'
  if (terms.pricePoints * row.quantity !== row.points || terms.gives.kind !== row.kind)
    return 'is not what its item promised'
  if (exchangedInWords(terms.name, row.quantity) !== row.takenWords)
    return 'is not what was exchanged then'
  if (row.kind === 'coupon' && (row.couponId === null || row.heldId === null))
    return 'its coupon is missing, or was given for something else'
  return isReturnRight(row, terms)
    ? null
    : `is ${row.state}, and its points are not where they belong`
}

/** Whether what came back is what a state says, and what its transfer gave back. */
function isReturnRight(row: ExchangeRow, { gives }: MallTerms): boolean {
  const { state, points, returnedPoints, returnId, returnTransferId, returnPoints } = row
  const isBack = returnedPoints !== 0
  if (returnId !== returnTransferId || isBack !== (returnId !== null)) return false
  if (isBack && (returnPoints !== returnedPoints || returnedPoints !== points)) return false
  if (isBack && row.answersId !== row.takenTransferId) return false
  if ((state === 'given') !== (gives.kind === 'coupon')) return false
  if (state === 'cancelled') return isBack
  if (state !== 'lapsed') return !isBack && ['given', 'waiting', 'fetched'].includes(state)
  if (row.endedBy === OF_NOBODY) return !isBack
  return gives.kind === 'goods' && isBack === (gives.lapse === 'back')
}

function whatIsWrongOf(row: ItemRow, stores: readonly string[]): string | null {
  const terms = termsIn(row.terms)
  if (terms === null || Number(row.versions) !== row.version) return 'what it promises is missing'
  const { kind, period, periodMax, ...rest } = row
  const limits = mallLimitsSchema.safeParse(parsed(row.limits))
  const now = {
    ...{ state: rest.state, stock: rest.stock, memberMax: rest.memberMax },
    periodMax: period === null ? null : { period, count: periodMax },
    ...{ fromMs: rest.fromMs, untilMs: rest.untilMs, sort: rest.sort },
  }
  if (!limits.success || JSON.stringify(limits.data) !== JSON.stringify(now))
    return 'is not as it was published'
  if (terms.gives.kind !== kind) return 'is not as it was published'
  const named = terms.gives.kind === 'goods' ? terms.gives.storeIds : []
  if ([...named].sort().join('|') !== [...stores].sort().join('|'))
    return 'its stores are not those it names'
  return Number(row.pieces ?? 0) === row.taken ? null : 'its count is not that of its exchanges'
}

/** The stores where the items as they are now are fetched. */
async function storesOf(
  { read }: Pages,
  items: readonly ItemRow[],
): Promise<Map<string, string[]>> {
  if (items.length === 0) return new Map()
  const rows = await read((rx) =>
    rx.rows<{ itemId: string; version: number; storeId: string }>(
      `SELECT itemId, version, storeId FROM mall_pickup WHERE itemId IN ${inList(rx)}`,
      [
        listParameter(
          rx,
          items.map(({ id }) => id),
        ),
      ],
    ),
  )
  const now = new Map(items.map(({ id, version }) => [id, version]))
  const stores = new Map<string, string[]>()
  for (const { itemId, version, storeId } of rows)
    if (now.get(itemId) === version) stores.set(itemId, [...(stores.get(itemId) ?? []), storeId])
  return stores
}

/** Terms as they are kept, with the version of the coupon beside them; null where they are not. */
function termsIn(json: string | null): MallTerms | null {
  const kept = parsed(json)
  const terms = mallTermsSchema.safeParse(
    kept !== null && typeof kept === 'object' && 'terms' in kept ? kept.terms : null,
  )
  return terms.success ? terms.data : null
}

function parsed(json: string | null): unknown {
  try {
    return JSON.parse(json ?? 'null')
  } catch {
    return null
  }
}
