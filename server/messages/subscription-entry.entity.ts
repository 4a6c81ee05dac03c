import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, keyWord } from '../platform/columns.js'

/** An appended fact of the ledger of WeChat subscription credits: +1 an accept, −1 a send. */
@Entity('subscription_entry')
@Index('ux_subscription_entry_source', ['reason', 'sourceKey'], { unique: true })
@Index('ix_subscription_entry_balance', ['identityId', 'templateId'])
export class SubscriptionEntry {
  @KeyField(idWord) id!: string
  /** The WeChat identity the credit belongs to. */
  @Field(idWord) identityId!: string
  @Field(keyWord(64)) templateId!: string
  @Field(countWord) credits!: number
  /** accepted, sent, refused (43101: what was left), returned (not sent after all). */
  @Field(keyWord(16)) reason!: string
  @Field(keyWord(100)) sourceKey!: string
  @Field(integerWord) occurredAtMs!: number
}
