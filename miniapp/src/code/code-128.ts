// Code 128 in code set C (two digits per symbol), as every till scanner reads it: ISO/IEC 15417.

/** Widths of bars and spaces in modules, by symbol value; 105 is Start C, 106 is Stop. */
const WIDTHS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 ' +
  '122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 ' +
  '321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 ' +
  '211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 ' +
  '213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 ' +
  '121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 ' +
  '241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 ' +
  '412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 ' +
  '211214 211232 2331112'
).split(' ')

const START_C = 105
const STOP = 106
const CHECK_MODULUS = 103

/** Light modules a scanner needs before and after the bars. */
export const CODE_128_QUIET_MODULES = 10

/** The bars of an even number of digits, one entry per module; true is dark. */
export function code128Modules(digits: string): boolean[] {
  if (!/^(\d\d)+$/.test(digits)) throw new RangeError('code set C takes pairs of digits')
  const pairs = (digits.match(/\d\d/g) ?? []).map(Number)
  const check = pairs.reduce((sum, value, i) => sum + value * (i + 1), START_C) % CHECK_MODULUS
  const modules: boolean[] = []
  for (const value of [START_C, ...pairs, check, STOP])
    Array.from(WIDTHS[value] ?? '').forEach((width, i) => {
      for (let n = Number(width); n > 0; n -= 1) modules.push(i % 2 === 0)
    })
  return modules
}
