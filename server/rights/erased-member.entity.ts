import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, integerWord } from '../platform/columns.js'

/** An id that stands for nobody any more: what tills still hold of it they are told to drop. */
@Entity('erased_member')
@Index('ix_erased_member_at', ['erasedAtMs', 'memberId'])
export class ErasedMember {
  @KeyField(idWord) memberId!: string
  @Field(idWord) requestId!: string
  @Field(integerWord) erasedAtMs!: number
}
