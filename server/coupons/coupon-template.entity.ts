import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** A kind of coupon, with its limits and what became of it. Locked while coupons of it are given. */
@Entity('coupon_template')
export class CouponTemplate {
  @KeyField(idWord) id!: string
  /** open, or stopped: none are given any more; those that were given stay good. */
  @Field(keyWord(8)) state!: string
  /** The version that is given now. */
  @Field(countWord) version!: number
  /** How many may ever be given; null: as many as are wanted. */
  @Field(nullable(countWord)) stock!: number | null
  @Field(countWord) issued!: number
  /** How many one member may have been given, ever and on one day of the chain. */
  @Field(nullable(countWord)) memberMax!: number | null
  @Field(nullable(countWord)) memberDayMax!: number | null
  /** How many a store may give at its counter on a day of the chain; null: none. */
  @Field(nullable(countWord)) counterDayMax!: number | null
  /** How much may ever be taken off with them, and how often. */
  @Field(nullable(integerWord)) budgetFen!: number | null
  @Field(nullable(countWord)) usesMax!: number | null
  /** Taken off by now, what is set aside for orders among it; and how often. */
  @Field(integerWord) spentFen!: number
  @Field(countWord) uses!: number
  /** Between these members take one for themselves; null: they cannot. */
  @Field(nullable(integerWord)) claimFromMs!: number | null
  @Field(nullable(integerWord)) claimUntilMs!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
}
