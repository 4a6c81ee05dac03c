import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { dedupe } from './dedupe.js'

const CSV = '会员编号,姓名,手机号\r\nA1,李雷,13812345678\r\nA2,李雷,+86 138 1234 5678\r\n'
/** The same in GBK; made by iconv. */
const GBK = Buffer.from(
  'bbe1d4b1b1e0bac52cd0d5c3fb2ccad6bbfabac50d0a41312cc0eec0d72c31333831323334353637380d0a' +
    '41322cc0eec0d72c31333831323334353637380d0a',
  'hex',
)

describe('dedupe', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'huike-dedupe-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  const run = async (content: string | Uint8Array | null, ...options: string[]) => {
    const file = join(folder, 'in.csv')
    const out = join(folder, 'pairs.csv')
    rmSync(file, { force: true })
    rmSync(out, { force: true })
    if (content !== null) writeFileSync(file, content)
    const said: string[] = []
    const code = await dedupe([file, '--out', out, ...options], (line) => said.push(line))
    const lines = code === 0 ? readFileSync(out, 'utf8').trimEnd().split('\r\n') : []
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
    return { code, lines, said: said.join('\n') }
  }

  it('writes each pair with its score, its verdict and why', async () => {
    const { code, lines } = await run(CSV)
    expect(code).toBe(0)
    expect(lines[0]).toBe('record_a,record_b,score,verdict,reasons')
    expect(lines[1]).toMatch(/^A1,A2,\d+\.\d{3},merge,姓名相同；手机号相同$/)
    expect(lines).toHaveLength(2)
  })

  it.each([
    ['packed', gzipSync(CSV)],
    ['in GBK', GBK],
    ['in UTF-16', Buffer.from(`\ufeff${CSV}`, 'utf16le')],
    ['with a byte order mark', `\ufeff${CSV}`],
    ['parted by tabs', CSV.replaceAll(',', '\t')],
  ])('reads the same %s', async (_title, content) => {
    expect((await run(content)).lines[1]).toMatch(/^A1,A2,.*姓名相同；手机号相同$/)
  })

  it('takes columns as they are mapped, several for one field', async () => {
    const csv = 'no,last,first,tel\n7,李,雷,13812345678\n8,李,雷,13812345678\n'
    const { lines } = await run(csv, '--map', 'id=no,name=last+first,phone=tel')
    expect(lines[1]).toMatch(/^7,8,.*merge/)
  })

  it('calls records by their row where there is no id', async () => {
    const { lines, said } = await run(CSV.replace('会员编号', '备注'))
    expect(lines[1]).toMatch(/^2,3,/)
    expect(said).toContain('行号')
  })

  it('writes nothing a spreadsheet would take for a formula', async () => {
    const { lines } = await run(CSV.replace('A1', '=1+1').replace('A2', '@x'))
    expect(lines[1]).toMatch(/^'=1\+1,'@x,/)
  })

  it('has an answer for a file that only has a header', async () => {
    expect(await run('姓名,手机号\n')).toMatchObject({ code: 0, lines: [expect.anything()] })
  })

  it.each([
    ['no file', null, [], 1, '找不到'],
    ['an empty file', '', [], 1, '空的'],
    ['a file that ends too soon', gzipSync(CSV.repeat(50)).subarray(0, 60), [], 1, '不完整'],
    [
      'a broken archive',
      Buffer.concat([gzipSync(CSV).subarray(0, 20), Buffer.alloc(40, 9)]),
      [],
      1,
      '损坏',
    ],
    ['a quote that is not closed', `${CSV}A3,"李`, [], 1, '引号'],
    ['more cells than columns', `${CSV}A3,李,138,多\n`, [], 1, '第 4 行有 4 格，表头只有 3 列'],
    ['columns nobody knows', 'a,b\n1,2\n', [], 2, '--map'],
    ['a field that is none', CSV, ['--map', 'shoe=姓名'], 2, '没有“shoe”这个字段'],
    ['a header that is not there', CSV, ['--map', 'name=名称'], 2, '没有“名称”这一列'],
    ['a field named twice', CSV, ['--map', 'name=姓名,name=姓名'], 2, '写了两次'],
    ['an option nobody knows', CSV, ['--fast', '1'], 2, '用法'],
    ['an option without its value', CSV, ['--map'], 2, '用法'],
  ])('says what is wrong with %s', async (_title, content, options, code, words) => {
    const answer = await run(content, ...options)
    expect(answer).toMatchObject({ code, said: expect.stringContaining(words) })
    expect(answer.lines).toEqual([])
  })

  it('says that the folder of the result is not there', async () => {
    const file = join(folder, 'in.csv')
    writeFileSync(file, CSV)
    const said: string[] = []
    const out = join(folder, 'none', 'pairs.csv')
    expect(await dedupe([file, '--out', out], (line) => said.push(line))).toBe(1)
    expect(said.join()).toContain('文件夹不存在')
  })
})
