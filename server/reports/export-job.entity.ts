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
} from '../platform/columns.js'

/** A file that is written in the background, for one person. */
@Entity('export_job')
@Index('ix_export_job_staff', ['staffId', 'createdAtMs'])
@Index('ix_export_job_due', ['state', 'nextAtMs'])
export class ExportJob {
  @KeyField(idWord) id!: string
  @Field(idWord) staffId!: string
  @Field(keyWord(32)) kind!: string
  /** JSON of the filter; sealed, for a search may hold a phone number. */
  @Field(textWord) filterSealed!: string
  @Field(keyWord(16)) state!: string
  @Field(countWord) doneRows!: number
  @Field(nullable(countWord)) totalRows!: number | null
  /** When it is looked at again: the end of a worker's lease, or of the file's life. */
  @Field(integerWord) nextAtMs!: number
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
