import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  integerWord,
  countWord,
  dateWord,
  nullable,
} from '../platform/columns.js'

/** What is counted per member; derived from events, rebuildable. */
@Entity('member_stat')
export class MemberStat {
  @KeyField(idWord) memberId!: string
  @Field(countWord) purchaseCount!: number
  @Field(integerWord) totalFen!: number
  @Field(nullable(integerWord)) lastPurchaseAtMs!: number | null
  @Field(nullable(dateWord)) lastBusinessDate!: string | null
}
