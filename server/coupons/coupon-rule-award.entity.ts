import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** That a rule looked at an occasion of a member, once: a coupon was given, or why not. */
@Entity('coupon_rule_award')
@Index('ix_coupon_rule_award_result', ['ruleId', 'refusal'])
@Index('ix_coupon_rule_award_member', ['memberId'])
@Index('ix_coupon_rule_award_purchase', ['purchaseId'])
@Index('ix_coupon_rule_award_age', ['atMs'])
export class CouponRuleAward {
  @KeyField(idWord) ruleId!: string
  @KeyField(idWord) memberId!: string
  /** once; the year of the birthday; `level|change`; `sale|purchase`. */
  @KeyField(keyWord(48)) occasion!: string
  @Field(countWord) version!: number
  @Field(nullable(idWord)) couponId!: string | null
  /** See `couponRuleRefusalSchema`; null: given, or to be taken. */
  @Field(nullable(keyWord(32))) refusal!: string | null
  @Field(integerWord) atMs!: number
  /** The purchase that gives it, and when that was made. */
  @Field(nullable(idWord)) purchaseId!: string | null
  @Field(nullable(integerWord)) soldAtMs!: number | null
  /** Until then the member takes it; null: it was put into the wallet. */
  @Field(nullable(integerWord)) claimUntilMs!: number | null
}
