import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, keyWord } from '../platform/columns.js'

/** Credits left: the sum of the entries, moved with each of them and never below zero. */
@Entity('subscription_balance')
export class SubscriptionBalance {
  @KeyField(idWord) identityId!: string
  @KeyField(keyWord(64)) templateId!: string
  @Field(countWord) credits!: number
  @Field(integerWord) changedAtMs!: number
}
