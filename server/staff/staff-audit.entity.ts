import { Entity, Index } from 'typeorm'
import {
  countWord,
  Field,
  idWord,
  integerWord,
  KeyField,
  keyWord,
  nullable,
  sha256Word,
} from '../platform/columns.js'

/** An appended fact: what a person did in the console that must be answered for. */
@Entity('staff_audit')
@Index('ix_staff_audit_staff', ['staffId', 'atMs'])
@Index('ix_staff_audit_subject', ['subjectId', 'atMs'])
@Index('ix_staff_audit_chain', ['lane', 'seq'])
@Index('ix_staff_audit_at', ['atMs'])
@Index('ix_staff_audit_action', ['action', 'atMs'])
export class StaffAudit {
  @KeyField(idWord) id!: string
  @Field(idWord) staffId!: string
  /** member.phone_viewed, members.exported, campaign.started, staff.changed and so on. */
  @Field(keyWord(32)) action!: string
  @Field(nullable(idWord)) subjectId!: string | null
  /** Why, as the person wrote it, or what exactly; never personal data. */
  @Field(nullable(keyWord(200))) detail!: string | null
  @Field(integerWord) atMs!: number
  /** Where the call came from; null for the server itself and for rows of older versions. */
  @Field(nullable(keyWord(64))) addressMasked!: string | null
  /** The chain it belongs to and its number there; null until rows of older versions are taken in. */
  @Field(nullable(countWord)) lane!: number | null
  @Field(nullable(integerWord)) seq!: number | null
  /** Keyed hash over this row and the hash before it. */
  @Field(nullable(sha256Word)) hash!: string | null
}
