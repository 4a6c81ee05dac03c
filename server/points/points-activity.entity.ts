import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, keyWord } from '../platform/columns.js'

/** Something a member did that gave points without a purchase. */
@Entity('points_activity')
@Index('ux_points_activity_occasion', ['memberId', 'kind', 'occasion'], { unique: true })
export class PointsActivity {
  /** The source key of its transfer; of a review, the purchase; of who was brought, the member. */
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  /** sign_in, profile, review, referral or referred: the reason of its transfer. */
  @Field(keyWord(16)) kind!: string
  /** The day, `YYYY-MM-DD`; nothing of what is done once; else the how-manieth it is. */
  @Field(keyWord(10)) occasion!: string
  /** Days in a row; 1 where there are none. */
  @Field(countWord) streakDays!: number
  @Field(integerWord) points!: number
  @Field(integerWord) atMs!: number
}
