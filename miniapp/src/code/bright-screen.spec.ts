import { expect, it } from '@jest/globals'
import { createBrightScreen, type ScreenLight } from './bright-screen.js'

/** A phone whose brightness is told when the test says so. */
function phone(first: number | null) {
  const log: string[] = []
  let tell: () => void = () => undefined
  const light: ScreenLight = {
    read: () =>
      new Promise((resolve) => {
        tell = () => {
          resolve(first)
        }
      }),
    set: (value) => log.push(`set ${String(value)}`),
    keepOn: (isOn) => log.push(isOn ? 'on' : 'as usual'),
  }
  return {
    light,
    log,
    tell: () => {
      tell()
    },
  }
}

it('brightens, and puts back what was there', async () => {
  const { light, log, tell } = phone(0.3)
  const screen = createBrightScreen(light)
  const entered = screen.enter()
  void screen.enter()
  tell()
  await entered
  screen.leave()
  screen.leave()
  expect(log).toEqual(['on', 'set 1', 'as usual', 'set 0.3'])
})

it('changes nothing when left before the phone said how bright it is', async () => {
  const { light, log, tell } = phone(0.3)
  const screen = createBrightScreen(light)
  const entered = screen.enter()
  screen.leave()
  tell()
  await entered
  expect(log).toEqual(['on', 'as usual'])
})

it('leaves the brightness alone on a phone that does not tell it', async () => {
  const { light, log, tell } = phone(null)
  const screen = createBrightScreen(light)
  const entered = screen.enter()
  tell()
  await entered
  screen.leave()
  expect(log).toEqual(['on', 'as usual'])
})
