import { expect, it } from '@jest/globals'
import { maskName } from './names.js'

it.each([
  ['张三丰', '张**'],
  ['李四', '李*'],
  ['欧阳娜娜', '欧***'],
  ['𠮷野家', '𠮷**'],
  ['👩‍🍳张', '👩***'],
  [' 王 芳 ', '王**'],
  ['Christopher', 'C***'],
  ['张', '*'],
  ['', ''],
  ['  ', ''],
])('masks %s as %s', (name, masked) => {
  expect(maskName(name)).toBe(masked)
})
