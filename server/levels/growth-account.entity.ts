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
} from '../platform/columns.js'

/** Where a member stands: growth of the period, the level, and when somebody has to look again. */
@Entity('growth_account')
@Index('ix_growth_account_due', ['nextAtMs', 'memberId'])
@Index('ix_growth_account_scheme', ['schemeVersion', 'memberId'])
export class GrowthAccount {
  @KeyField(idWord) memberId!: string
  /** The sum of the entries from `periodFromMs` on, as of the last change. */
  @Field(integerWord) periodGrowth!: number
  @Field(integerWord) periodFromMs!: number
  @Field(keyWord(16)) levelCode!: string
  @Field(integerWord) levelSinceMs!: number
  @Field(integerWord) levelUntilMs!: number
  /** What was needed when the level was last reached or kept, and from when growth counted then. */
  @Field(integerWord) neededGrowth!: number
  @Field(integerWord) reachedFromMs!: number
  /** The end the member has been told of. */
  @Field(nullable(integerWord)) noticedUntilMs!: number | null
  /** When it is to be looked at again. */
  @Field(integerWord) nextAtMs!: number
  /** The scheme it was last looked at by. */
  @Field(countWord) schemeVersion!: number
  @Field(integerWord) headSeq!: number
  @Field(sha256Word) headHash!: string
}
