import { Entity, Index } from 'typeorm'
import { Field, KeyField, idWord, keyWord, integerWord, nullable } from '../platform/columns.js'

/** A person who signs in to the console. */
@Entity('staff')
@Index('ux_staff_username', ['username'], { unique: true })
export class Staff {
  @KeyField(idWord) id!: string
  @Field(keyWord(64)) username!: string
  @Field(keyWord(100)) name!: string
  @Field(keyWord(16)) role!: string
  @Field(keyWord(16)) state!: string
  @Field(keyWord(255)) passwordHash!: string
  @Field(integerWord) createdAtMs!: number
  @Field(nullable(integerWord)) lastSignInAtMs!: number | null
}
