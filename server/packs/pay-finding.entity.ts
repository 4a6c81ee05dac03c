import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** Something about money that does not agree, until somebody saw to it. */
@Entity('pay_finding')
@Index('ux_pay_finding_subject', ['subjectKey'], { unique: true })
@Index('ix_pay_finding_open', ['settledAtMs', 'id'])
export class PayFinding {
  @KeyField(idWord) id!: string
  /** What it is about: found again, it is the same. */
  @Field(keyWord(160)) subjectKey!: string
  @Field(keyWord(24)) kind!: string
  @Field(keyWord(64)) number!: string
  @Field(nullable(integerWord)) ourFen!: number | null
  @Field(nullable(integerWord)) theirFen!: number | null
  @Field(keyWord(200)) detail!: string
  @Field(integerWord) foundAtMs!: number
  @Field(nullable(integerWord)) settledAtMs!: number | null
  @Field(nullable(idWord)) settledBy!: string | null
  @Field(nullable(keyWord(128))) note!: string | null
}
