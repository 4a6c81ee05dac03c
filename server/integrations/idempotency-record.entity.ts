import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  textWord,
  blindIndexWord,
} from '../platform/columns.js'

/** What one mutating call was answered, so that the same call again is answered the same. */
@Entity('idempotency_record')
@Index('ix_idempotency_record_created', ['createdAtMs'])
export class IdempotencyRecord {
  @KeyField(idWord) apiKeyId!: string
  @KeyField(keyWord(64)) idempotencyKey!: string
  @Field(blindIndexWord) inputIndex!: string
  @Field(countWord) status!: number
  @Field(textWord) responseSealed!: string
  @Field(integerWord) createdAtMs!: number
}
