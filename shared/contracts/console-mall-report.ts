import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema } from './common.js'
import { mallKindSchema } from './mall.js'

// What members take for their points: by item and by category, of the exchanges made in some days.

const DAY_MS = 86_400_000
const DAYS_MAX = 366
/** Items that are told apart; the others are one sum. */
export const HOT_ITEMS_MAX = 50

/** `GET /console/v1/points/exchanges`: between two days of the chain's calendar, both whole. */
export const hotItemsQuerySchema = z
  .strictObject({ fromDate: businessDateSchema, toDate: businessDateSchema })
  .refine(({ fromDate, toDate }) => fromDate <= toDate, {
    path: ['toDate'],
    message: 'ends before it begins',
  })
  .refine(({ fromDate, toDate }) => Date.parse(toDate) - Date.parse(fromDate) < DAYS_MAX * DAY_MS, {
    path: ['toDate'],
    message: 'too many days',
  })
export type HotItemsQuery = z.infer<typeof hotItemsQuerySchema>

/** What was exchanged and neither cancelled nor lapsed; and what was, of the same days. */
const figuresSchema = z.object({
  exchanges: z.int(),
  pieces: z.int(),
  /** Spent, those left out that came back. */
  points: z.int(),
  /** Cancelled or not fetched in time. */
  endedExchanges: z.int(),
})
export type HotFigures = z.infer<typeof figuresSchema>

/** The most points first. An item stands in the category it had when it was exchanged. */
export const hotItemsSchema = z.object({
  total: figuresSchema,
  categories: z.array(figuresSchema.extend({ category: z.string() })),
  items: z.array(
    figuresSchema.extend({
      itemId: idSchema('MallItemId'),
      name: z.string(),
      kind: mallKindSchema,
    }),
  ),
  /** Of items beyond `HOT_ITEMS_MAX`; null where there are none. */
  others: figuresSchema.nullable(),
})
export type HotItems = z.infer<typeof hotItemsSchema>
