import { Entity, Index } from 'typeorm'
import { KeyField, countWord, idWord } from '../platform/columns.js'

/** A store that a version of an item names: its goods are fetched there, and in no other store. */
@Entity('mall_pickup')
@Index('ix_mall_pickup_store', ['storeId', 'itemId', 'version'])
export class MallPickup {
  @KeyField(idWord) itemId!: string
  @KeyField(countWord) version!: number
  @KeyField(idWord) storeId!: string
}
