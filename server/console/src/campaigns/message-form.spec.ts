import { describe, expect, it } from '@jest/globals'
import { cutForWechat, lengthOf, smsOf } from './message-form.js'

const AROUND = smsOf({ title: '', body: '' }).units

describe('a message on its way', () => {
  it('is cut by WeChat after twenty whole characters', () => {
    expect(cutForWechat('一二三四五六七八九十一二三四五六七八九十')).toEqual({
      kept: '一二三四五六七八九十一二三四五六七八九十',
      lost: '',
    })
    expect(cutForWechat('一二三四五六七八九十一二三四五六七八🎂甲乙')).toEqual({
      kept: '一二三四五六七八九十一二三四五六七八🎂…',
      lost: '甲乙',
    })
    expect(cutForWechat(' 上午\n下午 ').kept).toBe('上午 下午')
  })

  it('is counted without the spaces at its ends', () => {
    expect([lengthOf('  甲 乙 '), lengthOf('🎂'), lengthOf(' \n')]).toEqual([3, 2, 0])
  })

  it.each([
    [70 - AROUND, 1],
    [71 - AROUND, 2],
    [134 - AROUND, 2],
    [135 - AROUND, 3],
    [200, 4],
  ])('with %i characters of its own is %i text messages', (length, parts) => {
    const sms = smsOf({ title: '', body: '字'.repeat(length) })
    expect(sms.units).toBe(AROUND + length)
    expect(sms.parts).toBe(parts)
  })

  it('starts with the signature and says how to get no more', () => {
    expect(smsOf({ title: '好久不见 ', body: ' 来店\n送一杯' }).text).toBe(
      '【品牌签名】好久不见。来店 送一杯，拒收请回复R',
    )
  })
})
