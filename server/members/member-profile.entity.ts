import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  blindIndexWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** What is known of a member as a person. Sealed: it is nobody's to read in the database. */
@Entity('member_profile')
@Index('ix_member_profile_birthday', ['birthdayIndex', 'memberId'])
export class MemberProfile {
  @KeyField(idWord) memberId!: string
  @Field(nullable(textWord)) nameSealed!: string | null
  @Field(nullable(textWord)) birthdaySealed!: string | null
  /** Month and day of the birthday as a keyed hash; '': none was told; null: not looked at yet. */
  @Field(nullable(blindIndexWord)) birthdayIndex!: string | null
  @Field(nullable(textWord)) genderSealed!: string | null
  @Field(nullable(textWord)) emailSealed!: string | null
  @Field(nullable(textWord)) addressSealed!: string | null
  @Field(nullable(textWord)) citySealed!: string | null
  /** JSON: field → who told it and when; values are never in it. */
  @Field(nullable(keyWord(500))) toldBy!: string | null
  @Field(integerWord) updatedAtMs!: number
}
