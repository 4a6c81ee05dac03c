import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, sha256Word, nullable } from '../platform/columns.js'

/** A one-time code that lets an agent become a terminal; only its hash is kept. */
@Entity('enrolment_code')
export class EnrolmentCode {
  @KeyField(sha256Word) codeSha256!: string
  @Field(idWord) terminalId!: string
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) expiresAtMs!: number
  @Field(nullable(integerWord)) usedAtMs!: number | null
}
