import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  sha256Word,
  nullable,
} from '../platform/columns.js'

/** One append-only entry of the points book: points moved from one account to another. */
@Entity('points_transfer')
@Index('ux_points_transfer_seq', ['memberId', 'seq'], { unique: true })
@Index('ux_points_transfer_source', ['reason', 'sourceKey'], { unique: true })
export class PointsTransfer {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(integerWord) seq!: number
  @Field(keyWord(40)) fromAccount!: string
  @Field(keyWord(40)) toAccount!: string
  @Field(integerWord) points!: number
  @Field(integerWord) balanceAfterPoints!: number
  @Field(keyWord(32)) reason!: string
  @Field(keyWord(64)) sourceKey!: string
  @Field(nullable(keyWord(32))) ruleId!: string | null
  @Field(nullable(countWord)) ruleVersion!: number | null
  @Field(keyWord(255)) explanation!: string
  @Field(keyWord(64)) actor!: string
  @Field(integerWord) occurredAtMs!: number
  @Field(integerWord) recordedAtMs!: number
  @Field(nullable(idWord)) answersTransferId!: string | null
  /** When what came in may be spent; null for what went out, and before lots were kept. */
  @Field(nullable(integerWord)) availableAtMs!: number | null
  /** When what is left of it expires. */
  @Field(nullable(integerWord)) expiresAtMs!: number | null
  @Field(sha256Word) previousHash!: string
  @Field(sha256Word) hash!: string
}
