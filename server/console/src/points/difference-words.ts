import { count } from '../format.js'
import { trialStrings as words } from './report-strings.js'

/** How many points more, or fewer. */
export function differenceWords(more: number): string {
  if (more === 0) return words.same
  return more > 0 ? words.more(count(more)) : words.less(count(-more))
}
