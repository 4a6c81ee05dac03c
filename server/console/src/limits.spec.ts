import { describe, expect, it } from '@jest/globals'
import { platformCodeSchema } from '@huike/shared/contracts/common'
import * as campaigns from '@huike/shared/contracts/console-campaigns'
import * as members from '@huike/shared/contracts/console-members'
import * as resolution from '@huike/shared/contracts/console-resolution'
import * as consents from '@huike/shared/contracts/console-rights'
import * as team from '@huike/shared/contracts/console-team'
import * as rights from '@huike/shared/contracts/rights'
import * as limits from './limits.js'

describe('the limits of the forms', () => {
  it('are those of the contracts', () => {
    const { STAFF_NAME_MAX, STAFF_PASSWORD_MIN, STAFF_PASSWORD_MAX, STORE_NAME_MAX } = team
    const { LOST_AFTER_DAYS, STATISTICS_DAYS_MAX } = members
    const { CAMPAIGN_NAME_MAX, MESSAGE_TITLE_MAX, MESSAGE_BODY_MAX } = campaigns
    const { CAME_BACK_WITHIN_DAYS, SEND_AHEAD_DAYS_MAX } = campaigns
    const { COOLING_OFF_DAYS_MAX } = rights
    const { CONSENT_DAYS_MAX } = consents
    const { NUMBER_QUIET_DAYS_MIN, NUMBER_QUIET_DAYS_MAX, SALTS_MAX, SALT_CHARACTERS_MAX } =
      resolution
    expect(limits).toMatchObject({
      COOLING_OFF_DAYS_MAX,
      CONSENT_DAYS_MAX,
      NUMBER_QUIET_DAYS_MIN,
      NUMBER_QUIET_DAYS_MAX,
      SALTS_MAX,
      SALT_CHARACTERS_MAX,
      STAFF_NAME_MAX,
      STAFF_PASSWORD_MIN,
      STAFF_PASSWORD_MAX,
      STORE_NAME_MAX,
      LOST_AFTER_DAYS,
      STATISTICS_DAYS_MAX,
      SEND_AHEAD_DAYS_MAX,
      CAMPAIGN_NAME_MAX,
      MESSAGE_TITLE_MAX,
      MESSAGE_BODY_MAX,
      CAME_BACK_WITHIN_DAYS,
    })
  })

  it.each(['01', 'S-1.a_B', 'x'.repeat(32), '', '一号', 'a b', 'x'.repeat(33)])(
    'call "%s" a short name when the server does',
    (code) => {
      expect(limits.isCode(code)).toBe(team.storeNewSchema.shape.code.safeParse(code).success)
    },
  )

  it.each(['youzan', 'a-b_1', 'x'.repeat(32), '', 'Tmall', '淘宝', 'a b', 'x'.repeat(33)])(
    'call "%s" a platform when the server does',
    (code) => {
      expect(limits.isPlatformCode(code)).toBe(platformCodeSchema.safeParse(code).success)
    },
  )

  it('of a reason are those of the server', () => {
    const { WHY_CHARACTERS_MIN: least, WHY_CHARACTERS_MAX: most } = limits
    const takes = (letters: number) =>
      rights.deletionForSchema.safeParse({ why: '会'.repeat(letters) }).success
    expect([least - 1, least, most, most + 1].map(takes)).toEqual([false, true, true, false])
  })

  it('of a campaign are those of the server', () => {
    expect(campaigns.MESSAGE_SETTINGS_DEFAULT).toMatchObject(limits.QUIET_DEFAULT)
    expect([...limits.CHANNELS].sort()).toEqual([...campaigns.messageChannelSchema.options].sort())
    const takes = (inactiveDays: number) =>
      campaigns.audienceSchema.safeParse({ inactiveDays, storeIds: [] }).success
    const { INACTIVE_DAYS_MAX } = limits
    expect([takes(INACTIVE_DAYS_MAX), takes(INACTIVE_DAYS_MAX + 1)]).toEqual([true, false])
  })

  it('of the messages go as far as the server goes', () => {
    const most = {
      quietFromMinute: limits.DAY_MINUTES - 1,
      quietToMinute: 0,
      capMessages: limits.CAP_MESSAGES_MAX,
      capDays: limits.CAP_DAYS_MAX,
    }
    expect(campaigns.messageSettingsSchema.safeParse(most).success).toBe(true)
    for (const name of ['quietFromMinute', 'capMessages', 'capDays'] as const)
      expect(
        campaigns.messageSettingsSchema.safeParse({ ...most, [name]: most[name] + 1 }).success,
      ).toBe(false)
  })
})
