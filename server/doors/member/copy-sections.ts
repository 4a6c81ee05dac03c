import { localTime } from '@huike/shared/local-time'
import { formatFen, type Fen } from '@huike/shared/quantities'

// A copy of what is held of a member, as sections of rows. The same rows are written twice: as JSON
// for machines, and as a page without a script for people.

const TIME_ZONE = 'Asia/Shanghai'

export type Cell = string | number | null | readonly object[]
export interface CopyRow {
  /** What a machine reads. */
  facts: Readonly<Record<string, Cell>>
  /** What a person reads: label, and the words for it. */
  words: readonly (readonly [label: string, words: string])[]
}

/** Rows come in pages, so that the longest history needs no more memory than a short one. */
export interface CopySection {
  name: string
  title: string
  /** Said of a section that has no rows. */
  none: string
  pages: AsyncIterable<readonly CopyRow[]>
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Writes the copy as JSON: one array for each section. */
export async function* copyAsJson(
  head: Readonly<Record<string, Cell>>,
  sections: readonly CopySection[],
): AsyncGenerator<string> {
  yield JSON.stringify(head).slice(0, -1)
  for (const { name, pages } of sections) {
    yield `,\n${JSON.stringify(name)}:[`
    let isFirst = true
    for await (const rows of pages)
      for (const { facts } of rows) {
        yield `${isFirst ? '' : ','}\n${JSON.stringify(facts)}`
        isFirst = false
      }
    yield ']'
  }
  yield '}\n'
}

/** Writes the copy as a page for people. */
export async function* copyAsPage(
  title: string,
  lead: string,
  sections: readonly CopySection[],
): AsyncGenerator<string> {
  yield `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>body{font:16px/1.6 sans-serif;max-width:44em;margin:0 auto;padding:16px;color:#1b2420;background:#fff;overflow-wrap:anywhere}h1{font-size:22px}h2{font-size:18px;border-bottom:1px solid #d9e0dc;padding-bottom:4px;margin-top:32px}p{color:#55635d}dl{display:grid;grid-template-columns:minmax(6em,max-content) 1fr;gap:2px 16px;margin:0;padding:12px 0;border-bottom:1px solid #eef1ef}dt{color:#55635d}dd{margin:0}</style></head><body><h1>${escaped(title)}</h1><p>${escaped(lead)}</p>`
  for (const section of sections) {
    yield `<section><h2>${escaped(section.title)}</h2>`
    let isEmpty = true
    for await (const rows of section.pages)
      for (const { words } of rows) {
        isEmpty = false
        const facts = words.map(
          ([label, text]) => `<dt>${escaped(label)}</dt><dd>${escaped(text)}</dd>`,
        )
        yield `<dl>${facts.join('')}</dl>`
      }
    yield isEmpty ? `<p>${escaped(section.none)}</p></section>` : '</section>'
  }
  yield '</body></html>\n'
}

/** An instant as a person reads it, by the chain's own clock. */
export function timeInWords(atMs: number): string {
  return localTime(atMs, TIME_ZONE).replace('T', ' ')
}

/** Money as a person reads it. */
export function moneyInWords(amountFen: number): string {
  return amountFen < 0 ? `−${formatFen(-amountFen as Fen)}` : formatFen(amountFen as Fen)
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
