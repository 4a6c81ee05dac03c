import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord } from '../platform/columns.js'

/** A member of whom something changed, to be compared with others; gone once that is done. */
@Entity('matching_change')
@Index('ix_matching_change_due', ['nextAtMs', 'id'])
export class MatchingChange {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  /** How often it could not be compared. */
  @Field(countWord) attempts!: number
  @Field(integerWord) nextAtMs!: number
}
