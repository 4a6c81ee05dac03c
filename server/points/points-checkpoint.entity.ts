import { Entity } from 'typeorm'
import {
  Field,
  KeyField,
  countWord,
  integerWord,
  keyWord,
  sha256Word,
} from '../platform/columns.js'

/** A signed statement of where the chains of the points book stood. */
@Entity('points_checkpoint')
export class PointsCheckpoint {
  /** From 1; 0 is there from the beginning and signs nothing. */
  @KeyField(countWord) number!: number
  @Field(integerWord) takenAtMs!: number
  /** Heads that had moved since the one before. */
  @Field(countWord) heads!: number
  @Field(sha256Word) previousRoot!: string
  /** Merkle root over those heads, in the order of their members. */
  @Field(sha256Word) root!: string
  /** Ed25519, base64url. */
  @Field(keyWord(86)) signature!: string
}
