import { Inject, Injectable } from '@nestjs/common'
import {
  COUPONS_ALLOWED_MAX,
  MEMBERS_ALLOWED_MAX,
  type Allowance,
  type AllowanceKey,
  type OfflineSettings,
  type OfflineSyncRequest,
} from '@huike/shared/contracts/offline'
import type { CouponInHand, CouponOrder } from '@huike/shared/coupons'
import type {
  AllowanceId,
  CouponTemplateId,
  MemberId,
  StoreId,
  TerminalId,
} from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { codeDayKeys } from '@huike/shared/member-code'
import { mayBeLeft } from '@huike/shared/offline'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { wholeSteps } from '@huike/shared/spending'
import { CouponsService } from '../coupons/coupons.service.js'
import type { OfflineAllowance } from '../coupons/offline-allowance.entity.js'
import {
  OfflineAllowancesService,
  type HoldingTill,
  type Left,
} from '../coupons/offline-allowances.service.js'
import type { Member } from '../members/member.entity.js'
import { isPresent, MembersService } from '../members/members.service.js'
import { AuthService } from '../platform/auth.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../platform/database.js'
import { PointsBook } from '../points/points-book.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { LastBuyersService } from '../purchases/last-buyers.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'

// What tills may redeem without a network: left with the till where a member bought last, signed for
// that till, for some hours after it was heard of. See docs/decisions/0033.

const HOUR_MS = 3_600_000
const BOUGHT_WITHIN_MS = 30 * 86_400_000

/** What a till is answered; `allowances` is null where it did not ask for them. */
export interface OfflineState {
  keys: AllowanceKey[]
  allowances: string[] | null
  recalled: AllowanceId[]
}

/** What is known of those who may be allowed something. */
interface Known {
  settings: OfflineSettings
  members: Map<string, Member>
  held: OfflineAllowance[]
  coupons: Map<string, CouponInHand[]>
  spendable: Map<string, number>
}

@Injectable()
export class AllowOfflineService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly auth: AuthService,
    private readonly settings: ChainSettingsService,
    private readonly members: MembersService,
    private readonly buyers: LastBuyersService,
    private readonly coupons: CouponsService,
    private readonly holds: PointsHoldsService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

  /** Takes back what a till gives back, keeps what it refused, and says what it may redeem now. */
  async sync(
    { store, terminal }: TerminalContext,
    { returned, notes, isFull }: OfflineSyncRequest,
  ): Promise<OfflineState> {
    const till = { storeId: store.id, terminalId: terminal.id, nowMs: this.clock.nowMs() }
    if (returned.length > 0 || notes.length > 0)
      await this.database.write(async (tx) => {
        await this.allowances.giveBack(tx, returned, till)
        await this.allowances.note(tx, notes, till)
      })
    if (isFull) await this.#leave(till, store.timeZone)
    return this.database.read(async (rx) => {
      const held = await this.allowances.heldBy(rx, terminal.id)
      // Of one whose time is over the till may never have heard: it gives back that, too.
      const recalled = held.filter(
        ({ recalledAtMs, expiresAtMs }) => recalledAtMs !== null || expiresAtMs <= till.nowMs,
      )
      return {
        keys: this.auth.allowanceKeys(),
        recalled: recalled.map(({ id }) => id as AllowanceId),
        allowances: isFull ? await this.#signed(rx, held, till) : null,
      }
    })
  }

  /**
   * Leaves more with a till, and for longer what it holds of those who bought there lately; what it
   * holds of others it is asked to give back.
   */
  async #leave(till: HoldingTill, timeZone: string): Promise<void> {
    const known = await this.database.read((rx) => this.#known(rx, till))
    const elsewhere = known.held.filter(({ memberId }) => !known.members.has(memberId))
    const fresh = freshOf(known, till, timeZone)
    const longer = renewedOf(known, till)
    try {
      await this.database.write(async (tx) => {
        await this.allowances.grant(tx, await ofThoseWhoOweNothing(tx, fresh), till)
        await this.allowances.renew(tx, longer)
        await this.allowances.recallIds(tx, elsewhere, till.nowMs)
        await this.allowances.tidy(tx, till)
      })
    } catch (error) {
      // Another till was first with the points of one of them: asked for again with the next round.
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  async #known(rx: Statements, till: HoldingTill): Promise<Known> {
    const { nowMs, terminalId } = till
    const settings = await this.settings.offline(rx)
    const since = { sinceMs: nowMs - BOUGHT_WITHIN_MS, limit: MEMBERS_ALLOWED_MAX }
    const ids = settings.isOn ? await this.buyers.at(rx, { ...till, ...since }) : []
    const found = await this.members.findByIds(rx, ids)
    const members = new Map(
      ids.flatMap((id) => {
        const member = found.get(id)
        return member?.id === id && isPresent(member) ? [[id, member] as const] : []
      }),
    )
    const { spending } = await this.settings.points(rx)
    const spendable = await this.holds.spendableOfEach(rx, [...members.keys()], nowMs)
    return {
      ...{ settings, members },
      held: await this.allowances.heldBy(rx, terminalId),
      coupons: await this.coupons.inHandOfEach(rx, [...members.keys()], nowMs),
      spendable: new Map(
        [...spendable].flatMap(([id, has]) => {
          if (spending === null) return []
          const most = wholeSteps(spending, points(Math.min(has, settings.pointsMax)))
          return most > 0 ? [[id, most]] : []
        }),
      ),
    }
  }

  /** The allowances of a till, one token for each member. */
  async #signed(
    rx: Statements,
    held: readonly OfflineAllowance[],
    till: HoldingTill,
  ): Promise<string[]> {
    const { nowMs } = till
    const live = held.filter((row) => row.expiresAtMs > nowMs && row.recalledAtMs === null)
    const memberIds = [...new Set(live.map(({ memberId }) => memberId))]
    const members = await this.members.findByIds(rx, memberIds)
    const ids = live.flatMap(({ couponId }) => couponId ?? [])
    const coupons = new Map(
      (await this.coupons.byIds(rx, ids)).map((coupon) => [coupon.couponId as string, coupon]),
    )
    const { spending } = await this.settings.points(rx)
    return memberIds.slice(0, MEMBERS_ALLOWED_MAX).flatMap((memberId) => {
      const member = members.get(memberId)
      if (member?.id !== memberId) return []
      const own = live.filter((row) => row.memberId === memberId)
      // A coupon that ends earlier does so by itself.
      const expiresAtMs = Math.max(...own.map((row) => row.expiresAtMs))
      const claims: Allowance = {
        ...{ storeId: till.storeId as StoreId, terminalId: till.terminalId as TerminalId },
        ...{ memberId: memberId as MemberId, memberNo: member.memberNo },
        ...{ levelCode: member.levelCode, isFirstPurchase: false },
        ...{ issuedAtMs: epochMs(nowMs), expiresAtMs: epochMs(expiresAtMs) },
        codeKeys: this.#codeKeys(memberId, nowMs, expiresAtMs),
        coupons: couponsOf(own, coupons),
        points: pointsOf(own, spending),
      }
      return [this.auth.signAllowance(claims)]
    })
  }

  #codeKeys(memberId: string, fromMs: number, untilMs: number): Allowance['codeKeys'] {
    const key = this.config.keyring.memberCodeKey(memberId)
    return codeDayKeys(key, fromMs, untilMs).map(({ day, key: ofDay }) => ({
      day,
      key: Buffer.from(ofDay).toString('base64url'),
    }))
  }
}

