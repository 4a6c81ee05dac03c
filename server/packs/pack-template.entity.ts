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

/** A coupon pack that is sold, with its limits. Locked while one is ordered. */
@Entity('pack_template')
export class PackTemplate {
  @KeyField(idWord) id!: string
  /** open, or stopped: none are sold any more. */
  @Field(keyWord(8)) state!: string
  /** The version that is sold now. */
  @Field(countWord) version!: number
  @Field(nullable(countWord)) stock!: number | null
  @Field(nullable(countWord)) memberMax!: number | null
  /** Sold, what waits for its payment included. */
  @Field(countWord) sold!: number
  @Field(integerWord) fromMs!: number
  @Field(nullable(integerWord)) untilMs!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
}
