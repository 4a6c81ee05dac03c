// Chinese script for the comparison of names: traditional characters as simplified ones, and how
// characters sound. The two libraries are loaded at the first use: a server that never looks for
// duplicates does not carry their tables.

export interface Chinese {
  /** Simplified characters in place of traditional ones. */
  simplified(text: string): string
  /** Pinyin without tones, a syllable each; what is not Chinese is left out. `surname` first. */
  syllables(text: string): string[]
}

/** What is used of opencc-js; its own declarations are not resolved from an ES module. */
interface OpenCc {
  Converter(options: { from: 't'; to: 'cn' }): (text: string) => string
}

let loading: Promise<Chinese> | undefined

/** The script tables, loaded once. */
export function loadChinese(): Promise<Chinese> {
  loading ??= load()
  return loading
}

async function load(): Promise<Chinese> {
  const [{ pinyin }, opencc] = await Promise.all([import('pinyin-pro'), import('opencc-js/t2cn')])
  return {
    simplified: (opencc as unknown as OpenCc).Converter({ from: 't', to: 'cn' }),
    syllables: (text) =>
      pinyin(text, {
        toneType: 'none',
        type: 'array',
        surname: 'head',
        nonZh: 'removed',
        toneSandhi: false,
        v: true,
      }),
  }
}
