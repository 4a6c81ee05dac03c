// What a finding is about: what has to be looked at again, with its rows locked, before it is told.

/** One of them, or none: then a single statement has seen all of it. */
export interface About {
  memberId: string | null
  /** The sale, or the refund without one: looked at instead of its member. */
  purchaseId: string | null
  /** Points set aside: looked at instead of their member. */
  holdId: string | null
}

/** Nothing has to be looked at again. */
export const ABOUT_NOTHING: About = { memberId: null, purchaseId: null, holdId: null }

/** A member's chain, lots and account. */
export function aboutMember(memberId: string): About {
  return { ...ABOUT_NOTHING, memberId }
}

/** A sale with its refunds. */
export function aboutPurchase(of: {
  id: string
  memberId: string | null
  originalPurchaseId: string | null
}): About {
  return { ...ABOUT_NOTHING, memberId: of.memberId, purchaseId: of.originalPurchaseId ?? of.id }
}

/** Whether a finding is about the chain of a member. */
export function isOfChain({ purchaseId, holdId, memberId }: About, of: string): boolean {
  return memberId === of && purchaseId === null && holdId === null
}
