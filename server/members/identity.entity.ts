import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  blindIndexWord,
  textWord,
  nullable,
} from '../platform/columns.js'

/** What maps a channel id (phone, openid, …) to a member. Sealed, and found by blind index. */
@Entity('identity')
@Index('ux_identity_value', ['kind', 'namespace', 'valueIndex'], { unique: true })
@Index('ix_identity_member', ['memberId'])
@Index('ix_identity_last4', ['last4Index'])
export class Identity {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(keyWord(16)) kind!: string
  @Field(keyWord(64)) namespace!: string
  @Field(blindIndexWord) valueIndex!: string
  @Field(textWord) valueSealed!: string
  @Field(nullable(blindIndexWord)) last4Index!: string | null
  @Field(keyWord(16)) assurance!: string
  @Field(keyWord(32)) source!: string
  @Field(integerWord) firstSeenAtMs!: number
  @Field(integerWord) lastSeenAtMs!: number
  /** The identity by which this one was tied to its member, when it came along with one. */
  @Field(nullable(idWord)) viaId!: string | null
}
