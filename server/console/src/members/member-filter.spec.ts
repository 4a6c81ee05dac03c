import { describe, expect, it } from '@jest/globals'
import { memberFilterSchema, type MemberFilter } from '@huike/shared/contracts/console-members'
import {
  addressOfFilter,
  filterFromQuery,
  filterWords,
  isFiltered,
  queryOfFilter,
  readSearch,
} from './member-filter.js'

const STORE_ID = '01JX0000000000000000000001'
const FULL = memberFilterSchema.parse({
  search: '8000',
  storeId: STORE_ID,
  state: 'active',
  boughtWithinDays: 365,
  inactiveDays: 90,
  silentDays: 365,
  ownerId: '01JX000000000000000000STF1',
  consent: 'marketing_sms',
})

describe('what is typed into the search', () => {
  it.each([
    ['13812348000', '13812348000'],
    [' 138-1234 8000 ', '13812348000'],
    ['+86 13812348000', '13812348000'],
    ['１３８１２３４８０００', '13812348000'],
    ['8000', '8000'],
    ['800012345678', '800012345678'],
    ['8000 1234 5678', '800012345678'],
    ['', ''],
    ['  ', ''],
    ['张三', null],
    ['123', null],
    ['12345678901', null],
  ])('reads %j as %j', (typed, read) => {
    expect(readSearch(typed)).toBe(read)
  })
})

describe('the filters in the address', () => {
  it('come back from the address as they went into it', () => {
    expect(filterFromQuery(addressOfFilter(FULL))).toEqual(FULL)
    expect(filterFromQuery(new URLSearchParams())).toEqual({})
  })

  it('never hold a whole phone number, which the server is asked for all the same', () => {
    const filter: MemberFilter = { search: '13812348000', state: 'active' }
    expect(addressOfFilter(filter).toString()).toBe('state=active')
    expect(queryOfFilter(filter).get('search')).toBe('13812348000')
    expect(filterFromQuery(new URLSearchParams('search=13812348000'))).toEqual({})
  })

  it('leave out what nobody could have chosen', () => {
    const strange =
      'search=x&storeId=1&state=gone&boughtWithinDays=0&inactiveDays=99999&silentDays=29&consent=all&cursor=c'
    expect(filterFromQuery(new URLSearchParams(strange))).toEqual({})
  })

  it('are what the server takes', () => {
    expect(memberFilterSchema.parse(Object.fromEntries(queryOfFilter(FULL)))).toEqual(FULL)
  })
})

describe('the filters in words', () => {
  const storeName = (id: string) => (id === STORE_ID ? '人民路店' : '')

  it('say everybody when nothing is filtered', () => {
    expect(filterWords({}, storeName)).toBe('全部会员')
    expect([isFiltered({}), isFiltered({ state: 'active' })]).toEqual([false, true])
  })

  it('name each part, and mask a phone', () => {
    expect(filterWords(FULL, storeName)).toBe(
      '8000 · 人民路店 · 已领卡 · 365 天内买过 · 超过 90 天没来 · 365 天没有消费也没打开小程序 · 指定员工的客户 · 同意优惠短信',
    )
    expect(filterWords({ search: '13812348000' }, storeName)).toBe('138****8000')
  })
})
