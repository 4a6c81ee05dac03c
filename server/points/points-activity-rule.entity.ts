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

/** A published version of what is given without a purchase. What it says is never changed. */
@Entity('points_activity_rule')
export class PointsActivityRule {
  /** From 2: the first is what a new installation starts with. */
  @KeyField(countWord) version!: number
  @Field(integerWord) effectiveFromMs!: number
  /** What it says, as JSON. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
  /** It was taken back before its day came: nothing is given by it. */
  @Field(nullable(integerWord)) withdrawnAtMs!: number | null
  @Field(nullable(idWord)) withdrawnBy!: string | null
}
