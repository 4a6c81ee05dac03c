import { Entity } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, textWord } from './columns.js'

/** A fact that happened, written in the transaction that caused it. */
@Entity('event_log')
export class EventLog {
  @KeyField(idWord) id!: string
  @Field(keyWord(48)) type!: string
  @Field(idWord) aggregateId!: string
  @Field(textWord) payload!: string
  @Field(integerWord) occurredAtMs!: number
  @Field(integerWord) recordedAtMs!: number
}
