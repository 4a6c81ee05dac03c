import { Entity, Index } from 'typeorm'
import { KeyField, idWord } from '../platform/columns.js'

/** A store that a manager or a cashier acts for. */
@Entity('staff_store')
@Index('ix_staff_store_store', ['storeId'])
export class StaffStore {
  @KeyField(idWord) staffId!: string
  @KeyField(idWord) storeId!: string
}
