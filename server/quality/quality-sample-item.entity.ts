import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** One that was drawn, and what a person found when they looked it up. */
@Entity('quality_sample_item')
export class QualitySampleItem {
  @KeyField(idWord) sampleId!: string
  @KeyField(countWord) itemNo!: number
  @Field(keyWord(64)) source!: string
  /** The member, or the one of a pair whose id is smaller. */
  @Field(idWord) memberId!: string
  @Field(nullable(idWord)) otherMemberId!: string | null
  @Field(nullable(keyWord(8))) verdict!: string | null
  @Field(nullable(integerWord)) decidedAtMs!: number | null
  @Field(nullable(idWord)) decidedBy!: string | null
}
