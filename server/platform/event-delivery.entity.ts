import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, countWord, nullable } from './columns.js'

/** One consumer of one event: pending until its effect and this mark commit together. */
@Entity('event_delivery')
@Index('ix_event_delivery_due', ['state', 'nextAtMs'])
export class EventDelivery {
  @KeyField(idWord) eventId!: string
  @KeyField(keyWord(32)) consumer!: string
  @Field(keyWord(8)) state!: string
  @Field(countWord) attempts!: number
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(keyWord(255))) lastError!: string | null
}
