import { describe, expect, it } from '@jest/globals'
import { loadChinese } from './chinese.js'
import { compare } from './compare.js'
import { Fingerprints, worthOf } from './fingerprints.js'
import { isWorthJudging } from './judge.js'
import { scoreOf, usualModel, type Model } from './model.js'
import { prepare } from './prepare.js'

const RECORDS = 300
const NAMES = [
  '王芳',
  '王 芳',
  '王女士',
  '王*',
  '阿芳',
  '陳芳',
  '陈芳',
  '陈方',
  '陈芳芳',
  'Fang Chen',
  '',
]
const PHONES = ['13812345678', '13812345679', '138****5678', '02155556666', '13921345678', '']
const BIRTHDAYS = ['1990-05-06', '1990-06-05', '1990-05-07', '1985-05-06', '']
const CITIES = ['上海', '上海市', '北京', '']

describe('what is kept of a member while a base is searched', () => {
  it('never leaves out a pair that would be judged', async () => {
    const chinese = await loadChinese()
    const pick = (values: readonly string[], n: number) => values[n % values.length] ?? ''
    const records = Array.from({ length: RECORDS }, (_none, n) =>
      prepare(
        {
          id: String(n),
          fields: {
            name: pick(NAMES, n),
            phone: pick(PHONES, n * 7 + 3),
            birthday: pick(BIRTHDAYS, n * 3 + (n % 11)),
            city: pick(CITIES, n * 5 + (n % 7)),
            gender: pick(['男', '女', ''], n + (n % 5)),
            email: pick(['a@b.c', 'b@b.c', '', ''], n),
            card: pick(['c|1', 'c|2', '', '', ''], n),
          },
        },
        chinese,
      ),
    )
    const fingerprints = new Fingerprints()
    for (const record of records) fingerprints.add(record)
    const usual = usualModel(RECORDS)
    const rare: Model = { ...usual, values: { commonness: () => 1 / 16 } }
    let judged = 0
    let left = 0
    for (const model of [usual, rare, { ...rare, priorBits: -25 }]) {
      const worth = worthOf(model)
      for (const [a, one] of records.entries())
        for (const [b, other] of records.entries()) {
          if (a >= b) continue
          const isWorth = isWorthJudging(
            one,
            other,
            scoreOf(model, compare(one, other), one, other),
          )
          const isLookedAt = fingerprints.mayBeOne(worth, a, b)
          if (isWorth) judged += 1
          if (!isLookedAt) left += 1
          if (isWorth && !isLookedAt) expect([a, b, one.name, other.name]).toEqual([])
        }
    }
    expect(judged).toBeGreaterThan(1_000)
    expect(left).toBeGreaterThan(1_000)
  })
})
