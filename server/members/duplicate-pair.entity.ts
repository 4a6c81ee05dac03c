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

/** Two members that may be one person: found by the scan, decided once by a rule or a person. */
@Entity('duplicate_pair')
@Index('ux_duplicate_pair', ['memberAId', 'memberBId'], { unique: true })
@Index('ix_duplicate_pair_b', ['memberBId'])
@Index('ix_duplicate_pair_score', ['state', 'score', 'id'])
@Index('ix_duplicate_pair_verdict', ['state', 'verdict', 'score', 'id'])
@Index('ix_duplicate_pair_found', ['state', 'foundAtMs', 'id'])
export class DuplicatePair {
  @KeyField(idWord) id!: string
  /** The smaller of the two ids. */
  @Field(idWord) memberAId!: string
  @Field(idWord) memberBId!: string
  /**
   * log2 of the odds that they are one person, in thousandths of a bit. 0 is a pair that no search
   * has scored: somebody raised it.
   */
  @Field(countWord) score!: number
  /** `merge` or `review`: what the scan would do. */
  @Field(keyWord(8)) verdict!: string
  /** JSON: field → what was compared, in words and without values. */
  @Field(textWord) reasons!: string
  /** `open`, `merged` or `rejected`. */
  @Field(keyWord(16)) state!: string
  @Field(integerWord) foundAtMs!: number
  @Field(nullable(integerWord)) decidedAtMs!: number | null
  /** The staff member, or null while open and when a rule decided. */
  @Field(nullable(idWord)) decidedBy!: string | null
}
