import { Entity } from 'typeorm'
import { Field, KeyField, integerWord, keyWord } from '../platform/columns.js'

/**
 * That a number like some hundred others was a brought friend's who was erased: they are not new when
 * they come again. Too short to say whose it was.
 */
@Entity('referral_mark')
export class ReferralMark {
  @KeyField(keyWord(4)) mark!: string
  @Field(integerWord) untilMs!: number
}
