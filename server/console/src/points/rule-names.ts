import { useLevels, type Levels } from '../levels/use-levels.js'
import { useStores, type Stores } from '../members/use-stores.js'
import { editorStrings } from './strings.js'

/** What a rule names by id or code, as people call it. */
export interface RuleNames {
  stores: Stores
  levels: Levels
}

export function useRuleNames(): RuleNames {
  return { stores: useStores(), levels: useLevels() }
}

/** The levels to choose from; a code that was chosen and is none stays, and is shown as such. */
export function levelOptions({ list, isKnown, nameOf }: Levels, chosen: readonly string[]) {
  const others = [...new Set(chosen)].filter((code) => nameOf(code) === '')
  return [
    ...list.map(({ code, name }) => ({ value: code, label: name })),
    ...others.map((code) => ({
      value: code,
      label: isKnown ? editorStrings.unknownLevel(code) : code,
    })),
  ]
}
