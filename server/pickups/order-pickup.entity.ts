import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** An online order that is fetched in a store. Whose it is, is told by its purchase. */
@Entity('order_pickup')
@Index('ux_order_pickup_code', ['code'], { unique: true })
@Index('ix_order_pickup_store', ['storeId', 'state', 'purchaseId'])
@Index('ix_order_pickup_state', ['state', 'purchaseId'])
export class OrderPickup {
  @KeyField(idWord) purchaseId!: string
  /** Where it is fetched: whoever makes it ready or hands it over does so there. */
  @Field(idWord) storeId!: string
  /** What is shown in the store. */
  @Field(keyWord(10)) code!: string
  /** See `pickupStateSchema`. */
  @Field(keyWord(10)) state!: string
  @Field(integerWord) orderedAtMs!: number
  /** When it will probably be ready, as the shop said. */
  @Field(nullable(integerWord)) expectedAtMs!: number | null
  @Field(nullable(integerWord)) readyAtMs!: number | null
  @Field(nullable(idWord)) readyBy!: string | null
  @Field(nullable(integerWord)) endedAtMs!: number | null
  /** The staff member who handed it over in the console, or `system:refund`. */
  @Field(nullable(keyWord(32))) endedBy!: string | null
  /** The till where it was handed over. */
  @Field(nullable(idWord)) terminalId!: string | null
  /** The request of the till. */
  @Field(nullable(idWord)) endRequestId!: string | null
}
