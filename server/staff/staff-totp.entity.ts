import { Entity } from 'typeorm'
import { Field, idWord, integerWord, KeyField, nullable, textWord } from '../platform/columns.js'

/** The second factor of a person (RFC 6238). It counts once a code of it was shown to be right. */
@Entity('staff_totp')
export class StaffTotp {
  @KeyField(idWord) staffId!: string
  @Field(textWord) secretSealed!: string
  /** The time step whose code was used last: a code works once. */
  @Field(integerWord) lastStep!: number
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) confirmedAtMs!: number | null
}
