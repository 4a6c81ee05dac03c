import { Entity } from 'typeorm'
import { countWord, Field, integerWord, KeyField, sha256Word } from '../platform/columns.js'

/** Where one chain of the audit ends. */
@Entity('staff_audit_head')
export class StaffAuditHead {
  @KeyField(countWord) lane!: number
  /** All chains begin together; one that began later has lost what was before. */
  @Field(integerWord) begunAtMs!: number
  @Field(integerWord) seq!: number
  @Field(sha256Word) hash!: string
  /** Keyed over all the others: who has no key cannot make a head, only put back one they kept. */
  @Field(sha256Word) seal!: string
}
