import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** A sign-in to the console, until it is left, ended or too old. Its id is what the token says. */
@Entity('staff_session')
@Index('ix_staff_session_staff', ['staffId', 'expiresAtMs'])
export class StaffSession {
  @KeyField(idWord) id!: string
  @Field(idWord) staffId!: string
  /** In words, as the browser says of itself. */
  @Field(keyWord(64)) device!: string
  @Field(nullable(keyWord(64))) addressMasked!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) lastSeenAtMs!: number
  @Field(integerWord) expiresAtMs!: number
  @Field(nullable(integerWord)) revokedAtMs!: number | null
}
