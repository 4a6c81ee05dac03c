import { describe, expect, it } from '@jest/globals'
import { sourceFiles } from './source-files.js'
import { FILE_LINES_MAX, STYLE_RULES, TEXT, lengthFaults, styleFaults } from './style-rules.js'

const files = sourceFiles(TEXT)

describe('every file', () => {
  it('keeps the habits a machine can see', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap(styleFaults)).toEqual([])
  })

  it(`has at most ${FILE_LINES_MAX} lines`, () => {
    expect(files.flatMap(lengthFaults)).toEqual([])
  })
})

describe('the check of style', () => {
  const faulty: [rule: string, path: string, text: string][] = [
    ['no test is singled out or switched off', 'a.spec.ts', 'it.on' + "ly('x')"],
    ['no test is singled out or switched off', 'a.spec.ts', 'it.ski' + "p('x')"],
    ['nothing is left for later', 'shared/a.ts', '// TO' + 'DO: more'],
    ['no rule is switched off', 'shared/a.ts', '// eslint-dis' + 'able-next-line'],
    ['statements are explicit on the server', 'server/flows/a.ts', 'await manager.save(row)'],
    ['statements are explicit on the server', 'server/points/a.ts', 'query.orIgnore()'],
    ['no path of one machine', 'README.md', 'see `/ro' + 'ot/notes`'],
    ['no barrels', 'shared/all.ts', "export * from './a.js'"],
    ['no index files', 'server/index.ts', 'export const a = 1'],
  ]
  const fine: [path: string, text: string][] = [
    ['server/console/src/chart.ts', 'context.save()'],
    ['server/flows/a.ts', 'saveable()'],
    ['docs/a.md', 'GET /home and /workshop/'],
    ['miniapp/src/pages/home/index.tsx', 'export default Home'],
    ['tests/rig/a.ts', 'describe.skip(title, suite)'],
  ]

  it.each(faulty)('finds by "%s" what is wrong in %s', (rule, path, text) => {
    expect(styleFaults({ path, text })).toEqual([`${rule}: ${path}:1`])
  })

  it.each(fine)('lets %s say "%s"', (path, text) => {
    expect(styleFaults({ path, text })).toEqual([])
  })

  it('has a case for every rule', () => {
    const tried = new Set(faulty.map(([rule]) => rule))
    expect(STYLE_RULES.filter(({ name }) => !tried.has(name))).toEqual([])
  })

  it('counts lines', () => {
    const text = 'x\n'.repeat(FILE_LINES_MAX)
    expect(lengthFaults({ path: 'a.ts', text })).toEqual([])
    expect(lengthFaults({ path: 'a.ts', text: `${text}x` })).toEqual(['a.ts has 401 lines'])
  })
})
