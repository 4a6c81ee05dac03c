import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, textWord } from '../platform/columns.js'

/** A mapping of columns that somebody saved for the next file of the kind. */
@Entity('import_template')
@Index('ux_import_template_name', ['name'], { unique: true })
export class ImportTemplateRow {
  @KeyField(idWord) id!: string
  @Field(keyWord(64)) name!: string
  @Field(keyWord(16)) kind!: string
  /** JSON: header → field. */
  @Field(textWord) headers!: string
  /** JSON of the options. */
  @Field(textWord) options!: string
  @Field(keyWord(26)) createdBy!: string
  @Field(integerWord) createdAtMs!: number
}
