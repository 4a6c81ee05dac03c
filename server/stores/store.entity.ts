import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord } from '../platform/columns.js'

/** One shop. */
@Entity('store')
@Index('ux_store_code', ['code'], { unique: true })
export class Store {
  @KeyField(idWord) id!: string
  @Field(keyWord(32)) code!: string
  @Field(keyWord(100)) name!: string
  @Field(keyWord(64)) timeZone!: string
  @Field(integerWord) createdAtMs!: number
}
