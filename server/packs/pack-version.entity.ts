import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, textWord } from '../platform/columns.js'

/** What a pack promises: a version is never changed. */
@Entity('pack_version')
export class PackVersion {
  @KeyField(idWord) packId!: string
  @KeyField(countWord) version!: number
  /** Title, price and items with the versions of their coupons, as JSON. */
  @Field(textWord) terms!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
}
