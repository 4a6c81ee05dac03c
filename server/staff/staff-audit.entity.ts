import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** An appended fact: what a person did in the console that must be answered for. */
@Entity('staff_audit')
@Index('ix_staff_audit_staff', ['staffId', 'atMs'])
@Index('ix_staff_audit_subject', ['subjectId', 'atMs'])
export class StaffAudit {
  @KeyField(idWord) id!: string
  @Field(idWord) staffId!: string
  /** member.phone_viewed, members.exported, campaign.started, staff.changed and so on. */
  @Field(keyWord(32)) action!: string
  @Field(nullable(idWord)) subjectId!: string | null
  /** Why, as the person wrote it, or what exactly; never personal data. */
  @Field(nullable(keyWord(200))) detail!: string | null
  @Field(integerWord) atMs!: number
}
