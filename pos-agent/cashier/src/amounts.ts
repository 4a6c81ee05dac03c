import { fenFromYuan, type Fen } from '@huike/shared/quantities'
import { readDigits } from './codes.js'

// Amounts as they are typed, in every panel that asks for one.

/** `999999999.99`: longer than any amount a till prints. */
const AMOUNT_CHARACTERS_MAX = 12

/** The amount typed so far as fen; null when it is not one yet. */
export function typedFen(amountText: string): Fen | null {
  return fenFromYuan(amountText.replace(/\.$/, ''))
}

/** `next` when it can still become an amount, else what stood there before. */
export function typedAmount(next: string, before: string): string {
  return next.length <= AMOUNT_CHARACTERS_MAX && /^(?:\d+(?:\.\d{0,2})?)?$/.test(next)
    ? next
    : before
}

/** True where a run of digits is a code that was scanned, and no amount. */
export function isScan(digits: string): boolean {
  const reading = readDigits(digits, null).kind
  return digits.length > AMOUNT_CHARACTERS_MAX || reading === 'phone' || reading === 'payment_code'
}
