import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord, keyWord, nullable } from '../platform/columns.js'

/** A member's wish to be forgotten: waiting while it may be taken back, then cancelled or erased. */
@Entity('deletion_request')
@Index('ix_deletion_request_member', ['memberId', 'state'])
@Index('ix_deletion_request_due', ['nextAtMs'])
@Index('ix_deletion_request_state', ['state', 'id'])
export class DeletionRequest {
  @KeyField(idWord) id!: string
  @Field(idWord) memberId!: string
  @Field(keyWord(16)) state!: string
  /** member_page, or console. */
  @Field(keyWord(16)) how!: string
  /** The points the member saw and gave up. */
  @Field(integerWord) pointsThen!: number
  @Field(integerWord) requestedAtMs!: number
  /** The end of the cooling-off days. */
  @Field(integerWord) dueAtMs!: number
  /** When it is looked at again. */
  @Field(integerWord) nextAtMs!: number
  @Field(nullable(integerWord)) settledAtMs!: number | null
}
