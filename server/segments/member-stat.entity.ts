import { Entity, Index } from 'typeorm'
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
@Index('ix_member_stat_last', ['lastPurchaseAtMs', 'memberId'])
export class MemberStat {
  @KeyField(idWord) memberId!: string
  @Field(countWord) purchaseCount!: number
  @Field(integerWord) totalFen!: number
  @Field(nullable(integerWord)) lastPurchaseAtMs!: number | null
  @Field(nullable(dateWord)) lastBusinessDate!: string | null
  /** Where the last purchase was made. */
  @Field(nullable(idWord)) lastStoreId!: string | null
  /** Null in rows of a version that did not count them: read as 0. */
  @Field(nullable(countWord)) onlineCount!: number | null
}
