import { Entity, Index } from 'typeorm'
import { KeyField, idWord, integerWord } from '../platform/columns.js'

/** One thing a member may be met by: a keyed hash of 48 bits, which tells nothing without the key. */
@Entity('matching_key')
@Index('ix_matching_key_hash', ['keyHash', 'memberId'])
export class MatchingKey {
  @KeyField(idWord) memberId!: string
  @KeyField(integerWord) keyHash!: number
}
