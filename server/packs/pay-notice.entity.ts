import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'

/** What WeChat Pay told, verified and decrypted, until it was acted on. */
@Entity('pay_notice')
@Index('ix_pay_notice_due', ['nextAtMs'])
@Index('ix_pay_notice_received', ['receivedAtMs'])
export class PayNoticeRow {
  /** WeChat Pay's own id: told again, it is the same. */
  @KeyField(keyWord(64)) id!: string
  /** trade, refund. */
  @Field(keyWord(8)) kind!: string
  /** The order's number, or the refund's. */
  @Field(keyWord(64)) number!: string
  /** What it says, as JSON; whose payment it is by a blind index alone. */
  @Field(textWord) facts!: string
  @Field(integerWord) receivedAtMs!: number
  /** When it is acted on; null: it was. */
  @Field(nullable(integerWord)) nextAtMs!: number | null
  @Field(countWord) attempts!: number
}
