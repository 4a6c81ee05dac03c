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

/** How long one kind of thing is kept; there from the first look of a server on. */
@Entity('retention_rule')
@Index('ix_retention_rule_due', ['nextAtMs'])
export class RetentionRule {
  @KeyField(keyWord(32)) name!: string
  @Field(countWord) keptDays!: number
  /** When it is purged again, or the end of the lease of the server that is at it. */
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(integerWord)) changedAtMs!: number | null
  @Field(nullable(idWord)) changedBy!: string | null
}
