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

/** A code for everybody, on a poster. Locked while a group of people takes what it gives. */
@Entity('coupon_poster')
@Index('ix_coupon_poster_store', ['storeId', 'id'])
export class CouponPoster {
  /** The request that made it. */
  @KeyField(idWord) id!: string
  @Field(idWord) templateId!: string
  @Field(keyWord(64)) name!: string
  /** Where it hangs; null: in no one store. */
  @Field(nullable(idWord)) storeId!: string | null
  /** In clear: everybody is to read it. */
  @Field(keyWord(16)) code!: string
  @Field(integerWord) fromMs!: number
  @Field(integerWord) untilMs!: number
  @Field(nullable(countWord)) total!: number | null
  @Field(countWord) taken!: number
  /** Of these, by whom who had just become a member. */
  @Field(countWord) takenByNew!: number
  @Field(integerWord) createdAtMs!: number
  @Field(idWord) createdBy!: string
  @Field(nullable(integerWord)) stoppedAtMs!: number | null
  @Field(nullable(idWord)) stoppedBy!: string | null
}
