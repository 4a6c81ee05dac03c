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

/** One message to one member: claimed before it is sent, and never sent twice. */
@Entity('message')
@Index('ux_message_campaign', ['campaignId', 'memberId'], { unique: true })
@Index('ix_message_due', ['state', 'nextAtMs'])
@Index('ix_message_member', ['memberId', 'sentAtMs', 'id'])
@Index('ix_message_result', ['campaignId', 'state', 'reason', 'channel'])
export class Message {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(idWord) contentId!: string
  /** Null for a message that belongs to no campaign. */
  @Field(nullable(idWord)) campaignId!: string | null
  @Field(keyWord(32)) purpose!: string
  /** Channels still to try, in order, comma-separated. */
  @Field(keyWord(32)) channels!: string
  /** The channel in use: of a sent message the one that took it. */
  @Field(nullable(keyWord(8))) channel!: string | null
  @Field(keyWord(16)) state!: string
  @Field(nullable(keyWord(32))) reason!: string | null
  @Field(countWord) attempts!: number
  /** When it is due; of one being sent, when its lease ends. */
  @Field(integerWord) nextAtMs!: number
  /** Not sent to somebody who bought after this. */
  @Field(nullable(integerWord)) unlessBoughtAfterMs!: number | null
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) changedAtMs!: number
  @Field(nullable(integerWord)) sentAtMs!: number | null
  @Field(nullable(integerWord)) readAtMs!: number | null
  /** The provider's own id of it. */
  @Field(nullable(keyWord(64))) providerId!: string | null
}