/** What may be left besides what is: a few coupons of each member, those that end first, and points. */
function freshOf(known: Known, till: HoldingTill, timeZone: string): Left[] {
  const { settings, members, held, coupons, spendable } = known
  const { storeId, nowMs } = till
  const untilMs = nowMs + settings.hours * HOUR_MS
  const heldIds = new Set(held.map(({ couponId, memberId }) => couponId ?? memberId))
  return [...members.values()].flatMap(({ id: memberId, levelCode }): Left[] => {
    const order: CouponOrder = {
      ...{ atMs: nowMs, localTime: localTime(nowMs, timeZone), storeId, channel: 'pos' },
      ...{ goodsFen: fen(0), lines: null, shippingFen: fen(0), isWithPoints: false },
      ...{ member: { levelCode, isFirstPurchase: false }, seenFen: new Map() },
    }
    const few = (coupons.get(memberId) ?? [])
      .filter((coupon) => mayBeLeft(coupon, order))
      .slice(0, COUPONS_ALLOWED_MAX)
      .map(({ couponId, validUntilMs }) => {
        return { memberId, couponId, points: null, expiresAtMs: Math.min(untilMs, validUntilMs) }
      })
    const most = spendable.get(memberId)
    const own: Left[] =
      most === undefined
        ? few
        : [...few, { memberId, couponId: null, points: most, expiresAtMs: untilMs }]
    return own.filter(({ couponId }) => !heldIds.has(couponId ?? memberId))
  })
}

/** Asked again while the accounts are held: a debt may have been settled a moment ago. */
async function ofThoseWhoOweNothing(tx: Tx, fresh: readonly Left[]): Promise<Left[]> {
  const memberIds = fresh.flatMap(({ memberId, points: most }) => (most === null ? [] : [memberId]))
  const book = await PointsBook.open(tx, memberIds)
  const able = new Set(book.memberIds().filter((id) => book.balanceOf(id) > 0))
  return fresh.filter(
    ({ memberId, points: most }) =>
      most === null || (able.has(memberId) && book.owedBy(memberId) === 0),
  )
}

function renewedOf(
  { settings, members, held, coupons }: Known,
  { nowMs }: HoldingTill,
): { id: string; expiresAtMs: number }[] {
  const untilMs = nowMs + settings.hours * HOUR_MS
  return held.flatMap(({ id, memberId, couponId, recalledAtMs }) => {
    if (recalledAtMs !== null || !members.has(memberId)) return []
    const coupon = coupons.get(memberId)?.find((one) => one.couponId === couponId)
    if (couponId !== null && coupon === undefined) return []
    return [{ id, expiresAtMs: Math.min(untilMs, coupon?.validUntilMs ?? untilMs) }]
  })
}

function couponsOf(
  own: readonly OfflineAllowance[],
  coupons: ReadonlyMap<string, CouponInHand>,
): Allowance['coupons'] {
  return own
    .flatMap(({ id, couponId }) => {
      const coupon = coupons.get(couponId ?? '')
      if (!coupon) return []
      const { code, version, terms } = coupon
      return [
        {
          ...{ allowanceId: id as AllowanceId, couponId: coupon.couponId, code, version, terms },
          templateId: coupon.templateId as CouponTemplateId,
          validFromMs: epochMs(coupon.validFromMs),
          validUntilMs: epochMs(coupon.validUntilMs),
        },
      ]
    })
    .slice(0, COUPONS_ALLOWED_MAX)
}

function pointsOf(
  own: readonly OfflineAllowance[],
  terms: NonNullable<Allowance['points']>['terms'] | null,
): Allowance['points'] {
  const row = own.find(({ kind }) => kind === 'points')
  if (!row || row.points === null || terms === null) return null
  return { allowanceId: row.id as AllowanceId, points: points(row.points), terms }
}
