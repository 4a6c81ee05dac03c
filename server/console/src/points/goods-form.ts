import type { EarningItems } from '@huike/shared/contracts/console-points'
import { editorStrings } from './strings.js'
import { fieldOf, partsOf, problem, type Problems } from './typed.js'

// Certain goods while somebody names them: by code, by what a code begins with, by words of a name.

const { problem: words } = editorStrings

export const GOODS_NAME_MAX = 12
const ITEM_CODES_MAX = 200
const ITEM_CODE_MAX = 64
const ITEM_WORD_MAX = 30

/** Which goods, as typed. */
export interface GoodsForm {
  goods: 'all' | 'some'
  goodsName: string
  /** Each as typed, one beside the other. */
  goodsCodes: string
  goodsPrefixes: string
  goodsWords: string
}

/** No goods in particular. */
export const ALL_GOODS: GoodsForm = {
  goods: 'all',
  ...{ goodsName: '', goodsCodes: '', goodsPrefixes: '', goodsWords: '' },
}

/** The form of certain goods; null stands for all. */
export function goodsFormOf(items: EarningItems | null): GoodsForm {
  if (items === null) return ALL_GOODS
  const { name, codes, prefixes, words: inName } = items
  return {
    ...{ goods: 'some', goodsName: name, goodsCodes: codes.join('，') },
    ...{ goodsPrefixes: prefixes.join('，'), goodsWords: inName.join('，') },
  }
}

/** What is wrong with the goods that `key` stands for. */
export function goodsProblems(key: string, { goods, goodsName, ...typed }: GoodsForm): Problems {
  if (goods === 'all') return {}
  const isName = goodsName.trim().length <= GOODS_NAME_MAX
  const lists = [
    { field: 'goodsCodes', those: listOf(typed.goodsCodes), most: ITEM_CODE_MAX },
    { field: 'goodsPrefixes', those: listOf(typed.goodsPrefixes), most: ITEM_CODE_MAX },
    { field: 'goodsWords', those: listOf(typed.goodsWords), most: ITEM_WORD_MAX },
  ]
  const isNothing = lists.every(({ those }) => those.length === 0)
  return {
    ...problem(fieldOf(key, 'goodsName'), goodsName, isName, words.name(String(GOODS_NAME_MAX))),
    ...(isNothing ? { [fieldOf(key, 'goodsWords')]: words.goodsNone } : {}),
    ...Object.fromEntries(
      lists
        .filter(({ those, most }) => those.length > ITEM_CODES_MAX || isLonger(those, most))
        .map(({ field, most }) => [
          fieldOf(key, field),
          words.goods(String(ITEM_CODES_MAX), String(most)),
        ]),
    ),
  }
}

/** The goods of a form; null for all. */
export function goodsOf(form: GoodsForm): EarningItems | null {
  if (form.goods === 'all') return null
  const { goodsName, goodsCodes, goodsPrefixes, goodsWords } = form
  return {
    ...{ name: goodsName.trim(), codes: listOf(goodsCodes) },
    ...{ prefixes: listOf(goodsPrefixes), words: listOf(goodsWords) },
  }
}

function isLonger(those: readonly string[], most: number): boolean {
  return those.some((one) => one.length > most)
}

function listOf(typed: string): string[] {
  return [...new Set(partsOf(typed))]
}
