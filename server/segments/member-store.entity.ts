import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, nullable } from '../platform/columns.js'

/** A member's tie to one store: registered there or bought there. Derived from events. */
@Entity('member_store')
@Index('ix_member_store_member', ['memberId'])
export class MemberStore {
  @KeyField(idWord) storeId!: string
  @KeyField(idWord) memberId!: string
  @Field(countWord) purchaseCount!: number
  @Field(integerWord) totalFen!: number
  @Field(nullable(integerWord)) lastPurchaseAtMs!: number | null
}
