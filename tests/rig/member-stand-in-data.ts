import type { LevelPage, levelPageSchema } from '@huike/shared/contracts/levels'
import {
  pointsEntrySchema,
  type MemberCard,
  type memberCardSchema,
  type PointsEntry,
  type PurchaseDetail,
  type purchaseDetailSchema,
} from '@huike/shared/contracts/member'
import { memberPickupSchema, type MemberPickup } from '@huike/shared/contracts/pickups'
import { exchangedInWords, returnedInWords } from '@huike/shared/mall-words'
import { referralPageSchema, type ReferralPage } from '@huike/shared/contracts/referrals'
import type { SignInState } from '@huike/shared/contracts/sign-in'
import { points, type Points } from '@huike/shared/quantities'
import type { z } from 'zod'

// One member with a history that has a bit of everything: two dozen small purchases at two stores,
// one online order, a refund of part of a purchase, a long name, a weighed article.

/** What goes into a schema, before it brands anything. */
type PlainCard = z.input<typeof memberCardSchema>
type PlainEntry = z.input<typeof pointsEntrySchema>
type PlainPurchase = z.input<typeof purchaseDetailSchema>
type PlainPickup = z.input<typeof memberPickupSchema>

export interface StandInData {
  card: MemberCard
  level: LevelPage
  /** Null where nobody is asked to sign in. */
  signIn: SignInState | null
  profilePoints: Points
  /** Null where nobody is asked to bring friends. */
  referrals: ReferralPage | null
  /** The code somebody signed in with. */
  givenCode: string | null
  entries: PointsEntry[]
  purchases: PurchaseDetail[]
  /** What waits in stores, and what became of it. */
  pickups: MemberPickup[]
}

const FIRST_SALE_AT_MS = Date.UTC(2026, 9, 1, 3, 20)
const DAY_MS = 86_400_000
const ORDINARY_SALES = 24

/** A fresh copy, for a test to change as it likes. */
export function memberStandInData(): StandInData {
  return {
    card: card() as MemberCard,
    level: level() as LevelPage,
    ...{ signIn: null, profilePoints: points(0), referrals: null, givenCode: null },
    entries: [...notableEntries(), ...purchasesOfEveryDay().map(entryOf)] as PointsEntry[],
    purchases: [...notablePurchases(), ...purchasesOfEveryDay()] as PurchaseDetail[],
    pickups: [],
  }
}

/** The order of the history that was placed online, as it waits in a store; the test says how far it is. */
export function somePickup(
  purchase: PurchaseDetail | undefined,
  over: Partial<PlainPickup> = {},
): MemberPickup {
  return memberPickupSchema.parse({
    ...{ purchaseId: purchase?.id, orderNo: 'WEB-20261109-0001', storeName: '人民路店' },
    ...{ state: 'ready', code: '3829105746', orderedAtMs: FIRST_SALE_AT_MS + 39 * DAY_MS },
    ...{ expectedAtMs: FIRST_SALE_AT_MS + 40 * DAY_MS, readyAtMs: null, endedAtMs: null },
    lines: [{ name: '会员专享礼盒', quantityMilli: 1_000, returnedMilli: 0, amountFen: 8_800 }],
    refundedFen: 0,
    ...over,
  })
}

function card(): PlainCard {
  return {
    memberId: ulid('MEMBER1'),
    memberNo: '000012345674',
    phoneMasked: '138****8000',
    state: 'active',
    programmeName: '回客便利会员',
    levelName: '金卡会员',
    levelProgress: '再积 3,880 成长值升为钻石会员',
    balancePoints: 12_864,
    memberSinceMs: FIRST_SALE_AT_MS,
    codeKey: Buffer.alloc(32, 7).toString('base64url'),
    serverTimeMs: FIRST_SALE_AT_MS,
  }
}

