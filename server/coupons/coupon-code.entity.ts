import { Entity, Index } from 'typeorm'
import {
  blindIndexWord,
  Field,
  KeyField,
  idWord,
  integerWord,
  nullable,
} from '../platform/columns.js'

/** A code that was printed or sold elsewhere. It is money: kept as a keyed hash, and never in clear. */
@Entity('coupon_code')
@Index('ux_coupon_code_index', ['codeIndex'], { unique: true })
@Index('ix_coupon_code_template', ['templateId', 'usedAtMs'])
@Index('ix_coupon_code_member', ['memberId'])
export class CouponCode {
  @KeyField(idWord) id!: string
  @Field(idWord) templateId!: string
  @Field(blindIndexWord) codeIndex!: string
  /** Who typed it, and what it gave them. */
  @Field(nullable(idWord)) memberId!: string | null
  @Field(nullable(idWord)) couponId!: string | null
  @Field(nullable(integerWord)) usedAtMs!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
}
