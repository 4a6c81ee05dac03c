import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord } from '../platform/columns.js'

/** Points that came in with one transfer, as far as they are still there. */
@Entity('points_lot')
@Index('ix_points_lot_member', ['memberId', 'state', 'expiresAtMs'])
@Index('ix_points_lot_due', ['state', 'expiresAtMs'])
export class PointsLot {
  /** The transfer; the member for what was there before lots were kept. */
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(integerWord) leftPoints!: number
  @Field(integerWord) availableAtMs!: number
  @Field(integerWord) expiresAtMs!: number
  /** open while points are left, then used. */
  @Field(keyWord(8)) state!: string
}
