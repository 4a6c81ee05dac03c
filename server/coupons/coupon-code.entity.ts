import { Entity, Index } from 'typeorm'
import {
  blindIndexWord,
  Field,
  KeyField,
  idWord,
  integerWord,
  nullable,
} from '../platform/columns.js'

/**
 * A code that was printed or sold elsewhere. It is money: kept as a keyed hash, and never in clear. A
 * code of a poster has its place among them: what is one of the two is not the other.
 */
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
  /** The poster that says it; null: it works once. */
  @Field(nullable(idWord)) posterId!: string | null
}