function level(): z.input<typeof levelPageSchema> {
  const names = ['普通会员', '金卡会员', '钻石会员']
  return {
    ...{ code: 'gold', name: '金卡会员', growth: 6_120, validUntil: '2027-10-31' },
    next: { name: '钻石会员', missing: 3_880 },
    progress: '再积 3,880 成长值升为钻石会员',
    keeping: null,
    history: [
      {
        ...{ id: 'CHANGE1', reason: 'up', fromName: '普通会员', toName: '金卡会员' },
        explanation: '成长值 5020，达到金卡会员的 5000，有效期至 2027-10-31',
        atMs: FIRST_SALE_AT_MS,
      },
    ],
    levels: names.map((name, at) => ({
      ...{ code: `level${String(at)}`, name, threshold: at * 5_000, isOwn: at === 1 },
      benefits: at === 0 ? [] : ['生日当月送 500 积分', '每月 2 张包邮券'],
    })),
    rules: ['消费每满 ¥1.00 得 1 成长值', '等级按最近 12 个月的成长值计算'],
  }
}

function notablePurchases(): [PlainPurchase, PlainPurchase, PlainPurchase] {
  const sale = purchase({ at: 40, name: 'SALE1', totalFen: 25_632, refundedFen: 4_990 })
  return [
    {
      ...purchase({ at: 42, name: 'REFUND1', totalFen: 4_990, refundedFen: 0 }),
      kind: 'refund',
      lines: [line('有机纯牛奶 250ml×12 礼盒装', 1000, 4_990, 4_990)],
      lineCount: 1,
      points: -49,
      originalPurchaseId: sale.id,
    },
    {
      ...sale,
      lines: [
        line('有机纯牛奶 250ml×12 礼盒装', 2000, 4_990, 9_980),
        line('红富士苹果(散称)', 1256, 1_280, 1_608),
        line('智利进口车厘子 JJ 级 2.5kg 原箱礼盒 顺丰冷链次日达 坏果包赔', 1000, 14_544, 14_544),
        { name: '整单优惠', quantityMilli: 1000, unitPriceFen: null, amountFen: -500 },
      ],
      lineCount: 4,
      payments: [
        { method: 'wechat', amountFen: 20_632 },
        { method: '储值卡', amountFen: 5_000 },
      ],
      points: 207,
      review: {
        ...{ state: 'open', points: 20, untilDate: '2026-12-10' },
        ...{ stars: null, text: null, reason: null },
      },
    },
    {
      ...purchase({ at: 39, name: 'ONLINE1', totalFen: 8_800, refundedFen: 0 }),
      channel: 'online',
      storeName: '回客小程序商城',
      receiptNo: null,
      lines: [line('会员专享礼盒', 1000, 8_800, 8_800)],
      lineCount: 1,
    },
  ]
}

function notableEntries(): PlainEntry[] {
  const [refund, sale, online] = notablePurchases()
  return [
    {
      ...entryOf(refund),
      title: '在 人民路店 退货扣回积分',
      explanation: '退款 ¥49.90，按原规则每满 ¥1.00 得 1 分，扣回 49 分',
      balanceAfterPoints: 12_864,
    },
    { ...entryOf(sale), balanceAfterPoints: 12_913 },
    {
      ...entryOf(online),
      title: '在 小程序商城 下单得积分',
      balanceAfterPoints: 12_657,
    },
    {
      id: ulid('GIFT1'),
      points: 100,
      balanceAfterPoints: 12_569,
      title: '生日礼积分',
      explanation: '金卡会员生日当月赠 100 分',
      occurredAtMs: FIRST_SALE_AT_MS + 38 * DAY_MS,
      purchaseId: null,
    },
  ]
}

function purchasesOfEveryDay(): PlainPurchase[] {
  return Array.from({ length: ORDINARY_SALES }, (_, i) => {
    const at = ORDINARY_SALES - i
    return purchase({ at, name: `DAY${String(at)}`, totalFen: 1_230 + at * 100, refundedFen: 0 })
  })
}

