import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  textWord,
  nullable,
} from '../platform/columns.js'

/** One till of a store: unenrolled until its agent presents a one-time code. */
@Entity('terminal')
@Index('ux_terminal_code', ['storeId', 'code'], { unique: true })
export class Terminal {
  @KeyField(idWord) id!: string
  @Field(idWord) storeId!: string
  @Field(keyWord(32)) code!: string
  @Field(keyWord(16)) state!: string
  @Field(nullable(textWord)) publicKeyJwk!: string | null
  @Field(nullable(keyWord(32))) agentVersion!: string | null
  @Field(nullable(integerWord)) lastSeenAtMs!: number | null
  @Field(nullable(countWord)) outboxDepth!: number | null
  @Field(nullable(integerWord)) clockSkewMs!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) enrolledAtMs!: number | null
  @Field(nullable(integerWord)) revokedAtMs!: number | null
}
