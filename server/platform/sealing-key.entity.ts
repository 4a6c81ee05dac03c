import { Entity } from 'typeorm'
import { Field, KeyField, integerWord, keyWord, nullable } from './columns.js'

/** A sealing key that values of this database may name: which one it is, never the key. */
@Entity('sealing_key')
export class SealingKey {
  @KeyField(keyWord(8)) id!: string
  @Field(keyWord(16)) fingerprint!: string
  @Field(keyWord(16)) state!: string
  @Field(integerWord) publishedAtMs!: number
  @Field(nullable(integerWord)) activatedAtMs!: number | null
  @Field(nullable(integerWord)) retiredAtMs!: number | null
}
