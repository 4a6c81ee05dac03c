import { describe, expect, it } from '@jest/globals'
import {
  codeOfOpening,
  codeOfScan,
  newPosterCode,
  posterAddress,
  readPosterCode,
} from './poster-codes.js'

describe('the code of a poster', () => {
  it('is made of signs that nobody takes for others', () => {
    let n = 0
    const chance = () => (n += 0.037) % 1
    const codes = Array.from({ length: 200 }, () => newPosterCode(chance))
    expect(new Set(codes).size).toBeGreaterThan(90)
    for (const code of codes) expect(code).toMatch(/^[34679AC-HJKMNP-RT-Y]{8}$/)
    expect(newPosterCode(() => 0)).toBe('33333333')
    expect(newPosterCode(() => 1 - Number.EPSILON)).toBe('YYYYYYYY')
  })

  it.each([
    ['HUIKE2026', 'HUIKE2026'],
    [' huike 2026 ', 'HUIKE2026'],
    ['ＨＵＩＫＥ－２０２６', 'HUIKE2026'],
    ['ABC', null],
    ['A'.repeat(17), null],
    ['开业大吉', null],
  ])('is read as it was typed: %s', (typed, code) => {
    const read = readPosterCode(typed)
    expect(read.ok ? read.code : null).toBe(code)
  })

  it.each([
    ['HUIKE2026', 'HUIKE2026'],
    ['HK12345678901234567890', 'HK12345678901234567890'],
    [posterAddress('https://member.example.com', 'HUIKE2026'), 'HUIKE2026'],
    ['coupon/claim/index?scene=code%3DHUIKE2026', 'HUIKE2026'],
    ['coupon/claim/index?scene=HUIKE2026', 'HUIKE2026'],
    ['https://example.com/?code=', null],
    ['https://example.com/menu', null],
    ['https://example.com/?code=%E5%BC%80', null],
    ['https://example.com/?code=%', null],
    ['WIFI:S:shop;P:secret;;', null],
    ['', null],
    ['?code=HUIKE2026' + '&x=1'.repeat(200), null],
  ])('is found in what a camera read: %s', (text, code) => {
    expect(codeOfScan(text)).toBe(code)
  })

  it.each([
    [{ code: 'huike2026' }, 'HUIKE2026'],
    [{ scene: 'code%3DHUIKE2026' }, 'HUIKE2026'],
    [{ q: encodeURIComponent(posterAddress('https://m.example.com', 'HUIKE2026')) }, 'HUIKE2026'],
    [{ q: '?code=HUIKE2026' }, 'HUIKE2026'],
    [{ scene: '1001' }, '1001'],
    [{ q: '' }, null],
    [{}, null],
  ])('is found in what a page was opened with: %j', (params, code) => {
    expect(codeOfOpening(params)).toBe(code)
  })
})
