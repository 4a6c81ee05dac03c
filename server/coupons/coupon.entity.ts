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

/** A coupon of a member. */
@Entity('coupon')
@Index('ux_coupon_code', ['code'], { unique: true })
@Index('ux_coupon_source', ['sourceKey'], { unique: true })
@Index('ix_coupon_member', ['memberId', 'state', 'validUntilMs', 'id'])
@Index('ix_coupon_template', ['templateId', 'memberId', 'issuedAtMs'])
@Index('ix_coupon_due', ['state', 'validUntilMs'])
@Index('ix_coupon_reservation', ['reservationId'])
@Index('ix_coupon_purchase', ['purchaseId'])
@Index('ix_coupon_given_by', ['givenById', 'memberId'])
export class Coupon {
  @KeyField(idWord) id!: string
  /** Twelve digits, by which a person names it. */
  @Field(keyWord(12)) code!: string
  @Field(idWord) templateId!: string
  @Field(countWord) version!: number
  @Field(idWord) memberId!: string
  /** See `couponStateSchema`. */
  @Field(keyWord(8)) state!: string
  /** Why it was given, once: `claim|template|member|2`, `staff|request`. */
  @Field(keyWord(128)) sourceKey!: string
  /** The campaign, the rule, the poster or the exchange of points that gave it. */
  @Field(nullable(idWord)) givenById!: string | null
  @Field(integerWord) issuedAtMs!: number
  @Field(integerWord) validFromMs!: number
  @Field(integerWord) validUntilMs!: number
  /** The order it is set aside for, or was redeemed with. */
  @Field(nullable(idWord)) reservationId!: string | null
  @Field(nullable(idWord)) purchaseId!: string | null
  @Field(nullable(integerWord)) offFen!: number | null
  @Field(nullable(integerWord)) endedAtMs!: number | null
}
