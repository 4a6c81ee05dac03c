import { expect, it } from '@jest/globals'
import { oneLine } from './texts.js'

it.each([
  ['  王 小明\t', '王 小明'],
  ['上午\r\n\u2028下午\u0000\u00a0晚上', '上午 下午 晚上'],
  ['半个\ud83c字', '半个\uFFFD字'],
  ['\udf82', '\uFFFD'],
  ['整个🎂字', '整个🎂字'],
  [' \n', ''],
])('puts %j on one line', (text, line) => {
  expect(oneLine(text)).toBe(line)
})
