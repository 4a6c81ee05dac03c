import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { hmacSha256, sha256 } from './hmac-sha256.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'ascii'))

describe('sha256', () => {
  // FIPS 180-4 examples, https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('hashes the standard example %p', (text, digest) => {
    expect(hex(sha256(ascii(text)))).toBe(digest)
  })

  it('agrees with node:crypto at every length across the padding borders', () => {
    for (let length = 0; length <= 200; length += 1) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 167 + length) & 0xff)
      expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'))
    }
  })
})

describe('hmacSha256', () => {
  // RFC 4231, test cases 1, 2 and 6 (a key longer than the block).
  it.each([
    [
      new Uint8Array(20).fill(0x0b),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      ascii('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      new Uint8Array(131).fill(0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('signs the RFC 4231 example', (key, message, mac) => {
    expect(hex(hmacSha256(key, ascii(message)))).toBe(mac)
  })

  it('agrees with node:crypto for keys around the block size', () => {
    for (let length = 0; length <= 130; length += 1) {
      const key = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff)
      const message = Uint8Array.of(0, 0, 0, 0, 3, 1, 4, length)
      expect(hex(hmacSha256(key, message))).toBe(
        createHmac('sha256', key).update(message).digest('hex'),
      )
    }
  })
})
