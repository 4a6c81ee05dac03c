import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  blindIndexWord,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** An order of a pack, from the tap to its last refund. */
@Entity('pack_order')
@Index('ux_pack_order_no', ['orderNo'], { unique: true })
@Index('ux_pack_order_request', ['requestKey'], { unique: true })
@Index('ix_pack_order_due', ['nextAtMs'])
@Index('ix_pack_order_member', ['memberId', 'id'])
@Index('ix_pack_order_pack', ['packId', 'memberId', 'state'])
@Index('ix_pack_order_bill', ['billedOn', 'paidAtMs'])
export class PackOrder {
  @KeyField(idWord) id!: string
  /** What WeChat Pay knows it by: fixed before the first call. */
  @Field(keyWord(32)) orderNo!: string
  @Field(idWord) packId!: string
  @Field(countWord) version!: number
  @Field(idWord) memberId!: string
  /** The WeChat account that is asked to pay; null in the sandbox. */
  @Field(nullable(idWord)) identityId!: string | null
  /** Whose payment it must be. */
  @Field(nullable(blindIndexWord)) payerIndex!: string | null
  /** See `packOrderStateSchema`. */
  @Field(keyWord(10)) state!: string
  @Field(integerWord) totalFen!: number
  @Field(integerWord) refundedFen!: number
  @Field(nullable(keyWord(64))) prepayId!: string | null
  @Field(nullable(keyWord(32))) transactionId!: string | null
  /** Who asked, and with which request. */
  @Field(keyWord(64)) requestKey!: string
  @Field(integerWord) createdAtMs!: number
  /** It can be paid until then. */
  @Field(integerWord) expiresAtMs!: number
  @Field(nullable(integerWord)) paidAtMs!: number | null
  @Field(nullable(integerWord)) endedAtMs!: number | null
  /** When it is looked at next, or until when a server has it; null: nothing is to be done. */
  @Field(nullable(integerWord)) nextAtMs!: number | null
  @Field(countWord) attempts!: number
  /** The day whose bill shows the payment. */
  @Field(nullable(dateWord)) billedOn!: string | null
}
