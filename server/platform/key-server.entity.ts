import { Entity } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, keyWord, textWord } from './columns.js'

/** A running server, or command, and the sealing keys that it can open with. */
@Entity('key_server')
export class KeyServer {
  @KeyField(idWord) id!: string
  /** Machine and process, for people. */
  @Field(keyWord(120)) label!: string
  /** JSON: key id → fingerprint. */
  @Field(textWord) keysHeld!: string
  @Field(keyWord(8)) sealsWith!: string
  /** Counts up while it lives: who watches needs no clock in common with it. */
  @Field(countWord) beats!: number
  @Field(integerWord) startedAtMs!: number
  @Field(integerWord) seenAtMs!: number
}
