import { expect, it } from '@jest/globals'
import { createKeeper } from './keeper.js'
import { createGivenCode } from './referral-code.js'

it('waits on the phone until it is used, also where the mini-program is opened anew', () => {
  const stored = new Map<string, unknown>()
  const keeper = createKeeper({
    read: (name) => stored.get(name),
    write: (name, value) => void stored.set(name, value),
    remove: (name) => void stored.delete(name),
  })
  createGivenCode(keeper).note('FRIEND22')
  const opened = createGivenCode(keeper)
  expect(opened.get()).toBe('FRIEND22')
  opened.note('')
  expect(createGivenCode(keeper).get()).toBe('')
})