function purchase(of: {
  at: number
  name: string
  totalFen: number
  refundedFen: number
}): PlainPurchase {
  const occurredAtMs = FIRST_SALE_AT_MS + of.at * DAY_MS
  return {
    id: ulid(of.name),
    kind: 'sale',
    channel: 'pos',
    storeName: of.at % 2 === 0 ? '人民路店' : '中山公园地铁站店',
    receiptNo: `A${String(20_260 + of.at)}`,
    businessDate: new Date(occurredAtMs).toISOString().slice(0, 10),
    occurredAtMs,
    totalFen: of.totalFen,
    refundedFen: of.refundedFen,
    lineCount: 1,
    firstLineName: '有机纯牛奶 250ml×12 礼盒装',
    lines: [line('有机纯牛奶 250ml×12 礼盒装', 1000, of.totalFen, of.totalFen)],
    payments: [{ method: 'wechat', amountFen: of.totalFen }],
    points: Math.floor(of.totalFen / 100),
    originalPurchaseId: null,
  }
}

function entryOf(of: PlainPurchase): PlainEntry {
  const yuan = (of.totalFen / 100).toFixed(2)
  const points = of.kind === 'sale' ? Math.floor(of.totalFen / 100) : of.points
  return {
    id: ulid(`P${of.id.slice(-8)}`),
    points,
    balanceAfterPoints: 12_000,
    title: `在 ${of.storeName} 消费得积分`,
    explanation: `实付 ¥${yuan}，每满 ¥1.00 得 1 分，共 ${String(points)} 分`,
    occurredAtMs: of.occurredAtMs,
    purchaseId: of.id,
  }
}

function line(name: string, quantityMilli: number, unitPriceFen: number, amountFen: number) {
  return { name, quantityMilli, unitPriceFen, amountFen }
}

/** A readable ULID: letters that Crockford's base 32 lacks are replaced. */
function ulid(name: string): string {
  const letters = name
    .replaceAll('I', '1')
    .replaceAll('L', 'K')
    .replaceAll('O', '0')
    .replaceAll('U', 'V')
  return `01J${letters.padStart(23, '0')}`
}

/** Somebody with a code and two friends who came with it. */
export function someReferrals(): ReferralPage {
  const friend = (id: string, of: Partial<ReferralPage['referrals'][number]>) => ({
    ...{ id: ulid(id), friend: '好友', state: 'waiting', points: 0, boundAtMs: FIRST_SALE_AT_MS },
    ...of,
  })
  return referralPageSchema.parse({
    code: 'AB23CD45',
    rules: [
      '好友用推荐码在小程序注册，首次实付满 ¥50.00 的消费满 7 天没有退货，推荐人得 100 分，好友得 20 分',
      '每人每月最多 10 位，好友要在注册后 180 天内消费；只算直接推荐的好友',
    ],
    referrals: [
      friend('FRND2', { friend: '欧***', state: 'bought' }),
      friend('FRND1', { state: 'given', points: points(100) }),
    ],
    nextCursor: null,
  })
}

/** Points go out for something in the points mall, or come back: the card and the history follow. */
export function moveForExchange(
  { card, entries }: StandInData,
  of: { exchangeId: string; name: string; quantity: number; points: Points },
): void {
  card.balancePoints = points(card.balancePoints + of.points)
  entries.unshift(
    pointsEntrySchema.parse({
      ...{ id: ulid(`M${String(entries.length)}`), points: of.points, purchaseId: null },
      balanceAfterPoints: card.balancePoints,
      title: of.points < 0 ? '积分商城兑换' : '兑换取消，积分退回',
      explanation:
        of.points < 0
          ? exchangedInWords(of.name, of.quantity)
          : returnedInWords(of.name, of.quantity, 'cancelled'),
      occurredAtMs: Date.now(),
      exchangeId: of.exchangeId,
    }),
  )
}
