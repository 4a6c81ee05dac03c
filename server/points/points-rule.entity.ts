import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** A published version of the rules of earning. What it says is never changed. */
@Entity('points_rule')
export class PointsRule {
  /** From 2: the first is what a new installation starts with. */
  @KeyField(countWord) version!: number
  @Field(integerWord) effectiveFromMs!: number
  /** What it says, as JSON. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
  /** It was taken back before its day came: no sale earns by it. */
  @Field(nullable(integerWord)) withdrawnAtMs!: number | null
  @Field(nullable(idWord)) withdrawnBy!: string | null
}
