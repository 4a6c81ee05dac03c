import type { LevelNames } from '@huike/shared/contracts/levels'
import { useQuery } from '../use-query.js'

export interface Levels {
  /** Every level there is, from the lowest; empty until they are read. */
  list: LevelNames['levels']
  isKnown: boolean
  /** '' for a code that was never published. */
  nameOf: (code: string) => string
}

/** The levels, for choosing some and naming them. */
export function useLevels(): Levels {
  const { value } = useQuery<LevelNames>('/levels/names')
  const list = value?.levels ?? []
  return {
    list,
    isKnown: value !== null,
    nameOf: (code) => list.find((level) => level.code === code)?.name ?? '',
  }
}
