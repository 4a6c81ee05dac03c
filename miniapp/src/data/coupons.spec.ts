import { beforeEach, describe, expect, it } from '@jest/globals'
import type { ClaimableList, HeldCoupon, WalletPage } from '@huike/shared/contracts/coupons'
import { failure, type Result } from '../api/result.js'
import { createCouponClaims } from './coupon-claims.js'
import { createCoupons, type Coupons } from './coupons.js'
import { createKeeper } from './keeper.js'
import { createRemote } from './remote.js'
import { shelfOf } from './shelf.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const
const TEN_OFF = 'TEMPLATE-TEN'

/** What the server would answer now, by pile and cursor. */
let pages: Record<string, Result<WalletPage>>
let asked: string[]
let claim: Result<HeldCoupon>
let offered: string[]
let coupons: Coupons
/** Holds an answer about what can be used back until it is called. */
let gate: Promise<void>

function page(ids: readonly string[], nextCursor: string | null = null): Result<WalletPage> {
  const all = ids.map((couponId) => ({ couponId }) as HeldCoupon)
  return { ok: true, value: { coupons: all, nextCursor } }
}

function shown(): string[] | undefined {
  return coupons.wallet.issued.get().kept?.value.coupons.map(({ couponId }) => couponId)
}

beforeEach(() => {
  const raw = new Map<string, unknown>()
  const keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, value),
    remove: (name) => void raw.delete(name),
  })
  const nowMs = () => 1_000
  pages = { reserved: page([]), issued: page(['a', 'b']) }
  ;[asked, offered, gate] = [[], [TEN_OFF], Promise.resolve()]
  claim = { ok: true, value: { couponId: 'c' } as HeldCoupon }
  const list = () =>
    ({ templates: offered.map((templateId) => ({ templateId, why: null })) }) as ClaimableList
  coupons = createCoupons({
    loadPage: async (pile, cursor) => {
      const name = cursor === null ? pile : `${pile} ${cursor}`
      asked.push(name)
      const answer = pages[name] ?? OFFLINE
      await gate
      return answer
    },
    shelves: {
      issued: shelfOf(keeper, 'coupons-issued'),
      redeemed: shelfOf(keeper, 'coupons-redeemed'),
      expired: shelfOf(keeper, 'coupons-expired'),
    },
    claimable: createRemote<ClaimableList>({
      load: () => Promise.resolve({ ok: true, value: list() }),
      shelf: shelfOf(keeper, 'coupons-claimable'),
      nowMs,
    }),
    claims: createCouponClaims({ keeper, nowMs, chance: () => 0 }, () => Promise.resolve(claim)),
    tellOffer: () => Promise.resolve(claim),
    tellCode: (code) => Promise.resolve(code === 'GOOD' ? claim : failure('coupon_code_unknown')),
    nowMs,
  })
})

describe('the wallet', () => {
  it('has what a till has set aside on top, each coupon once', async () => {
    pages = {
      reserved: page(['r', 'a']),
      issued: page(['a', 'b'], 'next'),
      'issued next': page(['r', 'c']),
    }
    await coupons.wallet.issued.refresh()
    expect(shown()).toEqual(['r', 'a', 'b'])
    await coupons.wallet.issued.more()
    expect(shown()).toEqual(['r', 'a', 'b', 'c'])
    expect(asked).toEqual(['reserved', 'issued', 'issued next'])
    expect(coupons.find('c')).toEqual({ couponId: 'c' })
    expect(coupons.find('z')).toBeNull()
  })

  it.each(['reserved', 'issued'])('stays as it was where %s did not come', async (missing) => {
    await coupons.wallet.issued.refresh()
    pages = { ...pages, [missing]: failure('busy') }
    await coupons.wallet.issued.refresh()
    expect(shown()).toEqual(['a', 'b'])
    expect(coupons.wallet.issued.get().failure?.code).toBe('busy')
  })
})

describe('a coupon that was taken', () => {
  it('is in the wallet, also where the wallet was being asked for before', async () => {
    let opened: () => void = () => undefined
    gate = new Promise((resolve) => (opened = resolve))
    const before = coupons.wallet.issued.refresh()
    const taking = coupons.claim(TEN_OFF)
    pages['issued'] = page(['a', 'b', 'c'])
    opened()
    await Promise.all([before, taking])
    expect(shown()).toEqual(['a', 'b', 'c'])
  })

  it('by its code is in the wallet; one for a wrong code changes nothing', async () => {
    await coupons.wallet.issued.refresh()
    pages['issued'] = page(['a', 'b', 'c'])
    expect(await coupons.claimCode('BAD')).toMatchObject({ code: 'coupon_code_unknown' })
    expect(shown()).toEqual(['a', 'b'])
    expect(await coupons.claimCode('GOOD')).toMatchObject({ ok: true })
    expect(shown()).toEqual(['a', 'b', 'c'])
  })

  it('leaves the list of what can be taken as the server has it now', async () => {
    await coupons.claimable.refresh()
    offered = []
    expect(await coupons.claim(TEN_OFF)).toMatchObject({ ok: true })
    expect(coupons.claimable.get().kept?.value.templates).toEqual([])
  })

  it('says in its place why it was refused', async () => {
    await coupons.claimable.refresh()
    ;[claim, offered] = [failure('coupon_out_of_stock'), []]
    await coupons.claim(TEN_OFF)
    expect(coupons.claimable.get().kept?.value.templates).toEqual([
      { templateId: TEN_OFF, why: '券已经领完了' },
    ])
    expect(asked).toEqual([])
  })

  it('may be asked for again where nobody knows whether it came', async () => {
    await coupons.claimable.refresh()
    claim = OFFLINE
    await coupons.claim(TEN_OFF)
    expect(coupons.claimable.get().kept?.value.templates).toEqual([
      { templateId: TEN_OFF, why: null },
    ])
  })

  it('is gone with the person who took it', async () => {
    await coupons.claim(TEN_OFF)
    coupons.reset()
    expect(shown()).toBeUndefined()
    expect(coupons.claimable.get().kept).toBeNull()
  })
})
