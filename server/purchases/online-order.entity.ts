import { Entity } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord } from '../platform/columns.js'

/** What an online order says beyond a purchase: where it was placed, and who handed it in. */
@Entity('online_order')
export class OnlineOrder {
  @KeyField(idWord) purchaseId!: string
  /** The API key that handed it in, or the import it came with. */
  @Field(idWord) apiKeyId!: string
  @Field(keyWord(64)) channelName!: string
  @Field(integerWord) placedAtMs!: number
}
