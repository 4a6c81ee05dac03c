import { describe, expect, it } from '@jest/globals'
import { loadChinese } from './chinese.js'
import { DuplicateFinder } from './find.js'
import type { FoundPair, MatchRecord } from './match-record.js'
import { RULE_WORDS } from './judge.js'

type Fields = MatchRecord['fields']

const FAMILY_NAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'
const GIVEN_NAMES = '伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰飞鹏宇欣'

/** People who have nothing to do with each other: the base among which somebody is looked for. */
function strangers(count: number): Fields[] {
  return Array.from({ length: count }, (_none, n) => ({
    name:
      (FAMILY_NAMES[n % 20] ?? '') +
      (GIVEN_NAMES[n % 30] ?? '') +
      (GIVEN_NAMES[(n * 7 + 3) % 29] ?? ''),
    phone: `13${String(100_000_000 + n * 7_654_321).slice(-9)}`,
    birthday: `${String(1950 + (n % 50))}-${String(2 + (n % 10))}-${String(2 + (n % 25))}`,
    city: ['上海', '北京', '广州', '成都'][n % 4] ?? '',
  }))
}

/** Looks for pairs among `people`, and strangers besides; ids are the places in `people`. */
async function find(people: (Fields & { verified?: MatchRecord['verified'] })[]) {
  const finder = new DuplicateFinder(await loadChinese())
  for (const [place, { verified, ...fields }] of people.entries())
    finder.add({ id: String(place), fields, ...(verified ? { verified } : {}) })
  for (const [n, fields] of strangers(300).entries()) finder.add({ id: `s${String(n)}`, fields })
  const isAsked = ({ recordA, recordB }: FoundPair) => !`${recordA}${recordB}`.includes('s')
  return finder.find().pairs.filter(isAsked)
}

function verdicts(pairs: readonly FoundPair[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(({ recordA, recordB, verdict }) => [`${recordA}-${recordB}`, verdict]),
  )
}

const LI = { name: '李雷阳', phone: '18812345678', birthday: '1990-05-06', city: '上海' }

describe('who is one person', () => {
  it('merges the same number and name, however they are written', async () => {
    const pairs = await find([LI, { name: '李 雷陽', phone: '+86 188 1234 5678' }])
    expect(verdicts(pairs)).toEqual({ '0-1': 'merge' })
    expect(pairs[0]?.reasons).toEqual({
      name: '姓名相同（繁体/简体）',
      phone: '手机号相同',
    })
  })

  it('asks a person about one number under two names, whatever else agrees (F019)', async () => {
    const pairs = await find([LI, { ...LI, name: '韩梅' }])
    expect(verdicts(pairs)).toEqual({ '0-1': 'review' })
    expect(pairs[0]?.reasons.rule).toBe(RULE_WORDS.names)
  })

  it('asks once about two groups with one number, and not once for each of their records', async () => {
    const han = { name: '韩梅梅', phone: LI.phone, birthday: '1991-07-08' }
    const pairs = await find([LI, LI, LI, han, han, han])
    const reviews = pairs.filter(({ verdict }) => verdict === 'review')
    expect(reviews.length).toBe(1)
    expect(pairs.filter(({ verdict }) => verdict === 'merge').length).toBe(6)
  })

  it('gives a record without a name to neither of two people with its number', async () => {
    const han = { name: '韩梅梅', phone: LI.phone, city: '上海' }
    const nobody = { phone: LI.phone, city: '上海' }
    const pairs = await find([{ name: LI.name, phone: LI.phone, city: '上海' }, han, nobody])
    expect(Object.values(verdicts(pairs))).not.toContain('merge')
  })

  it('does not merge on a name alone', async () => {
    const pairs = await find([
      { name: '李雷阳', city: '上海' },
      { name: '李雷阳', city: '上海' },
    ])
    expect(Object.values(verdicts(pairs))).not.toContain('merge')
  })

  it('finds somebody who changed the number by name and birthday', async () => {
    const moved = { ...LI, phone: '15900001234' }
    expect(verdicts(await find([LI, moved]))).toEqual({ '0-1': 'merge' })
  })

  it('but not two who each proved to hold their number', async () => {
    const one = { ...LI, verified: ['phone'] as const }
    const pairs = await find([one, { ...one, phone: '15900001234' }])
    expect(verdicts(pairs)).toEqual({ '0-1': 'review' })
    expect(pairs[0]?.reasons.rule).toBe(RULE_WORDS.verified)
  })

  it('two WeChat accounts of one proved number are one person', async () => {
    const one = { ...LI, openid: 'o1', verified: ['phone', 'openid'] as const }
    expect(verdicts(await find([one, { ...one, openid: 'o2' }]))).toEqual({ '0-1': 'merge' })
  })

  it('does not chain two people through a record that fits both', async () => {
    const [father, son] = [
      { name: '李建国', phone: LI.phone, birthday: '1960-03-04', card: '9001' },
      { name: '李小龙', phone: '15900001234', birthday: '1988-03-09', card: '9002' },
    ]
    const between = { name: '李先生', phone: LI.phone, card: '9002' }
    const found = verdicts(await find([father, son, between]))
    expect(found['0-1']).not.toBe('merge')
    expect([found['0-2'], found['1-2']].filter((one) => one === 'merge').length).toBeLessThan(2)
  })

  it('gives the same answer to the same records', async () => {
    const people = [LI, { ...LI, name: '李雷' }, { name: '李雷阳', city: '上海' }]
    expect(await find(people)).toEqual(await find(people))
  })

  it('has nothing to say of no records, of one, and of empty ones', async () => {
    const finder = new DuplicateFinder(await loadChinese())
    expect(finder.find().pairs).toEqual([])
    finder.add({ id: '1', fields: {} })
    expect(finder.find().pairs).toEqual([])
    finder.add({ id: '2', fields: {} })
    expect(finder.find().pairs).toEqual([])
  })

  it('leaves people at most one pair per ten records, the likeliest', async () => {
    const namesakes = Array.from({ length: 40 }, (_none, n) => ({
      name: '李雷阳',
      city: '上海',
      phone: `1${String(5_900_000_000 + n * 12_345_678)}`,
    }))
    const pairs = await find(namesakes)
    expect(pairs.filter(({ verdict }) => verdict === 'review').length).toBeLessThanOrEqual(34)
  })
})
