import { describe, expect, it } from '@jest/globals'
import { isMemberCodeValid } from '@huike/shared/member-code'
import { bytesFromBase64url } from './base64url.js'
import { memberCodeView } from './member-code-view.js'

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i * 8)
const CARD = { memberNo: '000012345674', codeKey: Buffer.from(KEY).toString('base64url') }
const AT_MS = 1_764_000_012_345

describe('the member code on screen', () => {
  it('is one the till accepts, in groups people can read out', () => {
    const view = memberCodeView(CARD, AT_MS)
    expect(view && isMemberCodeValid(view.digits, KEY, AT_MS)).toBe(true)
    expect(view?.grouped).toMatch(/^6800 0012 3456 74\d\d \d{4} \d\d$/)
  })

  it('changes exactly when its period ends', () => {
    const view = memberCodeView(CARD, AT_MS)
    const left = view?.remainingMs ?? 0
    expect(memberCodeView(CARD, AT_MS + left - 1)?.digits).toBe(view?.digits)
    expect(memberCodeView(CARD, AT_MS + left)?.digits).not.toBe(view?.digits)
  })

  it.each(['', 'AAAA', 'not base64 at all!'])('is not shown for the damaged key %p', (codeKey) => {
    expect(memberCodeView({ ...CARD, codeKey }, AT_MS)).toBeNull()
  })
})

describe('base64url', () => {
  it('is decoded as Node decodes it, at every length', () => {
    for (let length = 0; length < 40; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length * 31) & 0xff)
      const text = Buffer.from(bytes).toString('base64url')
      expect(bytesFromBase64url(text)).toEqual(bytes)
    }
  })

  it.each(['A', 'AAAAA', 'AA==', 'A+/A'])('refuses %p', (text) => {
    expect(bytesFromBase64url(text)).toBeNull()
  })
})
