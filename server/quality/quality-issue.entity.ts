import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** One contradiction or one value that can hardly be true, found once and settled by a person. */
@Entity('quality_issue')
@Index('ux_quality_issue_subject', ['kind', 'subjectId'], { unique: true })
@Index('ix_quality_issue_state', ['kind', 'state', 'foundAtMs', 'id'])
export class QualityIssue {
  @KeyField(idWord) id!: string
  @Field(keyWord(32)) kind!: string
  /** The purchase, pair or member it is about. */
  @Field(idWord) subjectId!: string
  @Field(nullable(idWord)) storeId!: string | null
  @Field(nullable(idWord)) memberId!: string | null
  @Field(nullable(idWord)) otherMemberId!: string | null
  /** JSON: what was found, in numbers. */
  @Field(textWord) evidence!: string
  @Field(keyWord(8)) state!: string
  @Field(integerWord) foundAtMs!: number
  /** When a run found it last. */
  @Field(integerWord) seenAtMs!: number
  @Field(nullable(integerWord)) settledAtMs!: number | null
  @Field(nullable(idWord)) settledBy!: string | null
}
