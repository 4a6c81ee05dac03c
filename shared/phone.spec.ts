import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { dataPath, describeData } from '../tests/rig/data.js'
import { maskPhone, maskPhonesIn, normalisePhone, phoneLast4, type Phone } from './phone.js'

const PLAN = /^1[3-9]\d{9}$/

interface Vector {
  input: string
  normalised: string
  valid: boolean
  cls: string
  note: string
}

describeData('the vectors of normalisation', () => {
  const read = (name: string) => readFileSync(dataPath('analytics', 'phone', name), 'utf8')

  const rowsOf = (name: string) =>
    read(name)
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((row) => row.split(','))

  it('are all read as they say, the judgement calls too', () => {
    const vectors = JSON.parse(read('normalisation_vectors.json')) as Vector[]
    expect(vectors).toHaveLength(56)
    const wrong = vectors.filter(({ input, normalised, valid }) => {
      const ours = normalisePhone(input)
      return valid ? ours !== normalised : ours !== null
    })
    expect(wrong).toEqual([])
  })

  it('of validator.js are taken where the national number is in the plan', () => {
    const rows = rowsOf('validatorjs_zh_cn_vectors.csv')
    expect(rows).toHaveLength(53)
    const inPlan = rows.filter(([, valid, national = '']) => valid === '1' && PLAN.test(national))
    expect(inPlan.length).toBeGreaterThan(30)
    for (const [input = '', , national = ''] of inPlan)
      expect([input, normalisePhone(input)]).toEqual([input, national])
    // The reserved 92 and 98 segments that validator.js lets through are in no use.
    const outside = rows.filter(([, valid, national = '']) => valid === '1' && !PLAN.test(national))
    expect(outside.map(([input = '']) => normalisePhone(input)).filter(Boolean)).toEqual([])
  })

  it('of validator.js that it refuses are taken only with a trunk 0 or marks between', () => {
    const refused = rowsOf('validatorjs_zh_cn_vectors.csv').filter(([, valid]) => valid === '0')
    expect(refused).toHaveLength(13)
    const taken = refused.flatMap(([input = '']) => (normalisePhone(input) === null ? [] : [input]))
    expect(taken).toEqual([
      '013838389438',
      '+86-13838389438',
      '0086-13811211114',
      '0086-138-1121-1114',
    ])
  })
})

describe('what a person typed', () => {
  it.each([
    ['13812345678', '13812345678'],
    ['138 1234 5678', '13812345678'],
    ['+86 (138) 1234-5678', '13812345678'],
    ['手机号码：13812345678', '13812345678'],
    ['13812345678（家里）', '13812345678'],
    ['013812345678', '13812345678'],
    ['13812345678、13900000000', '13812345678'],
    ['010-62345678/13812345678', null],
    ['1381234567', null],
    ['138123456789', null],
    ['+1 13812345678', null],
    ['12812345678', null],
    ['1.3812345678E11', null],
    ['1.381234567E10', null],
    ['138123456٧8', null],
    ['', null],
    [`${' '.repeat(60)}13812345678`, null],
    ['1'.repeat(10_000), null],
  ])('%j is read as %p', (input, expected) => {
    expect(normalisePhone(input)).toBe(expected)
  })

  it('is read once and for all: what was read is read as itself', () => {
    for (let prefix = 130; prefix < 200; prefix += 1) {
      const phone = `${String(prefix)}00001234`
      expect(normalisePhone(phone)).toBe(phone)
    }
  })

  it('does not take long, whatever it is', () => {
    const startedAtMs = performance.now()
    for (const text of ['('.repeat(64), '1'.repeat(64), ' '.repeat(64), '13(x'.repeat(16)])
      for (let n = 0; n < 1_000; n += 1) normalisePhone(text)
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  })
})

describe('a number that is shown', () => {
  it('hides its middle', () => {
    expect(maskPhone('13812345678' as Phone)).toBe('138****5678')
    expect(phoneLast4('13812345678' as Phone)).toBe('5678')
  })

  it.each([
    ['会员13812345678您好', '会员138****5678您好'],
    ['13812345678', '138****5678'],
    ['+8613812345678', '138****5678'],
    ['+86 13812345678', '138****5678'],
    ['0086-138-1234-5678', '138****5678'],
    ['138 1234 5678, 139-0000-1111', '138****5678, 139****1111'],
    ['a,13812345678,b', 'a,138****5678,b'],
    ['13812345678\n13912345678', '138****5678\n139****5678'],
    ['"phone":"13812345678"', '"phone":"138****5678"'],
  ])('%j is masked in text', (text, masked) => {
    expect(maskPhonesIn(text)).toBe(masked)
  })

  it.each([
    ['6922266438400', 'a barcode'],
    ['1381234567', 'ten digits'],
    ['138123456789', 'twelve digits'],
    ['12812345678', 'no mobile number'],
    ['138****5678', 'masked already'],
    ['01JB13812345678ABCDEFGHJKM', 'an id'],
    ['¥138.12 34', 'an amount'],
  ])('%j stays: %s', (text) => {
    expect(maskPhonesIn(text)).toBe(text)
  })
})
