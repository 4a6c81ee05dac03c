import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord } from '../platform/columns.js'

/** What a message says; never changed once it is written. */
@Entity('message_content')
export class MessageContent {
  @KeyField(idWord) id!: string
  @Field(keyWord(80)) title!: string
  @Field(keyWord(800)) body!: string
  @Field(integerWord) createdAtMs!: number
}
