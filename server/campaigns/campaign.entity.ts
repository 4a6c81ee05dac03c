import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** Who is written to, what they read, and how far it has come. */
@Entity('campaign')
@Index('ux_campaign_key', ['createdBy', 'idempotencyKey'], { unique: true })
@Index('ix_campaign_due', ['state', 'nextAtMs'])
@Index('ix_campaign_created', ['createdAtMs', 'id'])
export class Campaign {
  @KeyField(idWord) id!: string
  @Field(keyWord(160)) name!: string
  @Field(keyWord(16)) state!: string
  /** JSON: the audience as it was asked for, with the stores it stands for. */
  @Field(textWord) audience!: string
  @Field(keyWord(32)) channels!: string
  @Field(idWord) contentId!: string
  /** The coupon everybody who is written to gets, and the version they were promised. */
  @Field(nullable(idWord)) couponTemplateId!: string | null
  @Field(nullable(countWord)) couponVersion!: number | null
  @Field(integerWord) sendAtMs!: number
  /** When the audience is looked at: people are picked by what was true then. */
  @Field(nullable(integerWord)) launchedAtMs!: number | null
  /** The last member written down so far; picking goes on after it. */
  @Field(nullable(idWord)) pickedUpTo!: string | null
  @Field(countWord) pickedCount!: number
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
  @Field(idWord) createdBy!: string
  @Field(keyWord(64)) idempotencyKey!: string
  @Field(keyWord(64)) inputSha256!: string
  @Field(integerWord) createdAtMs!: number
}
