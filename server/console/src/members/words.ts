import { count } from '../format.js'

// Amounts as the members' pages write them.

const MILLI = 1_000

/** `1.5` of 1,500 thousandths. */
export function quantityOf(quantityMilli: number): string {
  return String(quantityMilli / MILLI)
}

/** `+1,200`, `-30`, `0`: points that came or went. */
export function signed(points: number): string {
  return `${points > 0 ? '+' : ''}${count(points)}`
}
