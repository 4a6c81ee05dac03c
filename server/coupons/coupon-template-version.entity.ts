import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, textWord } from '../platform/columns.js'

/** What a template promises, from a moment on. Versions are never changed: coupons keep theirs. */
@Entity('coupon_template_version')
export class CouponTemplateVersion {
  @KeyField(idWord) templateId!: string
  @KeyField(countWord) version!: number
  /** As JSON; see `couponTermsSchema`. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
}
