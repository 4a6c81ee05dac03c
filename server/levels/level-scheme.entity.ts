import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, textWord } from '../platform/columns.js'

/** A published version of the levels. Versions are never changed. */
@Entity('level_scheme')
export class LevelSchemeRow {
  /** From 2: the first is what a new installation starts with. */
  @KeyField(countWord) version!: number
  @Field(integerWord) effectiveFromMs!: number
  /** What it says, as JSON. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
}
