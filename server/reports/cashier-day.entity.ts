import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
} from '../platform/columns.js'

/** What is counted per employee, store and business day; derived from events, rebuildable. */
@Entity('cashier_day')
export class CashierDay {
  @KeyField(idWord) storeId!: string
  @KeyField(dateWord) businessDate!: string
  /** As the till named the employee; empty when it did not. */
  @KeyField(keyWord(64)) cashier!: string
  @Field(countWord) salesCount!: number
  @Field(integerWord) salesFen!: number
  @Field(countWord) memberSalesCount!: number
  @Field(integerWord) memberSalesFen!: number
  @Field(countWord) newMembers!: number
}
