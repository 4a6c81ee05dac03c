import { expect, it } from '@jest/globals'
import {
  CAME_BACK_WITHIN_DAYS,
  CAMPAIGN_NAME_MAX,
  MESSAGE_BODY_MAX,
  MESSAGE_SETTINGS_DEFAULT,
  MESSAGE_TITLE_MAX,
  audienceSchema,
  messageChannelSchema,
} from '@huike/shared/contracts/console-campaigns'
import {
  BODY_CHARACTERS_MAX,
  CAME_BACK_DAYS,
  CHANNELS,
  INACTIVE_DAYS_MAX,
  NAME_CHARACTERS_MAX,
  QUIET_DEFAULT,
  TITLE_CHARACTERS_MAX,
} from './limits.js'

it('knows the bounds of the contract', () => {
  expect(NAME_CHARACTERS_MAX).toBe(CAMPAIGN_NAME_MAX)
  expect(TITLE_CHARACTERS_MAX).toBe(MESSAGE_TITLE_MAX)
  expect(BODY_CHARACTERS_MAX).toBe(MESSAGE_BODY_MAX)
  expect(CAME_BACK_DAYS).toBe(CAME_BACK_WITHIN_DAYS)
  expect(MESSAGE_SETTINGS_DEFAULT).toMatchObject(QUIET_DEFAULT)
  expect([...CHANNELS].sort()).toEqual([...messageChannelSchema.options].sort())
  const takes = (inactiveDays: number) =>
    audienceSchema.safeParse({ inactiveDays, storeIds: [] }).success
  expect([takes(INACTIVE_DAYS_MAX), takes(INACTIVE_DAYS_MAX + 1)]).toEqual([true, false])
})
