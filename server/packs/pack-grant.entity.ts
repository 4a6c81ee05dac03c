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

/** One coupon that an order was paid for. */
@Entity('pack_grant')
@Index('ux_pack_grant_order', ['orderId', 'seq'], { unique: true })
@Index('ix_pack_grant_refund', ['refundId'])
export class PackGrant {
  @KeyField(idWord) id!: string
  @Field(idWord) orderId!: string
  @Field(countWord) seq!: number
  @Field(idWord) templateId!: string
  @Field(countWord) version!: number
  /** due, issued, void: refunded, or about to be. */
  @Field(keyWord(8)) state!: string
  @Field(integerWord) dueAtMs!: number
  /** What of the price it stands for. */
  @Field(integerWord) shareFen!: number
  @Field(nullable(idWord)) couponId!: string | null
  @Field(nullable(idWord)) refundId!: string | null
}
