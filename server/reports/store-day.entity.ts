import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, countWord, dateWord } from '../platform/columns.js'

/** What is counted per store and business day; derived from events, rebuildable. */
@Entity('store_day')
export class StoreDay {
  @KeyField(idWord) storeId!: string
  @KeyField(dateWord) businessDate!: string
  @Field(countWord) salesCount!: number
  @Field(integerWord) salesFen!: number
  @Field(countWord) memberSalesCount!: number
  @Field(integerWord) memberSalesFen!: number
  @Field(countWord) refundCount!: number
  @Field(integerWord) refundFen!: number
  @Field(countWord) newMembers!: number
  @Field(integerWord) pointsGiven!: number
}
