import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  sha256Word,
  nullable,
} from '../platform/columns.js'

/** What was answered to each event of a till: the same event again gets the same answer. */
@Entity('agent_event')
export class AgentEvent {
  @KeyField(idWord) eventId!: string
  @Field(idWord) terminalId!: string
  @Field(keyWord(32)) type!: string
  @Field(sha256Word) contentSha256!: string
  @Field(keyWord(16)) status!: string
  @Field(nullable(keyWord(32))) code!: string | null
  @Field(nullable(idWord)) purchaseId!: string | null
  @Field(nullable(idWord)) memberId!: string | null
  @Field(nullable(integerWord)) points!: number | null
  @Field(nullable(integerWord)) balancePoints!: number | null
  @Field(integerWord) receivedAtMs!: number
  /** Why coupons are not off the receipt, beside `code`. */
  @Field(nullable(keyWord(32))) couponCode!: string | null
}
