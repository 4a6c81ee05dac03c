import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'

/** One merge: two records found to be one person, and whether that was taken back. */
@Entity('member_merge')
@Index('ux_member_merge_key', ['idempotencyKey'], { unique: true })
@Index('ix_member_merge_survivor', ['survivorId', 'id'])
@Index('ix_member_merge_absorbed', ['absorbedId', 'id'])
@Index('ix_member_merge_at', ['mergedAtMs', 'id'])
@Index('ix_member_merge_changed', ['changedAtMs', 'absorbedId', 'survivorId'])
export class MemberMerge {
  @KeyField(idWord) id!: string
  @Field(idWord) survivorId!: string
  @Field(idWord) absorbedId!: string
  /** `done` or `undone`. */
  @Field(keyWord(8)) state!: string
  /** What led to it: `chosen` by a person, a `pair` of the queue, a `rule`, a `sign_in`. */
  @Field(keyWord(8)) how!: string
  @Field(nullable(idWord)) pairId!: string | null
  /** What the two records were before. */
  @Field(keyWord(16)) survivorState!: string
  @Field(keyWord(16)) absorbedState!: string
  /** The survivor's own store before; where it had none, the absorbed one's was lent to it. */
  @Field(nullable(idWord)) survivorStoreId!: string | null
  /** 1: purchases made before moved to the survivor as well. */
  @Field(countWord) moveHistory!: number
  /** Signed: what the absorbed record held. */
  @Field(integerWord) movedPoints!: number
  /** What the absorbed record's own purchases had given by then, less what was taken back. */
  @Field(integerWord) purchasePoints!: number
  /** JSON: what it changed, in numbers. */
  @Field(textWord) changes!: string
  @Field(integerWord) mergedAtMs!: number
  @Field(nullable(idWord)) mergedBy!: string | null
  /** When it was done, or undone: tills are told since then. */
  @Field(integerWord) changedAtMs!: number
  @Field(nullable(integerWord)) undoneAtMs!: number | null
  @Field(nullable(idWord)) undoneBy!: string | null
  /** JSON: what taking it back changed. */
  @Field(nullable(textWord)) undoChanges!: string | null
  @Field(nullable(sha256Word)) idempotencyKey!: string | null
  @Field(nullable(sha256Word)) inputSha256!: string | null
}
