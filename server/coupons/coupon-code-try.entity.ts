import { Entity } from 'typeorm'
import { Field, KeyField, countWord, dateWord, idWord } from '../platform/columns.js'

/** How often a member typed a code on a day that was none. */
@Entity('coupon_code_try')
export class CouponCodeTry {
  @KeyField(idWord) memberId!: string
  @Field(dateWord) day!: string
  @Field(countWord) failures!: number
}
