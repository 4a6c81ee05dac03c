import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, sha256Word } from '../platform/columns.js'

/** An appended fact: what a member was told, granted or withdrew, and how. */
@Entity('consent')
@Index('ix_consent_recorded', ['recordedAtMs', 'id'])
@Index('ix_consent_person', ['memberId', 'recordedAtMs', 'id'])
@Index('ix_consent_purpose', ['purpose', 'recordedAtMs', 'id'])
@Index('ix_consent_member', ['memberId', 'purpose', 'recordedAtMs'])
export class Consent {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(keyWord(32)) purpose!: string
  @Field(keyWord(16)) state!: string
  @Field(keyWord(32)) policyVersion!: string
  @Field(sha256Word) textSha256!: string
  @Field(keyWord(32)) how!: string
  @Field(keyWord(64)) evidence!: string
  @Field(integerWord) occurredAtMs!: number
  @Field(integerWord) recordedAtMs!: number
}
