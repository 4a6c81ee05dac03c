import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, keyWord } from '../platform/columns.js'

/** A link to a member's own data: of one session, for minutes. Only the hash of its key is kept. */
@Entity('member_copy')
@Index('ux_member_copy_token', ['tokenSha256'], { unique: true })
@Index('ix_member_copy_member', ['memberId', 'createdAtMs'])
export class MemberCopy {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(idWord) sessionId!: string
  @Field(keyWord(64)) tokenSha256!: string
  @Field(countWord) fetchedCount!: number
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) expiresAtMs!: number
}
