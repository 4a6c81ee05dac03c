import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  countWord,
  nullable,
} from '../platform/columns.js'

/** One event on its way to one subscription: pending, then done, dead or cancelled. */
@Entity('webhook_delivery')
@Index('ux_webhook_delivery_event', ['subscriptionId', 'eventId'], { unique: true })
@Index('ix_webhook_delivery_due', ['state', 'nextAtMs'])
export class WebhookDelivery {
  @KeyField(idWord) id!: string
  @Field(idWord) subscriptionId!: string
  @Field(idWord) eventId!: string
  @Field(keyWord(16)) state!: string
  @Field(countWord) attempts!: number
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(keyWord(255))) lastError!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) settledAtMs!: number | null
}
