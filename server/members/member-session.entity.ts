import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  integerWord,
  sha256Word,
  textWord,
  nullable,
} from '../platform/columns.js'

/** A mini-program session: one rotating refresh token; a reused one ends the session. */
@Entity('member_session')
@Index('ux_member_session_refresh', ['refreshSha256'], { unique: true })
@Index('ix_member_session_used', ['usedRefreshSha256'])
@Index('ix_member_session_member', ['memberId'])
export class MemberSession {
  @KeyField(idWord) id!: string
  @Field(nullable(idWord)) memberId!: string | null
  @Field(nullable(textWord)) openidSealed!: string | null
  @Field(nullable(textWord)) unionidSealed!: string | null
  @Field(sha256Word) refreshSha256!: string
  @Field(nullable(sha256Word)) usedRefreshSha256!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) expiresAtMs!: number
  @Field(nullable(integerWord)) revokedAtMs!: number | null
}
