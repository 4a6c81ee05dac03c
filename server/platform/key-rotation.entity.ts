import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from './columns.js'

/** A change of the sealing key, and how far it has come. */
@Entity('key_rotation')
@Index('ux_key_rotation_open', ['openMark'], { unique: true })
export class KeyRotation {
  @KeyField(idWord) id!: string
  /** `open` until it is done: the unique key lets one be open at a time. */
  @Field(nullable(keyWord(8))) openMark!: string | null
  @Field(keyWord(16)) state!: string
  @Field(nullable(keyWord(8))) toKeyId!: string | null
  /** Who works on it. */
  @Field(idWord) runner!: string
  /** Counts up while somebody works on it. */
  @Field(countWord) beats!: number
  /** `table.column` that is being sealed anew; null before the first. */
  @Field(nullable(keyWord(130))) place!: string | null
  /** JSON of the key of the last row looked at there. */
  @Field(nullable(textWord)) lastKey!: string | null
  @Field(integerWord) doneRows!: number
  @Field(integerWord) totalRows!: number
  @Field(integerWord) resealedRows!: number
  @Field(integerWord) startedAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
