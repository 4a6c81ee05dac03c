// What reaches the page from keyboards, scanners and input methods, and what it sounds like.
import { beforeEach, expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import type { CDPSession } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { cashierDesk, PHONE, scan } from './cashier-desk.js'
import { standInMember } from './cashier-stand-in.js'

const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const HAND_GAP_MS = 140
const SLOW_ECHO_MS = 90
/** Longer than a burst and its silence. */
const QUIET_MS = 400

describeBrowser('keys at the cashier page', () => {
  const at = cashierDesk()
  const lookups = () =>
    at.agent.calls.filter(({ path }) => path === '/lookup').map(({ body }) => body)
  let devtools: CDPSession

  beforeEach(async () => {
    at.agent.members.set(MEMBER_CODE, standInMember())
    devtools = await at.devtools()
  })

  /** A key as an input method passes it on: no key, keyCode 229; the place where there is one. */
  async function process(code: string): Promise<void> {
    const key = { key: 'Process', code, windowsVirtualKeyCode: 229 }
    await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
  }

  it.each(['Digit', 'Numpad'])(
    'counts %s keys that an input method has swallowed, and not their text again',
    async (row) => {
      await at.open()
      for (const digit of PHONE) {
        await process(row + digit)
        // Later than any clock could tell from a paste: a till may be busy.
        await at.page.waitForTimeout(SLOW_ECHO_MS)
        await devtools.send('Input.insertText', {
          text: '０１２３４５６７８９'[Number(digit)] ?? '',
        })
      }
      await at.desk('known').waitFor()
      expect(lookups()).toEqual([{ input: PHONE }])
      expect(await at.page.locator('#entry').inputValue()).toBe('')
    },
  )

  it('takes digits that an input method composed without a single key', async () => {
    await at.open()
    for (const text of ['1', '138', MEMBER_CODE])
      await devtools.send('Input.imeSetComposition', {
        ...{ text, selectionStart: text.length, selectionEnd: text.length },
      })
    await devtools.send('Input.insertText', { text: MEMBER_CODE })
    await at.desk('known').waitFor()
    expect(lookups()).toEqual([{ input: MEMBER_CODE }])
  })

  it('composes and counts at the same time without counting twice', async () => {
    await at.open()
    let text = ''
    for (const digit of MEMBER_CODE) {
      text += digit
      await process(`Digit${digit}`)
      await devtools.send('Input.imeSetComposition', {
        ...{ text, selectionStart: text.length, selectionEnd: text.length },
      })
    }
    await devtools.send('Input.insertText', { text })
    await at.desk('known').waitFor()
    await at.page.waitForTimeout(QUIET_MS)
    expect(lookups()).toEqual([{ input: MEMBER_CODE }])
  })

  it('drops letters that were composed', async () => {
    await at.open()
    await at.type('138')
    await devtools.send('Input.imeSetComposition', {
      ...{ text: 'ni', selectionStart: 2, selectionEnd: 2 },
    })
    await devtools.send('Input.insertText', { text: '你' })
    await at.type('12345678')
    await at.desk('known').waitFor()
    expect(lookups()).toEqual([{ input: PHONE }])
  })

  it('tells a scan from typing: half a number by hand, then a burst, is the burst', async () => {
    await at.open()
    await at.page.keyboard.type('1391', { delay: HAND_GAP_MS })
    await at.page.waitForTimeout(QUIET_MS)
    await scan(devtools, MEMBER_CODE)
    await at.page.keyboard.press('Enter')
    await at.desk('known').waitFor()
    expect(lookups()).toEqual([{ input: MEMBER_CODE }])
  })

  it('reads the same digits by hand, as slowly as somebody types', async () => {
    await at.open()
    await at.page.keyboard.type(PHONE, { delay: HAND_GAP_MS })
    await at.desk('known').waitFor()
    expect(lookups()).toEqual([{ input: PHONE }])
  })

  it('needs one hand on the number pad for a whole customer', async () => {
    await at.open()
    for (const digit of PHONE) {
      const key = { key: digit, code: `Numpad${digit}`, isKeypad: true }
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key })
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
    }
    await at.desk('known').waitFor()
    await at.page.keyboard.press('NumpadAdd')
    await at.says('¥37.02 已记给 138****5678')
    await at.page.keyboard.press('NumpadSubtract')
    await at.says('已撤销：¥37.02')
    await at.page.keyboard.press('ArrowDown')
    await at.page.keyboard.press('ArrowDown')
    await at.page.keyboard.press('NumpadEnter')
    await at.says('¥24.68 已记给 138****5678')
  })

  it('is silent until the cashier wants sound, and remembers what was wanted', async () => {
    await at.page.addInitScript(() => {
      const heard: number[] = []
      Object.assign(window, { heard })
      const make = AudioContext.prototype.createOscillator
      AudioContext.prototype.createOscillator = function (this: AudioContext) {
        const tone = make.call(this)
        const start = tone.start.bind(tone)
        tone.start = (atS?: number) => {
          heard.push(tone.frequency.value)
          start(atS)
        }
        return tone
      }
    })
    const heard = () =>
      at.page.evaluate(() => (window as unknown as { heard: number[] }).heard.splice(0))
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F1')
    await at.says('已记给')
    expect(await heard()).toEqual([])
    await at.page.keyboard.press('F9')
    await at.says('提示音已打开')
    await at.page.keyboard.press('-')
    await at.says('已撤销')
    expect(await heard()).toEqual([1_320])
    at.agent.refuseNext = 'receipt_already_claimed'
    await at.page.keyboard.press('F1')
    await at.says('这张小票已记在另一位会员名下')
    expect(await heard()).toEqual([330, 260])
    await at.open()
    await at.page.getByText('提示音 开').waitFor()
    await at.serve()
    expect(await heard()).toEqual([1_320])
    await at.page.keyboard.press('F9')
    await at.says('提示音已关闭')
    await at.page.keyboard.press('F2')
    await at.says('已记给')
    expect(await heard()).toEqual([])
  })
})
