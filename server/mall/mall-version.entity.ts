import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, textWord } from '../platform/columns.js'

/** What an item of the mall promises: a version is never changed. */
@Entity('mall_version')
export class MallVersion {
  @KeyField(idWord) itemId!: string
  @KeyField(countWord) version!: number
  /** The terms, with the version of the coupon, as JSON. */
  @Field(textWord) terms!: string
  /** The limits it was published with, as JSON. */
  @Field(textWord) limits!: string
  /** The request that published it. */
  @Field(idWord) requestId!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(idWord) publishedBy!: string
}
