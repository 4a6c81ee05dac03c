import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord, nullable, sha256Word } from '../platform/columns.js'

/** A member account of the points book with its materialised balance and chain head. */
@Entity('points_account')
export class PointsAccount {
  @KeyField(idWord) memberId!: string
  @Field(integerWord) balancePoints!: number
  @Field(integerWord) headSeq!: number
  @Field(sha256Word) headHash!: string
  @Field(integerWord) openedAtMs!: number
  /** What the next earnings pay first, where the chain's refunds do not go below zero. */
  @Field(nullable(integerWord)) owedPoints!: number | null
}
