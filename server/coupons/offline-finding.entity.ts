import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** Something of an offline redemption that a person should read; only appended to. */
@Entity('offline_finding')
@Index('ix_offline_finding_store', ['storeId', 'id'])
@Index('ix_offline_finding_member', ['memberId', 'id'])
export class OfflineFinding {
  /** Minted on the till where the till refused. */
  @KeyField(idWord) id!: string
  /** See `offlineFindingSchema`. */
  @Field(keyWord(16)) kind!: string
  /** Why it was refused. */
  @Field(nullable(keyWord(32))) code!: string | null
  @Field(idWord) storeId!: string
  @Field(idWord) terminalId!: string
  @Field(nullable(idWord)) memberId!: string | null
  @Field(nullable(idWord)) allowanceId!: string | null
  @Field(nullable(idWord)) purchaseId!: string | null
  /** What exceeded. */
  @Field(nullable(integerWord)) points!: number | null
  @Field(nullable(integerWord)) offFen!: number | null
  @Field(integerWord) atMs!: number
  @Field(integerWord) recordedAtMs!: number
}
