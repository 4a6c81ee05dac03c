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

/** What a shopper said of a purchase of their own, and what became of it. */
@Entity('review')
@Index('ux_review_purchase', ['purchaseId'], { unique: true })
@Index('ix_review_member', ['memberId', 'id'])
@Index('ix_review_state', ['state', 'id'])
export class Review {
  @KeyField(idWord) id!: string
  @Field(idWord) purchaseId!: string
  /** Who wrote it, also after a merge. */
  @Field(idWord) memberId!: string
  /** Where the purchase was made: whose staff decides. */
  @Field(idWord) storeId!: string
  /** Null, like the text, once it was withdrawn. */
  @Field(nullable(countWord)) stars!: number | null
  @Field(nullable(textWord)) textSealed!: string | null
  /** waiting, approved, declined or withdrawn. */
  @Field(keyWord(10)) state!: string
  /** The version of the rule under which it was written, and what that promised. */
  @Field(countWord) ruleVersion!: number
  @Field(integerWord) points!: number
  /** What approving it gave; null where nobody approved it. It stays when the review goes. */
  @Field(nullable(integerWord)) givenPoints!: number | null
  /** Why it was declined. */
  @Field(nullable(textWord)) reasonSealed!: string | null
  @Field(integerWord) writtenAtMs!: number
  @Field(nullable(integerWord)) decidedAtMs!: number | null
  @Field(nullable(idWord)) decidedBy!: string | null
  @Field(nullable(integerWord)) withdrawnAtMs!: number | null
}
