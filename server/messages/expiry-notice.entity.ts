import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord } from '../platform/columns.js'

/** A member was told of the points that expire at one moment: once. */
@Entity('expiry_notice')
export class ExpiryNotice {
  @KeyField(idWord) memberId!: string
  @KeyField(integerWord) expiresAtMs!: number
  @Field(idWord) messageId!: string
  @Field(integerWord) createdAtMs!: number
}
