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

/** Money on its way back for coupons that are void already. */
@Entity('pack_refund')
@Index('ux_pack_refund_no', ['refundNo'], { unique: true })
@Index('ux_pack_refund_request', ['requestKey'], { unique: true })
@Index('ix_pack_refund_due', ['nextAtMs'])
@Index('ix_pack_refund_order', ['orderId', 'id'])
@Index('ix_pack_refund_bill', ['billedOn', 'endedAtMs'])
export class PackRefund {
  @KeyField(idWord) id!: string
  @Field(idWord) orderId!: string
  /** Fixed before the first call, and the same at each: another one would refund twice. */
  @Field(keyWord(32)) refundNo!: string
  @Field(keyWord(64)) requestKey!: string
  @Field(integerWord) refundFen!: number
  @Field(countWord) coupons!: number
  /** asked, sent, done, abnormal, closed. */
  @Field(keyWord(8)) state!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) endedAtMs!: number | null
  @Field(nullable(integerWord)) nextAtMs!: number | null
  @Field(countWord) attempts!: number
  @Field(nullable(dateWord)) billedOn!: string | null
  /** Who of the staff asked for it, and why; null: the member did. */
  @Field(nullable(idWord)) staffId!: string | null
  @Field(nullable(keyWord(24))) reason!: string | null
  @Field(nullable(keyWord(128))) note!: string | null
}
