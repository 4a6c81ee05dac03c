import { Entity, Index } from 'typeorm'
import {
  countWord,
  Field,
  KeyField,
  idWord,
  integerWord,
  keyWord,
  nullable,
} from '../platform/columns.js'

/** The customers of somebody who was stopped, on their way to a colleague or to the store. */
@Entity('staff_handover')
@Index('ix_staff_handover_due', ['nextAtMs'])
@Index('ix_staff_handover_staff', ['staffId', 'id'])
export class StaffHandover {
  @KeyField(idWord) id!: string
  @Field(idWord) staffId!: string
  @Field(nullable(idWord)) successorId!: string | null
  /** running, done, or cancelled: the person is back. */
  @Field(keyWord(16)) state!: string
  @Field(countWord) movedCount!: number
  /** When it is looked at again. */
  @Field(integerWord) nextAtMs!: number
  @Field(idWord) createdBy!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) finishedAtMs!: number | null
}
