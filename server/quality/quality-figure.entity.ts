import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** One share as one run counted it, with the threshold of then. */
@Entity('quality_figure')
@Index('ix_quality_figure_trend', ['code', 'groupKey', 'atMs', 'runId'])
export class QualityFigure {
  @KeyField(idWord) runId!: string
  @KeyField(keyWord(32)) code!: string
  /** Empty for all; else `channel:pos`, `source:till`, `how:imported`. */
  @KeyField(keyWord(64)) groupKey!: string
  @Field(integerWord) part!: number
  @Field(integerWord) whole!: number
  @Field(nullable(countWord)) threshold!: number | null
  @Field(nullable(countWord)) passes!: number | null
  @Field(dateWord) businessDate!: string
  @Field(integerWord) atMs!: number
}
