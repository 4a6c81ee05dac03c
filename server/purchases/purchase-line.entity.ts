import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  nullable,
} from '../platform/columns.js'

/** One line of a purchase. */
@Entity('purchase_line')
export class PurchaseLine {
  @KeyField(idWord) purchaseId!: string
  @KeyField(countWord) lineNo!: number
  @Field(keyWord(200)) name!: string
  @Field(nullable(keyWord(64))) code!: string | null
  @Field(integerWord) quantityMilli!: number
  @Field(nullable(integerWord)) unitPriceFen!: number | null
  @Field(integerWord) amountFen!: number
}
