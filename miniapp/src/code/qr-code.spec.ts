import { describe, expect, it } from '@jest/globals'
import { qrCodewords, qrModules, type Modules } from './qr-code.js'

const picture = (modules: Modules) =>
  modules.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))

describe('a QR code', () => {
  it('has the codewords of the worked example in ISO/IEC 18004, Annex I', () => {
    const bits = qrCodewords('01234567', 'M').map((byte) => byte.toString(2).padStart(8, '0'))
    expect(bits.join(' ')).toBe(
      '00010000 00100000 00001100 01010110 01100001 10000000 11101100 00010001 ' +
        '11101100 00010001 11101100 00010001 11101100 00010001 11101100 00010001 ' +
        '10100101 00100100 11010100 11000001 11101101 00110110 11000111 10000111 ' +
        '00101100 01010101',
    )
  })

  // Drawn by an independent generator (Nayuki's), which chose the same mask.
  it('is drawn module for module as others draw it', () => {
    expect(picture(qrModules('01234567', 'M'))).toEqual([
      '#######...###.#######',
      '#.....#.###...#.....#',
      '#.###.#..##...#.###.#',
      '#.###.#..#.##.#.###.#',
      '#.###.#.##.##.#.###.#',
      '#.....#....#..#.....#',
      '#######.#.#.#.#######',
      '.....................',
      '#.#.#.#...#.#...#..#.',
      '##.#....#.##.#.#...#.',
      '...##.###.##.###.###.',
      '##..##.#.#.###.##..#.',
      '..#..###.###.###....#',
      '........#.#...#....#.',
      '#######.....#...#...#',
      '#.....#...#...#..#.##',
      '#.###.#.###.#.#.###.#',
      '#.###.#..#.#.#.#.###.',
      '#.###.#.##.#.###..#.#',
      '#.....#....###.###...',
      '#######.#..#.###..#.#',
    ])
  })

  it('takes the 22 digits of a member code and refuses what does not fit', () => {
    expect(qrModules('6800001234567453217434')).toHaveLength(21)
    expect(() => qrModules('1'.repeat(28))).toThrow(RangeError)
    expect(() => qrModules('12a')).toThrow(RangeError)
    expect(() => qrModules('')).toThrow(RangeError)
  })

  it('always carries a format that names its level, whichever mask was chosen', () => {
    // ISO/IEC 18004 table C.1, level Q, masks 0 to 7.
    const formats = ['355f', '3068', '3f31', '3a06', '24b4', '2183', '2eda', '2bed']
    for (let i = 0; i < 40; i += 1) {
      const modules = qrModules(`68${String(i * 7_919).padStart(20, '1')}`)
      const last = Array.from({ length: 8 }, (_, k) => modules[8]?.[20 - k] === true)
      const rest = Array.from({ length: 7 }, (_, k) => modules[14 + k]?.[8] === true)
      const value = [...last, ...rest].reduce((sum, dark, bit) => sum + (dark ? 2 ** bit : 0), 0)
      expect(formats).toContain(value.toString(16))
    }
  })
})
