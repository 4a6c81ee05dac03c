import { Entity } from 'typeorm'
import { Field, idWord, integerWord, KeyField, keyWord, nullable } from '../platform/columns.js'

/** A code that stands in for the second factor, once. */
@Entity('staff_recovery_code')
export class StaffRecoveryCode {
  @KeyField(idWord) staffId!: string
  /** Keyed hash. */
  @KeyField(keyWord(64)) codeIndex!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) usedAtMs!: number | null
}
