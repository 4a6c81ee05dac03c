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

/** A member who came with another member's code. */
@Entity('referral')
@Index('ux_referral_friend', ['friendId'], { unique: true })
@Index('ix_referral_referrer', ['referrerId', 'id'])
@Index('ix_referral_due', ['state', 'nextAtMs'])
export class Referral {
  @KeyField(idWord) id!: string
  /** Who came, and who brought them: as they were then, also after a merge. */
  @Field(idWord) friendId!: string
  @Field(idWord) referrerId!: string
  /** The version of the rule under which they came. */
  @Field(countWord) ruleVersion!: number
  /** waiting, given, void or reversed. */
  @Field(keyWord(10)) state!: string
  /** Why nothing is given: not_bought, same_person, not_new or gone. */
  @Field(nullable(keyWord(16))) reason!: string | null
  /** The purchase that counted. */
  @Field(nullable(idWord)) purchaseId!: string | null
  /** What was given to each; it stays when it is taken back. */
  @Field(nullable(integerWord)) referrerPoints!: number | null
  @Field(nullable(integerWord)) friendPoints!: number | null
  @Field(integerWord) boundAtMs!: number
  /** While it waits: when it is looked at again. */
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(integerWord)) settledAtMs!: number | null
}
