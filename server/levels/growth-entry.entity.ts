import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  sha256Word,
} from '../platform/columns.js'

/** One append-only entry of the growth book: what a sale gave a member, or what was taken of it. */
@Entity('growth_entry')
@Index('ux_growth_entry_seq', ['memberId', 'seq'], { unique: true })
@Index('ux_growth_entry_purchase', ['purchaseId', 'number'], { unique: true })
@Index('ix_growth_entry_period', ['memberId', 'occurredAtMs'])
@Index('ix_growth_entry_day', ['memberId', 'businessDate'])
export class GrowthEntry {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  /** Its place among the member's entries, from 1. */
  @Field(integerWord) seq!: number
  /** The sale it is about. */
  @Field(idWord) purchaseId!: string
  /** Its place among the entries of the sale, from 1: nothing is written twice. */
  @Field(countWord) number!: number
  /** Signed. */
  @Field(integerWord) growth!: number
  /** 1: a purchase that counted by itself on its day. -1: it does no longer. 0: neither. */
  @Field(countWord) counted!: number
  @Field(keyWord(16)) reason!: string
  @Field(countWord) schemeVersion!: number
  @Field(keyWord(255)) explanation!: string
  /** The day of the sale. */
  @Field(dateWord) businessDate!: string
  /** When the sale was made: what is taken of it leaves the period with it. */
  @Field(integerWord) occurredAtMs!: number
  @Field(integerWord) recordedAtMs!: number
  @Field(sha256Word) previousHash!: string
  @Field(sha256Word) hash!: string
}
