import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  textWord,
  nullable,
} from '../platform/columns.js'

/** Where an integration wants to be told of its store's events. */
@Entity('webhook_subscription')
@Index('ix_webhook_subscription_key', ['apiKeyId', 'state'])
@Index('ix_webhook_subscription_store', ['state', 'storeId'])
export class WebhookSubscription {
  @KeyField(idWord) id!: string
  @Field(idWord) apiKeyId!: string
  @Field(idWord) storeId!: string
  @Field(textWord) url!: string
  @Field(textWord) secretSealed!: string
  /** Comma-separated. */
  @Field(keyWord(255)) eventTypes!: string
  @Field(keyWord(16)) state!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) deletedAtMs!: number | null
}
