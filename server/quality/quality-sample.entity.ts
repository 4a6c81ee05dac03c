import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  textWord,
} from '../platform/columns.js'

/** A sample drawn by chance: the same seed over the same rows draws the same again. */
@Entity('quality_sample')
@Index('ix_quality_sample_created', ['createdAtMs', 'id'])
export class QualitySample {
  @KeyField(idWord) id!: string
  @Field(keyWord(8)) kind!: string
  @Field(keyWord(8)) state!: string
  @Field(integerWord) seed!: number
  @Field(countWord) perSource!: number
  /** JSON: source → how many there were to draw from. */
  @Field(textWord) populations!: string
  @Field(idWord) createdBy!: string
  @Field(integerWord) createdAtMs!: number
}
