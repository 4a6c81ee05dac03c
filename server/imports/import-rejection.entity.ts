import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, textWord } from '../platform/columns.js'

/** A row that was not taken, in the transaction that passed it. */
@Entity('import_rejection')
export class ImportRejection {
  @KeyField(idWord) importId!: string
  /** check or take. */
  @KeyField(keyWord(8)) phase!: string
  /** As a spreadsheet shows it. */
  @KeyField(integerWord) rowNo!: number
  @Field(keyWord(32)) reason!: string
  /** JSON of its cells, sealed. */
  @Field(textWord) cellsSealed!: string
}
