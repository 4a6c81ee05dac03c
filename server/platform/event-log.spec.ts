import { describe, expect, it } from '@jest/globals'
import { EventLogService } from './event-log.js'

describe('a consumer', () => {
  it('has a name of its own', () => {
    const events = new EventLogService()
    const consumer = { name: 'one', types: [], consume: () => Promise.resolve() }
    events.register(consumer)
    expect(() => {
      events.register(consumer)
    }).toThrow(/two consumers/)
  })
})
