import { Injectable } from '@nestjs/common'
import { loadChinese } from './matching/chinese.js'
import { namesDiffer } from './matching/compare.js'
import { prepare } from './matching/prepare.js'

/** Are two names of two people? The same answer as the search for doubles gives. */
export type NameComparer = (one: string, other: string) => boolean

@Injectable()
export class NameComparisonService {
  /** Loads what Chinese names are compared by; the comparer itself reads nothing. */
  async comparer(): Promise<NameComparer> {
    const chinese = await loadChinese()
    const prepared = (name: string) => prepare({ id: '', fields: { name }, verified: [] }, chinese)
    return (one, other) => one !== other && namesDiffer(prepared(one), prepared(other))
  }
}
