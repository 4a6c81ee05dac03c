import { Entity } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, countWord } from '../platform/columns.js'

/** One payment of a purchase. */
@Entity('purchase_payment')
export class PurchasePayment {
  @KeyField(idWord) purchaseId!: string
  @KeyField(countWord) lineNo!: number
  @Field(keyWord(32)) method!: string
  @Field(integerWord) amountFen!: number
}
