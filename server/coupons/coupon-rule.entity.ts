import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** Gives coupons by itself on an occasion. Locked while one for birthdays walks a day's people. */
@Entity('coupon_rule')
@Index('ix_coupon_rule_state', ['state', 'kind'])
export class CouponRule {
  /** The request that made it. */
  @KeyField(idWord) id!: string
  /** See `couponRuleKindSchema`. */
  @Field(keyWord(16)) kind!: string
  /** on, off. */
  @Field(keyWord(8)) state!: string
  @Field(countWord) version!: number
  /** The day whose birthdays were given last, or are under way. */
  @Field(nullable(dateWord)) walkedDate!: string | null
  /** The last member of that day who was looked at; null: it is done. */
  @Field(nullable(idWord)) walkedUpTo!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
}
