import type { LevelsPage } from '@huike/shared/contracts/levels'
import { useQuery } from '../use-query.js'
import { formStrings } from './form-strings.js'

export interface LevelNames {
  /** The levels to choose from; one that was chosen stays so, also where its name was not read. */
  optionsWith: (chosen: readonly string[]) => { value: string; label: string }[]
}

/** The levels of members by name. */
export function useLevelNames(): LevelNames {
  const { value } = useQuery<LevelsPage>('/levels')
  const known = (value?.members ?? []).map(({ code, name }) => ({ value: code, label: name }))
  return {
    optionsWith: (chosen) => [
      ...known,
      ...chosen
        .filter((code) => known.every((one) => one.value !== code))
        .map((code) => ({ value: code, label: formStrings.unknownLevel(code) })),
    ],
  }
}
