import type { ClaimRequest, HeldCoupon } from '@huike/shared/contracts/coupons'
import { isPassing, type Result } from '../api/result.js'
import type { Keeper } from './keeper.js'
import { newId } from './new-id.js'

// Taking a coupon, once per wish. The id of the request is minted with the tap and is on the phone
// before it is sent; while nobody knows whether it arrived (no network, a lost reply, a busy server,
// the program closed meanwhile) the next tap sends the same id, and the server gives the same coupon.

/** Two taps within this time are one wish, also where the answer to the first came between them. */
const ONE_WISH_MS = 1_000
const OPEN_MAX = 50

/** A request whose answer is not known. */
type OpenClaim = ClaimRequest

interface Wish {
  readonly answer: Promise<Result<HeldCoupon>>
  /** Null while it is under way. */
  answeredAtMs: number | null
}

export interface CouponClaims {
  /** Asks for a coupon of a template. A call while one is under way joins it. */
  take(templateId: string): Promise<Result<HeldCoupon>>
  /** Whether a request may have arrived whose answer never came. */
  isOpen(templateId: string): boolean
  reset(): void
}

export interface CouponClaimPorts {
  readonly keeper: Keeper
  readonly nowMs: () => number
  readonly chance: () => number
}

/** Takes coupons by `tell`, which sends one request. */
export function createCouponClaims(
  { keeper, nowMs, chance }: CouponClaimPorts,
  tell: (request: ClaimRequest) => Promise<Result<HeldCoupon>>,
): CouponClaims {
  let open = keeper.read<readonly OpenClaim[]>('coupon-claims') ?? []
  let wishes = new Map<string, Wish>()
  const openFor = (templateId: string) => open.find((claim) => claim.templateId === templateId)

  function keepOpen(next: readonly OpenClaim[]): void {
    open = next
    keeper.write('coupon-claims', open)
  }

  async function send(templateId: string): Promise<Result<HeldCoupon>> {
    const fresh = { templateId, requestId: newId(nowMs(), chance) } as ClaimRequest
    const claim = openFor(templateId) ?? fresh
    if (claim === fresh) keepOpen([...open, claim].slice(-OPEN_MAX))
    const result = await tell(claim)
    // Where somebody else signed in meanwhile, it is no longer among theirs.
    if ((result.ok || !isPassing(result)) && open.includes(claim))
      keepOpen(open.filter((one) => one !== claim))
    return result
  }

  return {
    async take(templateId) {
      const before = wishes.get(templateId)
      if (before && isOneWish(before.answeredAtMs, nowMs())) return before.answer
      const wish: Wish = { answer: send(templateId), answeredAtMs: null }
      wishes.set(templateId, wish)
      const result = await wish.answer
      // What did not come through may be tried again at once.
      if (openFor(templateId)) wishes.delete(templateId)
      else wish.answeredAtMs = nowMs()
      return result
    },
    isOpen: (templateId) => openFor(templateId) !== undefined,
    reset() {
      open = []
      wishes = new Map()
    },
  }
}

/** The phone's clock may be set back meanwhile: then it is a new wish. */
function isOneWish(answeredAtMs: number | null, nowMs: number): boolean {
  if (answeredAtMs === null) return true
  return nowMs >= answeredAtMs && nowMs - answeredAtMs < ONE_WISH_MS
}
