import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** Points set aside for an order at a till. */
@Entity('points_hold')
@Index('ix_points_hold_due', ['state', 'deadlineAtMs'])
@Index('ix_points_hold_member', ['memberId', 'state'])
@Index('ix_points_hold_purchase', ['purchaseId'])
export class PointsHold {
  /** Minted on the till. */
  @KeyField(idWord) id!: string
  /** Whose points they are. */
  @Field(idWord) memberId!: string
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  @Field(integerWord) points!: number
  /** What they take off the order, and what the order comes to before. */
  @Field(integerWord) valueFen!: number
  @Field(integerWord) orderFen!: number
  /** reserved; spent: an order was paid with them; released; unpaid: see points-holds.service.ts. */
  @Field(keyWord(8)) state!: string
  /** How often they were set aside: once more where the order came after the deadline. */
  @Field(countWord) round!: number
  /** The transfer that set them aside last. */
  @Field(idWord) heldTransferId!: string
  /** When the last of them expire: what is given back to another record of the person does then. */
  @Field(integerWord) expiresAtMs!: number
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) deadlineAtMs!: number
  @Field(nullable(integerWord)) endedAtMs!: number | null
  /** The order they paid. */
  @Field(nullable(idWord)) purchaseId!: string | null
  /** By what a till set them aside without a network; null where the server was asked. */
  @Field(nullable(idWord)) allowanceId!: string | null
}
