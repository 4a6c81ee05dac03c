import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord } from '../platform/columns.js'

/** What a member says to one purpose now; moved with each fact appended to `consent`. */
@Entity('consent_state')
export class ConsentState {
  @KeyField(idWord) memberId!: string
  @KeyField(keyWord(32)) purpose!: string
  @Field(keyWord(16)) state!: string
  @Field(integerWord) changedAtMs!: number
}
