import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  blindIndexWord,
  idWord,
  integerWord,
  keyWord,
} from '../platform/columns.js'

/** A purchase of somebody who was named and not known yet: it waits for whoever proves to be them. */
@Entity('stray_purchase')
@Index('ix_stray_purchase_value', ['kind', 'namespace', 'valueIndex'])
export class StrayPurchase {
  @KeyField(idWord) purchaseId!: string
  /** What named them, as an identity of theirs would be found. */
  @Field(keyWord(16)) kind!: string
  @Field(keyWord(64)) namespace!: string
  @Field(blindIndexWord) valueIndex!: string
  @Field(integerWord) occurredAtMs!: number
}
