// The habits a machine can see. Each rule is a pattern that must not occur; the words are put
// together from parts so that this file keeps them too.

export interface StyleRule {
  name: string
  /** Which files it is about, by path. */
  about: RegExp
  notAbout?: RegExp
  refused: RegExp
}

export const FILE_LINES_MAX = 400

export const CODE = /\.(ts|tsx|js|mjs|cjs)$/
export const TEXT = /\.(ts|tsx|js|mjs|cjs|json|md|html|scss|css|sh|yml|yaml)$|^\.ci\/run$/

const SPEC = /\.spec\.ts$/

export const STYLE_RULES: StyleRule[] = [
  {
    name: 'no test is singled out or switched off',
    about: SPEC,
    refused: new RegExp(
      '\\.(on' + 'ly|todo)\\(|\\b(f|x)(it|describe)\\(|\\b(it|test)\\.ski' + 'p\\(',
    ),
  },
  {
    name: 'nothing is left for later',
    about: CODE,
    refused: new RegExp('\\b(TO' + 'DO|FIX' + 'ME|XX' + 'X)\\b'),
  },
  {
    name: 'no rule is switched off',
    about: CODE,
    refused: new RegExp(
      '(eslint-dis' + 'able|@ts-ign' + 'ore|@ts-noch' + 'eck|prettier-ign' + 'ore)',
    ),
  },
  {
    // save() reads before it writes; an upsert on MariaDB rewrites a row it met through another
    // unique key. Statements say what they mean. (A canvas also has a save(): pages are not meant.)
    name: 'statements are explicit on the server',
    about: /^server\/.*\.ts$/,
    notAbout: /^server\/console\/|\.spec\.ts$/,
    refused: /\.(save|upsert|orIgnore|orUpdate)\(/,
  },
  {
    name: 'no path of one machine',
    about: TEXT,
    refused: /(^|[\s'"`(=:])\/(?:work|root|home|Users)\//m,
  },
  { name: 'no barrels', about: CODE, refused: /^export \* from/m },
  {
    // A page of Taro is a folder with an index, and so is its configuration.
    name: 'no index files',
    about: /(^|\/)index\.(ts|js|mjs)$/,
    notAbout: /^miniapp\/config\//,
    refused: /^/,
  },
]

/** `name: path:line` for every place that breaks a rule. */
export function styleFaults(file: { path: string; text: string }): string[] {
  return STYLE_RULES.flatMap((rule) => {
    if (!rule.about.test(file.path) || rule.notAbout?.test(file.path)) return []
    const found = rule.refused.exec(file.text)
    if (!found) return []
    const line = file.text.slice(0, found.index).split('\n').length
    return [`${rule.name}: ${file.path}:${line}`]
  })
}

/** The file when it is longer than a file may be. */
export function lengthFaults(file: { path: string; text: string }): string[] {
  const lines = file.text.trimEnd().split('\n').length
  return CODE.test(file.path) && lines > FILE_LINES_MAX ? [`${file.path} has ${lines} lines`] : []
}
