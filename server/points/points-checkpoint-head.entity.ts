import { Entity, Index } from 'typeorm'
import { Field, KeyField, countWord, idWord, integerWord, sha256Word } from '../platform/columns.js'

/** Where the chain of a member stood at a checkpoint. */
@Entity('points_checkpoint_head')
@Index('ix_points_checkpoint_head_number', ['number', 'memberId', 'headSeq'])
export class PointsCheckpointHead {
  @KeyField(idWord) memberId!: string
  @KeyField(integerWord) headSeq!: number
  @Field(sha256Word) headHash!: string
  @Field(countWord) number!: number
}
