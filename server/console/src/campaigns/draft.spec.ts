import { describe, expect, it } from '@jest/globals'
import { campaignStartSchema } from '@huike/shared/contracts/console-campaigns'
import type { CouponTemplateId, StoreId } from '@huike/shared/ids'
import {
  audienceAskOf,
  bodyOf,
  EMPTY_DRAFT,
  isWorthKeeping,
  problemsOf,
  startOf,
  withChannel,
  withChannelEarlier,
  type Draft,
} from './draft.js'

const CLOCK = { timeZone: 'Asia/Shanghai', nowMs: Date.UTC(2026, 10, 22, 2, 0) }
const GOOD: Draft = {
  ...EMPTY_DRAFT,
  name: ' 老顾客回店 ',
  storeIds: ['01JX0000000000000000000001' as StoreId],
  title: '好久不见',
  body: '这周来店，送一杯。',
}

describe('a campaign being written', () => {
  it('is sent as the server takes it, trimmed', () => {
    const start = startOf(GOOD, CLOCK)
    expect(campaignStartSchema.parse(start)).toEqual(start)
    expect(start).toMatchObject({
      name: '老顾客回店',
      sendAtMs: null,
      channels: ['wechat', 'inbox'],
    })
  })

  it('is sent at the time on the clock of the stores', () => {
    const later: Draft = { ...GOOD, when: 'later', sendAt: '2026-11-23T10:00' }
    expect(startOf(later, CLOCK)?.sendAtMs).toBe(Date.UTC(2026, 10, 23, 2, 0))
  })

  it('forgets a time that is no longer wanted', () => {
    expect(
      startOf({ ...GOOD, when: 'now', sendAt: '2020-01-01T00:00' }, CLOCK)?.sendAtMs,
    ).toBeNull()
  })

  it.each<[string, Partial<Draft>, string]>([
    ['no name', { name: '  ' }, '请给活动起个名字'],
    ['a name too long', { name: '名'.repeat(42) }, '超出 2 个字'],
    ['no days', { inactiveDays: '' }, '请填 1 到 3650 之间的天数'],
    ['too many days', { inactiveDays: '3651' }, '请填 1 到 3650 之间的天数'],
    ['no channel', { channels: [] }, '请至少选一种方式'],
    ['no title', { title: '' }, '请写标题'],
    ['a title too long', { title: '题'.repeat(21) }, '超出 1 个字'],
    ['a body too long', { body: '文'.repeat(205) }, '超出 5 个字'],
    ['no time', { when: 'later' }, '请选择发送时间'],
    ['a time gone by', { when: 'later', sendAt: '2026-11-22T10:00' }, '这个时间已经过去'],
    ['a time too far', { when: 'later', sendAt: '2027-03-01T10:00' }, '最晚只能定在 90 天以后'],
  ])('is not sent with %s', (_what, change, words) => {
    const draft = { ...GOOD, ...change }
    expect(Object.values(problemsOf(draft, CLOCK))).toEqual([words])
    expect(startOf(draft, CLOCK)).toBeNull()
  })

  it('counts its audience before anything is written, and not while it makes no sense', () => {
    expect(audienceAskOf(EMPTY_DRAFT)).toEqual({
      audience: { inactiveDays: 90, storeIds: [] },
      channels: ['wechat', 'inbox'],
      couponTemplateId: null,
    })
    expect(audienceAskOf({ ...EMPTY_DRAFT, inactiveDays: '１２０' })?.audience.inactiveDays).toBe(
      120,
    )
    expect(audienceAskOf({ ...EMPTY_DRAFT, inactiveDays: 'x' })).toBeNull()
    expect(audienceAskOf({ ...EMPTY_DRAFT, channels: [] })).toBeNull()
  })

  it('tries channels in the order they were chosen, until one is moved', () => {
    const three = withChannel(GOOD, 'sms', true)
    expect(three.channels).toEqual(['wechat', 'inbox', 'sms'])
    expect(withChannelEarlier(three, 'sms').channels).toEqual(['wechat', 'sms', 'inbox'])
    expect(withChannelEarlier(three, 'wechat').channels).toEqual(three.channels)
    expect(withChannel(three, 'wechat', false).channels).toEqual(['inbox', 'sms'])
    expect(withChannel(three, 'sms', true).channels).toEqual(three.channels)
  })

  it('says the coupon that goes with it first, and asks for it', () => {
    const coupon = {
      templateId: '01JX0000000000000000000009' as CouponTemplateId,
      ...{ name: '满减券', headline: '满 ¥50 减 ¥10' },
    }
    const giving: Draft = { ...GOOD, coupon }
    expect(startOf(giving, CLOCK)?.couponTemplateId).toBe(coupon.templateId)
    expect(startOf(giving, CLOCK)?.body).toBe('这周来店，送一杯。')
    expect(bodyOf(giving)).toBe('送您「满 ¥50 减 ¥10」券一张。这周来店，送一杯。')
    expect(bodyOf(GOOD)).toBe('这周来店，送一杯。')
  })

  it('is worth keeping once something was written', () => {
    expect(isWorthKeeping(EMPTY_DRAFT)).toBe(false)
    expect(isWorthKeeping({ ...EMPTY_DRAFT, inactiveDays: '30', title: ' ' })).toBe(false)
    expect(isWorthKeeping({ ...EMPTY_DRAFT, body: '你好' })).toBe(true)
  })
})
