import { describe, expect, it } from '@jest/globals'
import { campaignStateSchema } from '@huike/shared/contracts/console-campaigns'
import { isStoppable, percentOf, refreshMsOf, stateRows } from './results.js'

const COUNTS = { picked: 0, waiting: 0, sending: 0, sent: 0, failed: 0, skipped: 0, doubtful: 0 }

describe('the numbers of a campaign', () => {
  it.each([
    ['picking', {}, 0],
    ['sending', { picked: 3, sent: 1 }, 33],
    ['sending', { picked: 4, sent: 1, failed: 1, skipped: 1 }, 75],
    ['sending', { picked: 1_000, sent: 999, doubtful: 1 }, 99],
    ['done', { picked: 1_000, sent: 1_000 }, 100],
    ['done', {}, 100],
    ['cancelled', { picked: 10, sent: 5 }, 50],
  ] as const)('%s with %j is at %i %%', (state, counts, percent) => {
    expect(percentOf({ state, counts: { ...COUNTS, ...counts } })).toBe(percent)
  })

  it('are read again only while something changes', () => {
    const every = campaignStateSchema.options.map((state) => [state, refreshMsOf(state)])
    expect(Object.fromEntries(every)).toEqual({
      scheduled: 15_000,
      picking: 2_000,
      sending: 2_000,
      done: null,
      cancelled: null,
    })
    for (const state of campaignStateSchema.options)
      expect(isStoppable(state)).toBe(refreshMsOf(state) !== null)
  })

  it('say why, the most frequent reason first, and leave out what is nobody', () => {
    const counts = { ...COUNTS, picked: 9, skipped: 6, failed: 3 }
    const rows = stateRows({
      counts,
      reasons: [
        { state: 'skipped', reason: 'no_consent', count: 2 },
        { state: 'failed', reason: 'provider_refused', count: 3 },
        { state: 'skipped', reason: 'capped', count: 4 },
        { state: 'waiting', reason: 'quiet_hours', count: 0 },
      ],
    })
    expect(rows.map(({ state, count, reasons }) => [state, count, reasons])).toEqual([
      ['sent', 0, []],
      [
        'skipped',
        6,
        [
          { reason: 'capped', count: 4 },
          { reason: 'no_consent', count: 2 },
        ],
      ],
      ['failed', 3, [{ reason: 'provider_refused', count: 3 }]],
    ])
  })
})
