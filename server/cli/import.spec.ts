import { describe, expect, it } from '@jest/globals'
import type { Config } from '../platform/config.js'
import { importFile, wantedOf } from './import.js'

describe('the words of the import command', () => {
  it('says which file, whose shop, which columns, and where to write what was left out', () => {
    const words = 'a.csv --store S01 --map phone=电话,name=称呼 --dry-run --rejected left.csv'
    expect(wantedOf(words.split(' '))).toEqual({
      ...{ path: 'a.csv', storeCode: 'S01', template: null, earnsPoints: false, isDryRun: true },
      map: new Map([
        ['phone', '电话'],
        ['name', '称呼'],
      ]),
      rejectedPath: 'left.csv',
    })
  })

  it.each([
    ['no words', ''],
    ['no store', 'a.csv'],
    ['no file', '--store S01'],
    ['two files', 'a.csv b.csv --store S01'],
    ['a field there is none of', 'a.csv --store S01 --map nothing=手机号'],
    ['a column without a name', 'a.csv --store S01 --map phone='],
    ['nowhere to write to', 'a.csv --store S01 --rejected'],
    ['a word it does not know', 'a.csv --store S01 --force'],
  ])('tells how it is used, and opens nothing, for %s', async (_what, words) => {
    const said: string[] = []
    const nothing = null as unknown as Config
    const code = await importFile(
      nothing,
      words.split(' ').filter((word) => word !== ''),
      (line) => said.push(line),
    )
    expect(code).toBe(2)
    expect(said.join()).toContain('用法')
  })
})
