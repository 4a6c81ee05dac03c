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

/**
 * One search over the whole base; and one row, of the kind `lease`, that is the right to compare
 * members at all, so that one server does it at a time.
 */
@Entity('matching_run')
@Index('ux_matching_run_key', ['runKey'], { unique: true })
@Index('ix_matching_run_created', ['kind', 'createdAtMs', 'id'])
export class MatchingRun {
  @KeyField(idWord) id!: string
  /** What may be there once: `lease`, `scan` while a search waits or runs, then the search's id. */
  @Field(keyWord(64)) runKey!: string
  /** `lease` or `scan`. */
  @Field(keyWord(8)) kind!: string
  /** A search: waiting, running, done, failed. The lease: see `Keying`. */
  @Field(keyWord(16)) state!: string
  /** reading, comparing, judging, keeping. */
  @Field(keyWord(16)) phase!: string
  @Field(countWord) doneRows!: number
  @Field(nullable(countWord)) totalRows!: number | null
  /** Counts the holders of the lease: who was slow finds another number and stops. */
  @Field(countWord) step!: number
  /** Until when the lease is somebody's. */
  @Field(integerWord) nextAtMs!: number
  /** JSON: what a search came to, in numbers. */
  @Field(nullable(textWord)) report!: string | null
  /** JSON: the weights a search learned; values in it are keyed hashes. */
  @Field(nullable(textWord)) weights!: string | null
  @Field(nullable(idWord)) startedBy!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
