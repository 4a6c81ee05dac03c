import { fen, formatWhole, points } from '@huike/shared/quantities'
import type { MemberStandIn } from '../member-stand-in.js'

// The longest a chain, a shop and a shopper can be called, and the largest figures they can reach.

const TWENTY_CHARACTERS = '欧阳上官司马诸葛皇甫尉迟公孙慕容令狐宇文'
const NINE_DIGITS = 999_999_999

/** Makes everything the server tells as long as it can get: 20-character names, 9-digit figures. */
export function useLongestWords({ data, account, coupons, packs, mall }: MemberStandIn): void {
  Object.assign(data.card, {
    balancePoints: points(NINE_DIGITS),
    programmeName: TWENTY_CHARACTERS,
    levelName: TWENTY_CHARACTERS,
    levelProgress: `再积 ${formatWhole(NINE_DIGITS)} 成长值升为${TWENTY_CHARACTERS}`,
    expiringSoon: { points: points(NINE_DIGITS), onDate: '2026-12-31' },
  })
  Object.assign(data.level, { name: TWENTY_CHARACTERS, growth: NINE_DIGITS })
  for (const one of data.level.levels)
    Object.assign(one, { name: TWENTY_CHARACTERS, threshold: NINE_DIGITS })
  for (const purchase of data.purchases) {
    purchase.storeName = TWENTY_CHARACTERS
    purchase.totalFen = fen(NINE_DIGITS)
    purchase.points = points(NINE_DIGITS)
    for (const line of purchase.lines) Object.assign(line, { amountFen: NINE_DIGITS })
    for (const payment of purchase.payments) payment.amountFen = fen(NINE_DIGITS)
  }
  for (const pickup of data.pickups) {
    Object.assign(pickup, { storeName: TWENTY_CHARACTERS, refundedFen: fen(NINE_DIGITS) })
    for (const line of pickup.lines) line.name = TWENTY_CHARACTERS
  }
  for (const entry of data.entries) {
    entry.points = points(NINE_DIGITS)
    entry.balanceAfterPoints = points(NINE_DIGITS)
  }
  Object.assign(account.losses, {
    ...{ balancePoints: NINE_DIGITS, levelName: TWENTY_CHARACTERS },
    ...{ purchaseCount: NINE_DIGITS, messageCount: NINE_DIGITS },
    ...{ waitingPieces: NINE_DIGITS, waitingOrders: NINE_DIGITS },
  })
  for (const one of [...coupons.coupons, ...coupons.offers])
    Object.assign(one, {
      name: TWENTY_CHARACTERS,
      headline: `满 ¥${String(NINE_DIGITS)}.99 减 ¥${String(NINE_DIGITS)}.99`,
      conditions: [`限“${TWENTY_CHARACTERS}”`, ...one.conditions],
    })
  for (const pack of packs.packs)
    Object.assign(pack, {
      ...{ title: TWENTY_CHARACTERS + TWENTY_CHARACTERS.slice(0, 10), priceFen: NINE_DIGITS },
      contents: pack.contents.map((one) => ({
        ...one,
        name: TWENTY_CHARACTERS,
        headline: `满 ¥${String(NINE_DIGITS)}.99 减 ¥${String(NINE_DIGITS)}.99`,
      })),
    })
  for (const item of mall.items)
    Object.assign(item, {
      ...{ name: TWENTY_CHARACTERS + TWENTY_CHARACTERS.slice(0, 10), words: TWENTY_CHARACTERS },
      ...{ pricePoints: 10_000_000, limits: [`仅限${TWENTY_CHARACTERS}`, '每人每月限兑 20 件'] },
      fetch: item.fetch && {
        ...item.fetch,
        stores: item.fetch.stores.map((store) => ({ ...store, name: TWENTY_CHARACTERS })),
      },
    })
  account.profile = { ...account.profile, name: TWENTY_CHARACTERS }
  account.messages = account.messages.map((message) => ({
    ...message,
    title: `${message.title}${TWENTY_CHARACTERS}`,
  }))
}
