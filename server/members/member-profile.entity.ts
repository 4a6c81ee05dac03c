import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, nullable, textWord } from '../platform/columns.js'

/** What a member told of themselves. Sealed: it is nobody's to read in the database. */
@Entity('member_profile')
export class MemberProfile {
  @KeyField(idWord) memberId!: string
  @Field(nullable(textWord)) nameSealed!: string | null
  @Field(nullable(textWord)) birthdaySealed!: string | null
  @Field(integerWord) updatedAtMs!: number
}
