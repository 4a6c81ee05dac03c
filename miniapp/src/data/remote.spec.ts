import { beforeEach, describe, expect, it } from '@jest/globals'
import { failure, type Result } from '../api/result.js'
import { createKeeper, type Keeper } from './keeper.js'
import { createPagedRemote } from './paged-remote.js'
import { createRemote } from './remote.js'
import { shelfOf, shelfOfOne } from './shelf.js'

const OFFLINE = { ok: false, code: 'offline', sentence: '' } as const

let raw: Map<string, unknown>
let keeper: Keeper
let nowMs: number

beforeEach(() => {
  raw = new Map()
  nowMs = 1_000
  keeper = createKeeper({
    read: (name) => raw.get(name),
    write: (name, value) => void raw.set(name, value),
    remove: (name) => void raw.delete(name),
  })
})

/** A server whose answers the test hands out one by one. */
function desk<T>() {
  const waiting: ((result: Result<T>) => void)[] = []
  return {
    load: () => new Promise<Result<T>>((resolve) => waiting.push(resolve)),
    get asked() {
      return waiting.length
    },
    async answer(result: Result<T>, question = waiting.length - 1) {
      waiting[question]?.(result)
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 0)
      })
    },
  }
}

describe('a remote value', () => {
  const make = (load: () => Promise<Result<string[]>>) =>
    createRemote<string[]>({ load, shelf: shelfOf(keeper, 'card'), nowMs: () => nowMs })

  it('is empty and busy at first, then there, then kept for the next start', async () => {
    const server = desk<string[]>()
    const remote = make(server.load)
    void remote.refresh()
    expect(remote.get()).toEqual({ kept: null, failure: null, isBusy: true })
    await server.answer({ ok: true, value: ['a'] })
    expect(remote.get()).toEqual({
      kept: { value: ['a'], atMs: 1_000 },
      failure: null,
      isBusy: false,
    })
    expect(make(server.load).get().kept).toEqual({ value: ['a'], atMs: 1_000 })
  })

  it('keeps showing the last good value when a refresh fails', async () => {
    const server = desk<string[]>()
    const remote = make(server.load)
    void remote.refresh()
    await server.answer({ ok: true, value: ['a'] })
    void remote.refresh()
    await server.answer(OFFLINE)
    expect(remote.get()).toMatchObject({ kept: { value: ['a'] }, failure: OFFLINE, isBusy: false })
  })

  it('asks once when asked twice', () => {
    const server = desk<string[]>()
    const remote = make(server.load)
    void remote.refresh()
    void remote.refresh()
    expect(server.asked).toBe(1)
  })

  it('drops an answer that was meant for the person before', async () => {
    const server = desk<string[]>()
    const remote = make(server.load)
    void remote.refresh()
    remote.reset()
    await server.answer({ ok: true, value: ['of someone else'] })
    expect(remote.get().kept).toBeNull()
    expect(raw.size).toBe(0)
  })
})

describe('a paged value', () => {
  interface Page {
    rows: number[]
    nextCursor: string | null
  }
  const make = (load: (cursor: string | null) => Promise<Result<Page>>) =>
    createPagedRemote<Page>({
      loadPage: load,
      join: (shown, next) => ({ ...next, rows: [...shown.rows, ...next.rows] }),
      shelf: shelfOf(keeper, 'points'),
      nowMs: () => nowMs,
    })

  it('adds pages until there is none, and keeps only the first', async () => {
    const server = desk<Page>()
    const cursors: (string | null)[] = []
    const list = make((cursor) => {
      cursors.push(cursor)
      return server.load()
    })
    void list.refresh()
    await server.answer({ ok: true, value: { rows: [1], nextCursor: 'p2' } })
    void list.more()
    void list.more()
    expect(list.get().isMoreBusy).toBe(true)
    await server.answer({ ok: true, value: { rows: [2], nextCursor: null } })
    expect(list.get()).toMatchObject({ kept: { value: { rows: [1, 2] } }, isMoreBusy: false })
    await list.more()
    expect(cursors).toEqual([null, 'p2'])
    expect(JSON.stringify([...raw.values()])).toContain('[1]')
  })

  it('says when a further page failed, and goes on from there', async () => {
    const server = desk<Page>()
    const list = make(server.load)
    void list.refresh()
    await server.answer({ ok: true, value: { rows: [1], nextCursor: 'p2' } })
    void list.more()
    await server.answer(failure('busy'))
    expect(list.get()).toMatchObject({ moreFailure: { code: 'busy' }, failure: null })
    void list.more()
    await server.answer({ ok: true, value: { rows: [2], nextCursor: null } })
    expect(list.get()).toMatchObject({ kept: { value: { rows: [1, 2] } }, moreFailure: null })
  })

  it('drops a further page that arrives after the list was refreshed', async () => {
    const server = desk<Page>()
    const list = make(server.load)
    void list.refresh()
    await server.answer({ ok: true, value: { rows: [1], nextCursor: 'p2' } })
    void list.more()
    void list.refresh()
    await server.answer({ ok: true, value: { rows: [9], nextCursor: 'p2' } }, 2)
    await server.answer({ ok: true, value: { rows: [2], nextCursor: null } }, 1)
    expect(list.get()).toMatchObject({ kept: { value: { rows: [9] } }, isMoreBusy: false })
  })
})

describe('what stays on the phone', () => {
  it('is the most recent twenty purchases', () => {
    for (let i = 1; i <= 25; i += 1)
      shelfOfOne(keeper, 'purchase-details', `p${String(i)}`).write({ value: i, atMs: i })
    expect(shelfOfOne(keeper, 'purchase-details', 'p5').read()).toBeNull()
    expect(shelfOfOne(keeper, 'purchase-details', 'p6').read()).toMatchObject({ value: 6 })
  })

  it('never breaks the page when the storage is broken', () => {
    const broken = createKeeper({
      read: () => {
        throw new Error('storage')
      },
      write: () => {
        throw new Error('storage is full')
      },
      remove: () => undefined,
    })
    expect(broken.read('card')).toBeNull()
    expect(() => {
      broken.write('card', {})
    }).not.toThrow()
  })
})
