// Numbers of the contracts that the cashier page needs too. They stand apart from the schemas, so that the
// page stays small enough for an old till.

/** Digits of the code that a member shows in the store for what was exchanged. */
export const EXCHANGE_CODE_DIGITS = 10
/** Coupons to be taken that a till is told of a member. */
export const TILL_OFFERS_MAX = 3
