import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'

/** A file that is checked and taken in the background. Nothing in it is about a person in clear. */
@Entity('import_job')
@Index('ux_import_job_live', ['liveHash'], { unique: true })
@Index('ix_import_job_file', ['fileHash', 'createdAtMs'])
@Index('ix_import_job_due', ['state', 'nextAtMs'])
@Index('ix_import_job_created', ['createdAtMs', 'id'])
export class ImportJob {
  @KeyField(idWord) id!: string
  /** Empty when it was begun at the command line. */
  @Field(keyWord(26)) staffId!: string
  @Field(keyWord(16)) state!: string
  @Field(keyWord(16)) kind!: string
  @Field(keyWord(32)) templateId!: string
  @Field(nullable(idWord)) storeId!: string | null
  /** JSON of name, columns and options of the file; sealed, for people name files and columns. */
  @Field(textWord) planSealed!: string
  /** The key of the file on the disk, sealed; without it the file is noise. */
  @Field(keyWord(255)) fileKeySealed!: string
  @Field(integerWord) fileBytes!: number
  /** Keyed: tells the same file again, and cannot be tried out. */
  @Field(sha256Word) fileHash!: string
  /** The same while the import is alive: one file is imported once at a time. */
  @Field(nullable(sha256Word)) liveHash!: string | null
  /** JSON of what the check counted, and of what was taken. Numbers alone. */
  @Field(nullable(textWord)) checkTally!: string | null
  @Field(nullable(textWord)) takenTally!: string | null
  /** Rows of the file that are done: moves in the transaction that did them. */
  @Field(integerWord) doneRows!: number
  @Field(nullable(integerWord)) totalRows!: number | null
  @Field(nullable(keyWord(32))) failCode!: string | null
  @Field(nullable(keyWord(200))) failDetail!: string | null
  /** When it is looked at again: the end of a worker's lease, or of the file's life. */
  @Field(integerWord) nextAtMs!: number
  @Field(countWord) attempts!: number
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
