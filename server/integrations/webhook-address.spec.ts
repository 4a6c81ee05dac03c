import { describe, expect, it } from '@jest/globals'
import { guardedLookup, isAddressAllowed, urlFault } from './webhook-address.js'

describe('where a webhook may go', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '172.32.0.1',
    '2400:3200::1',
    '2606:4700::1111',
  ])('to the public address %s', (address) => {
    expect(isAddressAllowed(address, false)).toBe(true)
  })

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.8.8.8', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.168.1.1', '198.18.0.1', '203.0.113.9', '224.0.0.1'],
    ...['255.255.255.255', '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1'],
    ...['fc00::1', 'fe80::1', 'ff02::1', '2001:db8::1', '2001::1', '2002:a00:1::', 'localhost', ''],
  ])('never to %s', (address) => {
    expect(isAddressAllowed(address, false)).toBe(false)
  })

  it('to this very machine in the sandbox, and to nothing else that is private', () => {
    expect(isAddressAllowed('127.0.0.1', true)).toBe(true)
    for (const address of ['127.0.0.2', '10.0.0.1', '::1'])
      expect(isAddressAllowed(address, true)).toBe(false)
  })

  it.each([
    ['https://shop.example/hook?shop=1', null],
    ['https://8.8.8.8:8443/hook', null],
    ['http://shop.example/hook', 'https'],
    ['ftp://shop.example/hook', 'https'],
    ['http://127.0.0.1/hook', 'https'],
    ['https://127.0.0.1/hook', '内网'],
    ['https://0x7f.1/hook', '内网'],
    ['https://2130706433/hook', '内网'],
    ['https://127.0.0.1./hook', '内网'],
    ['https://[::1]/hook', '内网'],
    ['https://[::ffff:169.254.169.254]/latest', '内网'],
    ['https://user:secret@shop.example/hook', '账号'],
    ['https://shop.example/hook#part', '#'],
  ])('judges %s', (url, fault) => {
    if (fault === null) expect(urlFault(url, false)).toBeNull()
    else expect(urlFault(url, false)).toContain(fault)
  })

  it('refuses a name that leads to a private address, when it is resolved to be used', async () => {
    const resolve = (allowsLoopback: boolean) =>
      new Promise<unknown>((done) => {
        guardedLookup(allowsLoopback)('localhost', { family: 4 }, (error, address) => {
          done(error?.name ?? address)
        })
      })
    expect(await resolve(false)).toBe('AddressRefused')
    expect(await resolve(true)).toBe('127.0.0.1')
  })
})
