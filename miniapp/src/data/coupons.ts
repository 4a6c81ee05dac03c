import type { ClaimedCode } from '@huike/shared/contracts/coupon-codes'
import type { OfferClaim } from '@huike/shared/contracts/coupon-offers'
import type { ClaimableList, HeldCoupon, WalletPage } from '@huike/shared/contracts/coupons'
import type { Result } from '../api/result.js'
import { createPagedRemote, type PagedRemote } from './paged-remote.js'
import type { CouponClaims } from './coupon-claims.js'
import type { Remote, Shelf } from './remote.js'

// The wallet, by what became of its coupons, and what can be taken into it. What can be used and what
// a till has set aside are asked for together: to the person who holds them they are one pile.

/** How the wallet is sorted: each is a list of its own, kept on the phone by itself. */
export type WalletPile = 'issued' | 'redeemed' | 'expired'

export interface Coupons {
  readonly wallet: Readonly<Record<WalletPile, PagedRemote<WalletPage>>>
  readonly claimable: Remote<ClaimableList>
  /** Takes one, once however often the button is tapped; what is shown follows. */
  claim(templateId: string): Promise<Result<HeldCoupon>>
  /** Takes what a purchase gives; the same again is the same one. */
  claimOffer(offer: OfferClaim): Promise<Result<HeldCoupon>>
  /**
   * Takes the coupon of a code: one that was printed or sold elsewhere, or one for everybody on a poster;
   * the same again is the same one.
   */
  claimCode(code: string): Promise<Result<ClaimedCode>>
  /** A coupon that can be used, as the wallet last showed it; null where it showed none. */
  find(couponId: string): HeldCoupon | null
  reset(): void
}

export interface CouponPorts {
  readonly loadPage: (
    pile: WalletPile | 'reserved',
    cursor: string | null,
  ) => Promise<Result<WalletPage>>
  readonly shelves: Readonly<Record<WalletPile, Shelf<WalletPage>>>
  readonly claimable: Remote<ClaimableList>
  readonly claims: CouponClaims
  readonly tellOffer: (claim: OfferClaim) => Promise<Result<HeldCoupon>>
  readonly tellCode: (code: string) => Promise<Result<ClaimedCode>>
  readonly nowMs: () => number
}

/** Watches the coupons of a member. */
export function createCoupons(ports: CouponPorts): Coupons {
  const { claimable, claims, loadPage, nowMs, shelves, tellCode, tellOffer } = ports
  const pileOf = (pile: WalletPile, load: (cursor: string | null) => Promise<Result<WalletPage>>) =>
    createPagedRemote<WalletPage>({ loadPage: load, join, shelf: shelves[pile], nowMs })
  const wallet = {
    issued: pileOf('issued', (cursor) => loadUsable(loadPage, cursor)),
    redeemed: pileOf('redeemed', (cursor) => loadPage('redeemed', cursor)),
    expired: pileOf('expired', (cursor) => loadPage('expired', cursor)),
  }

  return {
    wallet,
    claimable,
    async claim(templateId) {
      const result = await claims.take(templateId)
      if (result.ok) await Promise.all([renew(wallet.issued), renew(claimable)])
      else if (!claims.isOpen(templateId)) refuseInPlace(claimable, templateId, result.sentence)
      return result
    },
    async claimOffer({ ruleId, purchaseId }) {
      const result = await tellOffer({ ruleId, purchaseId })
      if (result.ok) await Promise.all([renew(wallet.issued), renew(claimable)])
      return result
    },
    async claimCode(code) {
      const result = await tellCode(code)
      if (result.ok) await renew(wallet.issued)
      return result
    },
    find: (couponId) =>
      wallet.issued.get().kept?.value.coupons.find((one) => one.couponId === couponId) ?? null,
    reset() {
      claims.reset()
      claimable.reset()
      for (const pile of [wallet.issued, wallet.redeemed, wallet.expired]) pile.reset()
    },
  }
}

/** A coupon may change piles between two answers: it is shown once, where it came first. */
function join(shown: WalletPage, next: WalletPage): WalletPage {
  const known = new Set(shown.coupons.map(({ couponId }) => couponId))
  const fresh = next.coupons.filter(({ couponId }) => !known.has(couponId))
  return { ...next, coupons: [...shown.coupons, ...fresh] }
}

/** What a till has set aside is on top of the first page: it is few, and in use just now. */
async function loadUsable(
  loadPage: CouponPorts['loadPage'],
  cursor: string | null,
): Promise<Result<WalletPage>> {
  if (cursor !== null) return loadPage('issued', cursor)
  const [reserved, issued] = await Promise.all([
    loadPage('reserved', null),
    loadPage('issued', null),
  ])
  if (!reserved.ok) return reserved
  return issued.ok ? { ok: true, value: join(reserved.value, issued.value) } : issued
}

/** An answer that is on its way already may not know what was just taken: it is waited for first. */
async function renew(list: {
  get(): { readonly isBusy: boolean }
  refresh(): Promise<void>
}): Promise<void> {
  if (list.get().isBusy) await list.refresh()
  await list.refresh()
}

/** Why not, in the place of the button: asked for anew, the row might be gone before it is read. */
function refuseInPlace(
  claimable: Remote<ClaimableList>,
  templateId: string,
  sentence: string,
): void {
  const shown = claimable.get().kept?.value
  if (!shown) return
  const templates = shown.templates.map((one) =>
    one.templateId === templateId ? { ...one, why: sentence } : one,
  )
  claimable.replace({ templates })
}
