import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** What happened to a coupon, from its birth to now; only appended to. */
@Entity('coupon_step')
@Index('ix_coupon_step_coupon', ['couponId', 'id'])
export class CouponStep {
  @KeyField(idWord) id!: string
  @Field(idWord) couponId!: string
  /** issued, reserved, released, redeemed, given_back, moved, expired, voided. */
  @Field(keyWord(16)) kind!: string
  @Field(integerWord) atMs!: number
  /** `terminal:id`, `staff:id`, `member:id`, `system:name`. */
  @Field(keyWord(64)) actor!: string
  /** What it is about: a reservation, a purchase, a merge. */
  @Field(nullable(idWord)) aboutId!: string | null
}
