import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** One count of everything, or one drawing of a sample: worked off in steps, by whoever claims it. */
@Entity('quality_run')
@Index('ux_quality_run_key', ['runKey'], { unique: true })
@Index('ix_quality_run_due', ['state', 'nextAtMs'])
@Index('ix_quality_run_created', ['createdAtMs', 'id'])
export class QualityRun {
  @KeyField(idWord) id!: string
  /** What may be there once: `daily|2026-03-02`. */
  @Field(keyWord(64)) runKey!: string
  @Field(keyWord(16)) kind!: string
  /** The sample that is drawn; else null. */
  @Field(nullable(idWord)) sampleId!: string | null
  @Field(dateWord) businessDate!: string
  @Field(keyWord(16)) state!: string
  @Field(keyWord(16)) phase!: string
  /** The last key that was looked at in this phase. */
  @Field(keyWord(64)) place!: string
  /** Counts the commits: who was slow finds another number and stops. */
  @Field(countWord) step!: number
  @Field(countWord) doneRows!: number
  @Field(nullable(countWord)) totalRows!: number | null
  /** JSON of what has been counted so far. */
  @Field(textWord) tally!: string
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(idWord)) startedBy!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
  /** Figures with a threshold, and those of them that break it. */
  @Field(countWord) judged!: number
  @Field(countWord) failing!: number
}
