import { describe, expect, it } from '@jest/globals'
import { maskAddress, networkOf, originMasked, withOrigin } from './request-origin.js'

describe('where a call comes from', () => {
  it.each([
    ['203.0.113.77', '203.0.*.*', '203.0.113.77'],
    ['::ffff:203.0.113.77', '203.0.*.*', '203.0.113.77'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:*', '2001:db8:1:2::/64'],
    ['2001:0db8::6', '2001:db8:*', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:*', 'fe80:0:0:0::/64'],
    ['::1', '0:0:*', '0:0:0:0::/64'],
    ['nonsense', '*', 'nonsense'],
  ])('%s is shown as %s and counted as %s', (address, masked, network) => {
    expect(maskAddress(address)).toBe(masked)
    expect(networkOf(address)).toBe(network)
  })

  it('is told within the call, also after waiting, and nowhere else', async () => {
    const told = (address: string) =>
      withOrigin(address, async () => {
        await Promise.resolve()
        return originMasked()
      })
    expect(await Promise.all([told('10.1.2.3'), told('10.9.2.3')])).toEqual([
      '10.1.*.*',
      '10.9.*.*',
    ])
    expect(originMasked()).toBeNull()
  })
})
