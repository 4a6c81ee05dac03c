import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** What the owner set for the whole chain, by name. */
@Entity('chain_setting')
export class ChainSetting {
  @KeyField(keyWord(64)) name!: string
  /** JSON, checked by its contract on the way in. */
  @Field(textWord) value!: string
  @Field(integerWord) changedAtMs!: number
  @Field(nullable(idWord)) changedBy!: string | null
}
