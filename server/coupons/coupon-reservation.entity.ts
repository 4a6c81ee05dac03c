import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** Coupons set aside for one order at a till: a lease with a deadline. */
@Entity('coupon_reservation')
@Index('ix_coupon_reservation_due', ['state', 'deadlineAtMs'])
@Index('ix_coupon_reservation_member', ['memberId', 'state', 'terminalId'])
@Index('ix_coupon_reservation_purchase', ['purchaseId'])
export class CouponReservation {
  /** Minted on the till. */
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  /** What the goods come to, and what the coupons take off, as the cashier was told. */
  @Field(integerWord) goodsFen!: number
  @Field(integerWord) offFen!: number
  /** Which coupons, and what each takes off, as JSON. */
  @Field(textWord) applied!: string
  /** reserved, redeemed, released; differs: the receipt does not show what was told. */
  @Field(keyWord(8)) state!: string
  /** What the receipt shows beside what was told, in fen: more paid is positive. */
  @Field(nullable(integerWord)) differenceFen!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) deadlineAtMs!: number
  @Field(nullable(integerWord)) endedAtMs!: number | null
  @Field(nullable(idWord)) purchaseId!: string | null
}
