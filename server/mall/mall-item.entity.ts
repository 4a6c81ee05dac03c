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

/** Something in the points mall, with its limits. Locked while one is exchanged. */
@Entity('mall_item')
@Index('ix_mall_item_shelf', ['state', 'sort', 'id'])
export class MallItem {
  /** The id of the request that made it. */
  @KeyField(idWord) id!: string
  /** goods, or coupon: never changes. */
  @Field(keyWord(8)) kind!: string
  /** draft, open, or stopped. */
  @Field(keyWord(8)) state!: string
  /** The version that is given now. */
  @Field(countWord) version!: number
  @Field(nullable(countWord)) stock!: number | null
  @Field(nullable(countWord)) memberMax!: number | null
  /** day, week or month, and how many a member may have in one; null where that is no matter. */
  @Field(nullable(keyWord(8))) period!: string | null
  @Field(nullable(countWord)) periodMax!: number | null
  /** Pieces that were exchanged and did not come back. */
  @Field(countWord) taken!: number
  @Field(integerWord) fromMs!: number
  @Field(nullable(integerWord)) untilMs!: number | null
  @Field(countWord) sort!: number
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
}
