import { Entity } from 'typeorm'
import { Field, KeyField, countWord, dateWord, integerWord } from '../platform/columns.js'

/** A day whose bill was compared with the orders here. */
@Entity('pay_bill')
export class PayBill {
  @KeyField(dateWord) date!: string
  @Field(integerWord) comparedAtMs!: number
  @Field(countWord) trades!: number
  @Field(countWord) refunds!: number
  @Field(countWord) findings!: number
}
