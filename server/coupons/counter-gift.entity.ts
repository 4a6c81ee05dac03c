import { Entity, Index } from 'typeorm'
import { dateWord, Field, KeyField, idWord, keyWord } from '../platform/columns.js'

/** A coupon that was given at a counter: where, and why. */
@Entity('counter_gift')
@Index('ix_counter_gift_day', ['templateId', 'storeId', 'day'])
export class CounterGift {
  @KeyField(idWord) couponId!: string
  @Field(idWord) templateId!: string
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  /** The day of the chain on which it was given, `YYYY-MM-DD`. */
  @Field(dateWord) day!: string
  /** See `counterReasonSchema`. */
  @Field(keyWord(16)) reason!: string
}
