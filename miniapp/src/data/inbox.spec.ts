import { beforeEach, describe, expect, it } from '@jest/globals'
import type { InboxMessage, InboxPage } from '@huike/shared/contracts/account'
import type { Result } from '../api/result.js'
import { createInbox, type Inbox } from './inbox.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const

let page: InboxPage
let told: string[][]
let telling: Result<unknown>
let inbox: Inbox

function message(id: string, isRead: boolean): InboxMessage {
  return { id, isRead, title: id, body: '', sentAtMs: 0 } as unknown as InboxMessage
}

beforeEach(() => {
  page = { messages: [message('b', false), message('a', true)], unreadCount: 3, nextCursor: null }
  told = []
  telling = { ok: true, value: null }
  inbox = createInbox({
    loadPage: () => Promise.resolve({ ok: true, value: page }),
    tellRead: (ids) => {
      told.push([...ids])
      return Promise.resolve(telling)
    },
    shelf: { read: () => null, write: () => undefined },
    nowMs: () => 0,
  })
})

describe('what was shown', () => {
  it('is told once, and the marks of this visit stay', async () => {
    await inbox.refresh()
    await inbox.markShown()
    await inbox.markShown()
    expect(told).toEqual([['b']])
    expect(inbox.get().kept?.value).toMatchObject({
      unreadCount: 2,
      messages: [{ isRead: false }, {}],
    })
  })

  it('is told again when the network was gone', async () => {
    await inbox.refresh()
    telling = OFFLINE
    await inbox.markShown()
    expect(inbox.get().kept?.value.unreadCount).toBe(3)
    telling = { ok: true, value: null }
    await inbox.markShown()
    expect(told).toEqual([['b'], ['b']])
    expect(inbox.get().kept?.value.unreadCount).toBe(2)
  })

  it('is told in bites the server takes', async () => {
    page.messages = Array.from({ length: 130 }, (_, i) => message(String(i), false))
    await inbox.refresh()
    await inbox.markShown()
    await inbox.markShown()
    expect(told.map((ids) => ids.length)).toEqual([100, 30])
  })

  it('is forgotten with the person', async () => {
    await inbox.refresh()
    await inbox.markShown()
    inbox.reset()
    expect(inbox.get().kept).toBeNull()
    await inbox.refresh()
    await inbox.markShown()
    expect(told).toEqual([['b'], ['b']])
  })
})
