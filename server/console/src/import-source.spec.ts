import { describe, expect, it } from '@jest/globals'
import { memberStrings } from './members/strings.js'
import { qualityStrings } from './quality/strings.js'

describe('where something is known from', () => {
  it.each([
    ['wechat', '小程序'],
    ['till:S01', '收银台（门店 S01）'],
    ['import:youzan_orders', '导入的表格（youzan_orders）'],
    ['import:01JX000000000000000000TPL', '导入的表格（自存模板 0TPL）'],
  ])('%s is %s on the pages of members and pairs', (source, words) => {
    expect(memberStrings.file.source(source)).toBe(words)
  })

  it.each([
    ['channel:import', '从表格导入'],
    ['channel:pos', '收银台'],
    ['source:import:members', '导入的表格（members）'],
    ['source:till', '收银台登记'],
    ['source:unknown', '没有来源'],
  ])('%s is %s in the quality of data', (group, words) => {
    expect(qualityStrings.group(group)).toBe(words)
  })
})
