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

/** Points of a member that were exchanged for goods or a coupon. */
@Entity('mall_exchange')
@Index('ux_mall_exchange_request', ['requestKey'], { unique: true })
@Index('ux_mall_exchange_code', ['code'], { unique: true })
@Index('ix_mall_exchange_member', ['memberId', 'id'])
@Index('ix_mall_exchange_item', ['itemId', 'memberId', 'state'])
@Index('ix_mall_exchange_due', ['state', 'fetchUntilMs', 'id'])
@Index('ix_mall_exchange_created', ['createdAtMs', 'itemId'])
export class MallExchange {
  @KeyField(idWord) id!: string
  @Field(idWord) itemId!: string
  /** What was promised: the terms it was made under. */
  @Field(countWord) version!: number
  /** goods, or coupon. */
  @Field(keyWord(8)) kind!: string
  @Field(idWord) memberId!: string
  /** Whose request it was, and which. */
  @Field(keyWord(64)) requestKey!: string
  @Field(countWord) quantity!: number
  /** Of all its pieces. */
  @Field(integerWord) points!: number
  /** See `exchangeStateSchema`. */
  @Field(keyWord(10)) state!: string
  /** What the member shows in the store; null for a coupon. */
  @Field(nullable(keyWord(10))) code!: string | null
  /** The coupon that was given. */
  @Field(nullable(idWord)) couponId!: string | null
  /** The transfer that took the points, and until when the last of them were good. */
  @Field(idWord) takenTransferId!: string
  @Field(integerWord) expiresAtMs!: number
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) fetchUntilMs!: number | null
  @Field(nullable(integerWord)) endedAtMs!: number | null
  /** `member`, `system:…`, `till:…`, or the staff member who handed it over or cancelled it. */
  @Field(nullable(keyWord(32))) endedBy!: string | null
  /** The request of the till that handed it over. */
  @Field(nullable(idWord)) endRequestId!: string | null
  /** Where it was handed over. */
  @Field(nullable(idWord)) storeId!: string | null
  @Field(nullable(keyWord(128))) reason!: string | null
  /** The transfer that gave its points back, and how many. */
  @Field(nullable(idWord)) returnTransferId!: string | null
  @Field(integerWord) returnedPoints!: number
}
