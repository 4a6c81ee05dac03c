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

/** One line of the history of a member's level; never changed. */
@Entity('level_change')
@Index('ix_level_change_member', ['memberId', 'id'])
@Index('ix_level_change_merge', ['mergeId'])
export class LevelChange {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(keyWord(16)) fromCode!: string
  @Field(keyWord(16)) toCode!: string
  @Field(keyWord(16)) reason!: string
  /** Why, in words. */
  @Field(keyWord(255)) explanation!: string
  @Field(countWord) schemeVersion!: number
  /** The growth it was decided by. */
  @Field(integerWord) growth!: number
  /** Until when the level before would have been good, and until when this one is. */
  @Field(integerWord) fromUntilMs!: number
  @Field(integerWord) untilMs!: number
  /** The merge that brought it, or whose undoing did. */
  @Field(nullable(idWord)) mergeId!: string | null
  @Field(integerWord) atMs!: number
}
