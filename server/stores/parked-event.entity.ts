import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  textWord,
  nullable,
} from '../platform/columns.js'

/** An event that cannot be taken as it is and waits for a person. Sealed: it may hold a number. */
@Entity('parked_event')
@Index('ix_parked_event_terminal', ['terminalId', 'receivedAtMs'])
export class ParkedEvent {
  @KeyField(idWord) eventId!: string
  @Field(idWord) terminalId!: string
  @Field(keyWord(32)) code!: string
  @Field(textWord) payloadSealed!: string
  @Field(integerWord) receivedAtMs!: number
  @Field(nullable(integerWord)) resolvedAtMs!: number | null
  /** The staff member who settled it. */
  @Field(nullable(idWord)) resolvedBy!: string | null
}
