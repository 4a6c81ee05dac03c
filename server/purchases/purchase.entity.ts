import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  dateWord,
  sha256Word,
  nullable,
} from '../platform/columns.js'

/** A sale or a refund, from any channel. */
@Entity('purchase')
@Index('ux_purchase_business_key', ['businessKey'], { unique: true })
@Index('ix_purchase_member_kind', ['memberId', 'occurredAtMs', 'id', 'kind'])
@Index('ix_purchase_receipt', ['storeId', 'receiptNo'])
@Index('ix_purchase_original', ['storeId', 'originalReceiptNo'])
@Index('ix_purchase_day', ['storeId', 'businessDate'])
@Index('ix_purchase_recorded', ['storeId', 'recordedAtMs'])
export class Purchase {
  @KeyField(idWord) id!: string
  @Field(keyWord(255)) businessKey!: string
  @Field(sha256Word) contentSha256!: string
  @Field(keyWord(8)) kind!: string
  @Field(keyWord(16)) channel!: string
  @Field(keyWord(16)) sourceKind!: string
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  @Field(nullable(keyWord(64))) receiptNo!: string | null
  @Field(dateWord) businessDate!: string
  @Field(nullable(keyWord(19))) printedAt!: string | null
  @Field(integerWord) occurredAtMs!: number
  @Field(integerWord) recordedAtMs!: number
  @Field(countWord) clockSuspect!: number
  @Field(nullable(idWord)) memberId!: string | null
  /** What named the member: an identity, or a record by its id, number or code. */
  @Field(nullable(idWord)) madeUnderId!: string | null
  @Field(integerWord) totalFen!: number
  @Field(nullable(integerWord)) changeFen!: number | null
  @Field(integerWord) refundedFen!: number
  @Field(integerWord) earnedPoints!: number
  @Field(integerWord) reversedPoints!: number
  /** Points that paid for it; null where none did. */
  @Field(nullable(integerWord)) spentPoints!: number | null
  /** Of these, given back: by a refund, and for a sale by all of its refunds together. */
  @Field(nullable(integerWord)) returnedPoints!: number | null
  /** What coupons took off; null where none were used. */
  @Field(nullable(integerWord)) couponFen!: number | null
  /** What the rule of earning asked of the member, as it was decided then; null: nothing. */
  @Field(nullable(keyWord(255))) earnedAs!: string | null
  @Field(nullable(keyWord(64))) cashier!: string | null
  @Field(nullable(keyWord(64))) originalReceiptNo!: string | null
  @Field(nullable(idWord)) originalPurchaseId!: string | null
  @Field(countWord) lineCount!: number
  @Field(nullable(keyWord(200))) firstLineName!: string | null
}
