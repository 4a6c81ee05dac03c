import { describe, it, expect } from '@jest/globals'
import { encodeGb18030 } from './gb18030.js'

const decode = (bytes: Uint8Array): string => new TextDecoder('gb18030').decode(bytes)

describe('encodeGb18030', () => {
  it('writes the bytes a Chinese printer knows', () => {
    expect([...encodeGb18030('合计')]).toEqual([0xba, 0xcf, 0xbc, 0xc6])
    expect([...encodeGb18030('A1')]).toEqual([0x41, 0x31])
  })

  it.each(['惠民生活超市 21.32', '￥×—【】', '鲟龙鱼', '藏文 ཀ ¢ é', '𠮷野家 🧋', '㐀㑇'])(
    'comes back from the decoder unchanged: %s',
    (text) => {
      expect(decode(encodeGb18030(text))).toBe(text)
    },
  )

  it('comes back unchanged over the whole Basic Multilingual Plane', () => {
    const wrong: string[] = []
    for (let codePoint = 0x20; codePoint < 0xd800; codePoint++) {
      const text = String.fromCodePoint(codePoint)
      if (decode(encodeGb18030(text)) !== text) wrong.push(codePoint.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it('writes ? for half of a surrogate pair instead of failing', () => {
    expect(decode(encodeGb18030('a\ud800b'))).toBe('a?b')
  })
})
