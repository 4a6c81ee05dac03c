import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, nullable, textWord } from '../platform/columns.js'

/** One thing a merge, or its undoing, moved or decided. Appended, never changed. */
@Entity('member_merge_step')
@Index('ix_member_merge_step_merge', ['mergeId', 'kind', 'id'])
@Index('ix_member_merge_step_subject', ['subjectId', 'id'])
export class MemberMergeStep {
  @KeyField(idWord) id!: string
  @Field(idWord) mergeId!: string
  /** `merge` or `undo`. */
  @Field(keyWord(8)) phase!: string
  /** See `StepKind`. */
  @Field(keyWord(16)) kind!: string
  /** The row's id; of a profile, the name of the field. */
  @Field(keyWord(32)) subjectId!: string
  @Field(idWord) fromMemberId!: string
  @Field(idWord) toMemberId!: string
  /** A losing value of a profile, sealed. */
  @Field(nullable(textWord)) valueSealed!: string | null
  /** JSON: of a profile field, who had told each of the two values, and which one stayed. */
  @Field(nullable(keyWord(255))) detail!: string | null
}
