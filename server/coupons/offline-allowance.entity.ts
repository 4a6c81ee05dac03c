import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** What one till may redeem without a network: a coupon, or points of a member. */
@Entity('offline_allowance')
@Index('ux_offline_allowance_subject', ['subjectKey'], { unique: true })
@Index('ix_offline_allowance_till', ['terminalId', 'state', 'endedAtMs'])
@Index('ix_offline_allowance_coupon', ['couponId', 'state'])
@Index('ix_offline_allowance_member', ['memberId', 'state'])
export class OfflineAllowance {
  @KeyField(idWord) id!: string
  /** coupon, points. */
  @Field(keyWord(8)) kind!: string
  @Field(idWord) memberId!: string
  /** `coupon|id` or `points|member`, while it is held: one till at a time. */
  @Field(nullable(keyWord(40))) subjectKey!: string | null
  @Field(nullable(idWord)) couponId!: string | null
  /** The most that may be spent with it, once. */
  @Field(nullable(integerWord)) points!: number | null
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  /** held; returned: by the till, unused; used; released: by staff, the till is lost. */
  @Field(keyWord(8)) state!: string
  @Field(integerWord) grantedAtMs!: number
  /** Until when the till may redeem; it is held until the till has said what became of it. */
  @Field(integerWord) expiresAtMs!: number
  /** Since when it is wanted elsewhere. */
  @Field(nullable(integerWord)) recalledAtMs!: number | null
  @Field(nullable(integerWord)) endedAtMs!: number | null
  @Field(nullable(idWord)) purchaseId!: string | null
}
