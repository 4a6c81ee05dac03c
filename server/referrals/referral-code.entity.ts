import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord } from '../platform/columns.js'

/** The code under which a member brings friends. */
@Entity('referral_code')
@Index('ux_referral_code', ['code'], { unique: true })
export class ReferralCode {
  @KeyField(idWord) memberId!: string
  @Field(keyWord(8)) code!: string
  @Field(integerWord) createdAtMs!: number
}
