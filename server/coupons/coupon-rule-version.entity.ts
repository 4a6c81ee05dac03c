import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  textWord,
} from '../platform/columns.js'

/** What a rule said from a moment on, and whether it was on. Versions are never changed. */
@Entity('coupon_rule_version')
export class CouponRuleVersion {
  @KeyField(idWord) ruleId!: string
  @KeyField(countWord) version!: number
  @Field(keyWord(8)) state!: string
  /** As JSON; see `couponRuleTermsSchema`. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
}
