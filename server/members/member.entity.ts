import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, nullable } from '../platform/columns.js'

/** The master record of one person. A merged record answers with its survivor. */
@Entity('member')
@Index('ux_member_no', ['memberNo'], { unique: true })
@Index('ix_member_created', ['createdAtMs', 'id'])
@Index('ix_member_merged', ['mergedIntoId'])
@Index('ix_member_owner', ['ownerStaffId', 'createdAtMs', 'id'])
@Index('ix_member_store', ['registeredStoreId', 'updatedAtMs'])
export class Member {
  @KeyField(idWord) id!: string
  @Field(keyWord(12)) memberNo!: string
  /** pending, active, merged, or erased: the id stays in the books and stands for nobody. */
  @Field(keyWord(16)) state!: string
  @Field(keyWord(16)) levelCode!: string
  @Field(nullable(idWord)) mergedIntoId!: string | null
  @Field(nullable(idWord)) registeredStoreId!: string | null
  @Field(keyWord(16)) registeredChannel!: string
  /** Who registered them, as the till named the employee. */
  @Field(nullable(keyWord(64))) registeredCashier!: string | null
  /** Who of the staff looks after them; null: their store. */
  @Field(nullable(idWord)) ownerStaffId!: string | null
  @Field(integerWord) createdAtMs!: number
  @Field(integerWord) updatedAtMs!: number
}
