import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** Work on the whole points book, done in the background by whoever claims it. */
@Entity('points_job')
@Index('ux_points_job_key', ['jobKey'], { unique: true })
@Index('ix_points_job_due', ['state', 'nextAtMs'])
@Index('ix_points_job_kind', ['kind', 'createdAtMs', 'id'])
export class PointsJob {
  @KeyField(idWord) id!: string
  /** What may be there once: `check|2026-03-02`. */
  @Field(keyWord(64)) jobKey!: string
  @Field(keyWord(16)) kind!: string
  /** waiting, running, done, failed or cancelled. */
  @Field(keyWord(16)) state!: string
  /** What was asked for, as JSON. */
  @Field(textWord) asked!: string
  /** Counts the commits: who was slow finds another number and stops. */
  @Field(countWord) step!: number
  @Field(countWord) doneRows!: number
  /** About how many there are; null when nobody knows. */
  @Field(nullable(countWord)) totalRows!: number | null
  /** What it came to, as JSON; before it is done, what a server that goes on with it begins from. */
  @Field(nullable(textWord)) result!: string | null
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(idWord)) startedBy!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) startedAtMs!: number | null
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
