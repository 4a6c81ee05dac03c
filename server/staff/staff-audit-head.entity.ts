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
  /** Keyed over all the others: an earlier head cannot be put back by who has no key. */
  @Field(sha256Word) seal!: string
}
