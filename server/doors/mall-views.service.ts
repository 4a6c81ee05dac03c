import { Injectable } from '@nestjs/common'
import type { Exchange, MallItem as MallItemView } from '@huike/shared/contracts/mall'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import type { CouponId, MallExchangeId, MallItemId, StoreId } from '@huike/shared/ids'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { CouponTemplatesService, versionKey } from '../coupons/coupon-templates.service.js'
import type { MallExchange } from '../mall/mall-exchange.entity.js'
import type { MallItem } from '../mall/mall-item.entity.js'
import { MallItemsService, itemKey, type KeptTerms } from '../mall/mall-items.service.js'
import type { Statements } from '../platform/database.js'
import { StoresService } from '../stores/stores.service.js'

/** An item or an exchange with what its version promised, in words. */
export interface Promised extends KeptTerms {
  publishedAtMs: number
  publishedBy: string
  coupon: NonNullable<MallItemView['coupon']> | null
  stores: { storeId: StoreId; name: string }[]
}

/** What the mall promises, as members and staff read it: the same to both. */
@Injectable()
export class MallViewsService {
  constructor(
    private readonly items: MallItemsService,
    private readonly coupons: CouponTemplatesService,
    private readonly stores: StoresService,
  ) {}

  /** What versions promised, by `itemKey`, with the coupon and the stores in words. */
  async promisedBy(
    statements: Statements,
    keys: readonly { itemId: string; version: number }[],
  ): Promise<Map<string, Promised>> {
    const termsOf = await this.items.termsOf(statements, keys)
    const kept = [...termsOf.values()]
    const couponTerms = await this.coupons.termsOf(statements, kept.flatMap(couponOf))
    const names = await this.stores.namesOf(statements, kept.flatMap(storesOf))
    return new Map(
      [...termsOf].map(([key, one]) => {
        const [version] = couponOf(one)
        const terms = version && couponTerms.get(versionKey(version))
        const coupon = terms
          ? {
              name: terms.name,
              headline: couponHeadline(terms),
              conditions: couponConditions(terms),
            }
          : null
        const stores = storesOf(one).map((id) => ({
          storeId: id as StoreId,
          name: names.get(id) ?? '',
        }))
        return [key, { ...one, coupon, stores }]
      }),
    )
  }

  /** Exchanges as their member reads them. */
  async exchanges(statements: Statements, rows: readonly MallExchange[]): Promise<Exchange[]> {
    const promised = await this.promisedBy(statements, rows)
    const names = await this.stores.namesOf(
      statements,
      rows.map(({ storeId }) => storeId),
    )
    return rows.flatMap((row) => {
      const terms = promised.get(itemKey(row))
      return terms ? [exchangeView(row, terms, names)] : []
    })
  }
}

/** How the version that an item gives now is looked up. */
export function nowOf({ id, version }: MallItem): { itemId: string; version: number } {
  return { itemId: id, version }
}

function couponOf({ terms, couponVersion }: KeptTerms) {
  const { gives } = terms
  return gives.kind === 'coupon' && couponVersion !== null
    ? [{ templateId: gives.templateId, version: couponVersion }]
    : []
}

function storesOf({ terms: { gives } }: KeptTerms): string[] {
  return gives.kind === 'goods' ? gives.storeIds : []
}

function exchangeView(
  row: MallExchange,
  { terms, stores }: Promised,
  names: ReadonlyMap<string, string>,
): Exchange {
  const { gives, name, category } = terms
  const { state, endedBy } = row
  return {
    exchangeId: row.id as MallExchangeId,
    itemId: row.itemId as MallItemId,
    kind: gives.kind,
    ...{ name, category, quantity: row.quantity, points: row.points },
    state: state as Exchange['state'],
    code: state === 'waiting' ? row.code : null,
    createdAtMs: epochMs(row.createdAtMs),
    fetchUntilMs: atOrNull(row.fetchUntilMs),
    lapse: gives.kind === 'goods' ? gives.lapse : null,
    stores,
    endedAtMs: gives.kind === 'coupon' ? null : atOrNull(row.endedAtMs),
    storeName: names.get(row.storeId ?? '') ?? null,
    cancelledBy: state !== 'cancelled' ? null : endedBy === 'member' ? 'member' : 'shop',
    reason: row.reason,
    returnedPoints: row.returnedPoints,
    couponIds: row.couponId === null ? [] : [row.couponId as CouponId],
  }
}

/** An instant, where there is one. */
export function atOrNull(atMs: number | null): EpochMs | null {
  return atMs === null ? null : epochMs(atMs)
}
