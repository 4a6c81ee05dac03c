import { Entity, Index } from 'typeorm'
import { countWord, Field, integerWord, KeyField, keyWord } from '../platform/columns.js'

/** Failed sign-ins of one user name, known or not, or from one address. */
@Entity('sign_in_attempt')
@Index('ix_sign_in_attempt_last', ['lastAtMs'])
export class SignInAttempt {
  @KeyField(keyWord(64)) keyIndex!: string
  @Field(countWord) failures!: number
  @Field(integerWord) lastAtMs!: number
  @Field(integerWord) lockedUntilMs!: number
}
