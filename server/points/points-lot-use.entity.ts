import { Entity } from 'typeorm'
import { Field, KeyField, idWord, integerWord } from '../platform/columns.js'

/** What a transfer took from a lot, so that giving it back gives back the same points. */
@Entity('points_lot_use')
export class PointsLotUse {
  @KeyField(idWord) transferId!: string
  @KeyField(idWord) lotId!: string
  @Field(integerWord) points!: number
  /** Of these, given back since. */
  @Field(integerWord) returnedPoints!: number
}
