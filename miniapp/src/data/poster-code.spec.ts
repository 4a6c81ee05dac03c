import { beforeEach, describe, expect, it } from '@jest/globals'
import { failure, type Failure } from '../api/result.js'
import { createKeeper, type Keeper } from './keeper.js'
import { createPosterCode } from './poster-code.js'

const OFFLINE: Failure = { ok: false, code: 'offline', sentence: '' }

let keeper: Keeper
let isMember: boolean

beforeEach(() => {
  const stored = new Map<string, unknown>()
  keeper = createKeeper({
    read: (name) => stored.get(name),
    write: (name, value) => void stored.set(name, value),
    remove: (name) => void stored.delete(name),
  })
  isMember = true
})

/** The mini-program, opened on this phone. */
const opened = () => createPosterCode(keeper, () => isMember)

describe('the code of a poster', () => {
  it.each([
    ['no network', OFFLINE],
    ['a server that is busy', failure('busy')],
    ['a session that is over', failure('token_expired')],
    ['no session', failure('token_missing')],
  ])('waits on after %s, also where the mini-program is opened anew', (_title, result) => {
    const code = opened()
    code.note('HUIKE2026')
    code.answered('HUIKE2026', result)
    expect([code.get(), opened().get()]).toEqual(['HUIKE2026', 'HUIKE2026'])
  })

  it('outlives the session that ended while it was sent', () => {
    const code = opened()
    code.note('HUIKE2026')
    keeper.clear()
    isMember = false
    // WeChat still knows them, the shop has no phone number of theirs any more.
    code.answered('HUIKE2026', failure('forbidden'))
    expect([code.get(), opened().get()]).toEqual(['HUIKE2026', 'HUIKE2026'])
  })

  it.each([
    ['taken', { ok: true, value: {} } as const],
    ['refused', failure('coupon_poster_over')],
    ['unknown', failure('coupon_code_unknown')],
  ])('is done with once it is %s', (_title, result) => {
    const code = opened()
    code.note('HUIKE2026')
    code.answered('HUIKE2026', result)
    expect([code.get(), opened().get()]).toEqual(['', ''])
  })

  it('waits while another is typed', () => {
    const code = opened()
    code.note('HUIKE2026')
    code.answered('CARD-1', { ok: true, value: {} })
    expect(opened().get()).toBe('HUIKE2026')
  })
})
