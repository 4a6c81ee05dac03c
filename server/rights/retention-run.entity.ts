import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** One purge: what it deleted is counted in the commit that deletes it. */
@Entity('retention_run')
@Index('ix_retention_run_rule', ['rule', 'id'])
export class RetentionRun {
  @KeyField(idWord) id!: string
  @Field(keyWord(32)) rule!: string
  @Field(countWord) keptDays!: number
  @Field(integerWord) deletedRows!: number
  @Field(integerWord) startedAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
