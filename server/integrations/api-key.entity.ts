import { Entity, Index } from 'typeorm'
import {
  Field,
  KeyField,
  idWord,
  keyWord,
  integerWord,
  sha256Word,
  nullable,
} from '../platform/columns.js'

/** What one outside system proves itself with, and what it may do for one store. */
@Entity('api_key')
@Index('ix_api_key_store', ['storeId'])
export class ApiKey {
  @KeyField(idWord) id!: string
  @Field(keyWord(100)) name!: string
  @Field(idWord) storeId!: string
  @Field(sha256Word) keySha256!: string
  /** Comma-separated. */
  @Field(keyWord(255)) scopes!: string
  @Field(keyWord(16)) state!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) lastUsedAtMs!: number | null
  @Field(nullable(integerWord)) revokedAtMs!: number | null
}
