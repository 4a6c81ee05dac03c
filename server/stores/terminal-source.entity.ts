import { Entity } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord } from '../platform/columns.js'

/** One way a till hands in checkouts (its printer tap, its drop folder), and how far it has come. */
@Entity('terminal_source')
export class TerminalSource {
  @KeyField(idWord) terminalId!: string
  @KeyField(keyWord(16)) kind!: string
  /** When the server last received a checkout from it. */
  @Field(integerWord) lastSyncAtMs!: number
  /** When the newest of those checkouts was captured at the till. */
  @Field(integerWord) lastCapturedAtMs!: number
}
