// The cashier page in a real browser, by keyboard only, against a stand-in for the agent.
import { expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import { describeBrowser } from '../rig/browser.js'
import { cashierDesk, PHONE, scan } from './cashier-desk.js'
import { standInMember, standInReceipt, standInTill } from './cashier-stand-in.js'

const NEW_PHONE = '13900001111'
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const NOTICE_MS = 700
const OFFLINE_MS_MAX = 10_000
const PAGE_JS_BYTES_MAX = 280_000

describeBrowser('the cashier page', () => {
  const at = cashierDesk()
  const { open, desk, row, says, type } = at
  const lookups = () => at.agent.calls.filter(({ path }) => path === '/lookup')

  it('is small enough for an old till', async () => {
    await open()
    const bytes = await at.page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.endsWith('.js'))
        .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
    )
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(PAGE_JS_BYTES_MAX)
  })

  it('looks a member up by itself at the eleventh digit', async () => {
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    const shown = await desk('known').innerText()
    for (const words of ['138****5678', '金卡', '12,860', '截至', '14:02', '2026-05-28', '23 次'])
      expect(shown).toContain(words)
    expect(shown).toContain('实时')
    expect(await at.page.locator('#entry').inputValue()).toBe('')
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: PHONE } }])
  })

  it('keeps the focus in the input, whatever is clicked', async () => {
    await open()
    await at.page.locator('.store').click()
    await at.page.keyboard.press('Tab')
    await type(PHONE)
    await desk('known').waitFor()
    await expect(at.page.evaluate(() => document.activeElement?.id)).resolves.toBe('entry')
  })

  it('shows the notice for a new number and registers with Enter', async () => {
    await open()
    await type(NEW_PHONE)
    await at.page.keyboard.press('Enter')
    await desk('fresh').waitFor()
    expect(await desk('fresh').innerText()).toContain('随时在小程序里查看')
    expect(await desk('fresh').innerText()).toContain('139 0000 1111')
    await at.page.waitForTimeout(NOTICE_MS)
    await at.page.keyboard.press('Enter')
    await desk('known').waitFor()
    expect(await desk('known').innerText()).toContain('待本人在小程序确认')
    expect(at.agent.calls.at(-1)).toEqual({
      path: '/register',
      body: { phone: NEW_PHONE, policyVersion: '2026-05', textSha256: '0'.repeat(64) },
    })
  })

  it('registers without a network and says that it waits here', async () => {
    at.agent.isServerReachable = false
    await open()
    await type(NEW_PHONE)
    await desk('fresh').waitFor()
    expect(await desk('fresh').innerText()).toContain('暂时连不上服务器，登记会先存在本机')
    await at.page.waitForTimeout(NOTICE_MS)
    await at.page.keyboard.press('Enter')
    await at.page.getByText('已存在本机，联网后自动上传').waitFor()
    expect(await desk('known').innerText()).toContain('本机登记')
  })

  it('gives the second receipt to the member with F2', async () => {
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    await at.page.keyboard.press('F2')
    await says('¥24.68 已记给 138****5678，积分 24')
    expect(await row(2).innerText()).toContain('138****5678')
    expect(at.agent.calls.at(-1)).toEqual({
      path: `/receipts/${standInReceipt(2).receiptId}/assign`,
      body: { memberId: standInMember().memberId },
    })
  })

  it('gives no receipt to anybody while nobody is on screen', async () => {
    await open()
    await at.page.keyboard.press('F1')
    await says('先输入手机号或扫会员码')
    expect(at.agent.calls).toEqual([])
  })

  it.each([
    ['with Enter', true],
    ['without Enter', false],
  ])('takes a scanned member code %s behind half a number', async (_title, enter) => {
    at.agent.members.set(MEMBER_CODE, standInMember())
    await open()
    await type('138')
    await at.page.waitForTimeout(300)
    await scan(await at.devtools(), MEMBER_CODE)
    if (enter) await at.page.keyboard.press('Enter')
    await desk('known').waitFor()
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: MEMBER_CODE } }])
  })

  it('takes a scanned member code while a Chinese input method is on', async () => {
    at.agent.members.set(MEMBER_CODE, standInMember())
    await open()
    await scan(await at.devtools(), MEMBER_CODE, (digit) => {
      // What an input method makes of a key: "Process" and 229, then the text by another way.
      const key = { key: 'Process', code: `Digit${digit}`, windowsVirtualKeyCode: 229 }
      return [
        ['Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key }],
        ['Input.insertText', { text: digit }],
        ['Input.dispatchKeyEvent', { type: 'keyUp', ...key }],
      ]
    })
    await desk('known').waitFor()
    expect(await at.page.locator('#entry').inputValue()).toBe('')
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: MEMBER_CODE } }])
  })

  it('tells a payment code from a member code and asks nobody', async () => {
    await open()
    await scan(await at.devtools(), PAYMENT_CODE)
    await says('这是付款码，不是会员码')
    expect(at.agent.calls).toEqual([])
  })

  it('asks for the amount of a doubtful receipt, then gives it to the member', async () => {
    const doubtful = {
      state: 'needs_confirm',
      totalFen: null,
      confirmReason: '有两个合计',
    } as const
    at.agent.receipts[0] = standInReceipt(3, doubtful)
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    await at.page.keyboard.press('F1')
    const amount = at.page.locator('#amount')
    expect(await amount.inputValue()).toBe('')
    await type('128.5')
    await at.page.keyboard.press('Enter')
    await at.page.getByText('请选：+ 销售，- 退货，* 不是小票').waitFor()
    await at.page.keyboard.press('NumpadAdd')
    await at.page.getByText('记为销售 ¥128.50，并记给 138****5678').waitFor()
    await at.page.keyboard.press('Enter')
    await says('¥128.50 已记给 138****5678')
    expect(at.agent.calls.slice(1).map(({ body }) => body)).toEqual([
      { decision: 'sale', totalFen: 12_850 },
      { memberId: standInMember().memberId },
    ])
    await expect(at.page.evaluate(() => document.activeElement?.id)).resolves.toBe('entry')
  })

  it('shows what is printed as text, even when it is a script', async () => {
    at.agent.receipts[0] = standInReceipt(3, { text: '<img src=x onerror="document.title=1">' })
    await open()
    await at.page.keyboard.press('ArrowDown')
    await at.page.getByText('<img src=x onerror="document.title=1">').waitFor()
    await at.page.keyboard.press('Escape')
    await row(1).waitFor()
    expect(await at.page.title()).toBe('回客 收银台')
  })

  it('shows the sentence of an error and asks again on Enter', async () => {
    at.agent.refuseNext = 'rate_limited'
    await open()
    await type(PHONE)
    await desk('failed').filter({ hasText: '操作太频繁，请稍后再试' }).waitFor()
    await at.page.keyboard.press('Enter')
    await desk('known').waitFor()
  })

  it('goes on taking keys while an answer is late', async () => {
    at.agent.members.set(NEW_PHONE, standInMember({ phoneMasked: '139****1111' }))
    at.agent.delayMs = 800
    await open()
    await type(PHONE)
    await desk('looking').waitFor()
    await type(NEW_PHONE)
    await desk('known').filter({ hasText: '139****1111' }).waitFor()
  })

  it('raises the offline banner when the agent says so', async () => {
    await open()
    const since = new Date().setHours(18, 2, 0, 0)
    at.agent.till = standInTill({
      connection: 'offline',
      offlineSinceMs: since as never,
      outboxDepth: 4,
    })
    at.agent.push()
    await at.page.getByRole('alert').filter({ hasText: '离线 自 18:02' }).waitFor()
    await at.page.getByText('待上传 4').waitFor()
  })

  it('notices within ten seconds that the agent is gone, and that it is back', async () => {
    await open()
    await at.agent.die()
    const gone = at.page.getByRole('alert').filter({ hasText: '本机服务没有响应' })
    await gone.waitFor({ timeout: OFFLINE_MS_MAX })
    await type(PHONE)
    await desk('failed').filter({ hasText: '本机服务没有响应，请稍后再试' }).waitFor()
    await at.agent.revive()
    await gone.waitFor({ state: 'detached', timeout: OFFLINE_MS_MAX })
    at.agent.receipts = [standInReceipt(4), ...at.agent.receipts]
    at.agent.push()
    await row(4).waitFor()
    await at.page.keyboard.press('Enter')
    await desk('known').waitFor()
  })

  it('goes on where it was when the agent was restarted and knows its session no more', async () => {
    await open()
    await type(PHONE.slice(0, 5))
    await at.agent.die()
    at.agent.session = 'second'
    await at.agent.revive()
    await type(PHONE.slice(5))
    await desk('known').waitFor()
    at.agent.receipts = [standInReceipt(4), ...at.agent.receipts]
    // Its live line is back too, whichever of the two found out first.
    await at.page.waitForResponse((response) => response.url().endsWith('/live') && response.ok())
    at.agent.push()
    await row(4).waitFor()
    await expect(at.page.evaluate(() => sessionStorage.length)).resolves.toBe(0)
  })

  it('finds its session again without a key being pressed', async () => {
    await open()
    await at.agent.die()
    at.agent.session = 'second'
    const gone = at.page.getByRole('alert').filter({ hasText: '本机服务没有响应' })
    await gone.waitFor({ timeout: OFFLINE_MS_MAX })
    await at.agent.revive()
    await gone.waitFor({ state: 'detached', timeout: OFFLINE_MS_MAX })
    await at.serve()
  })

  it('opens itself again, once, when the restarted agent brings another page', async () => {
    await open()
    await at.agent.die()
    at.agent.session = 'second'
    at.agent.page = (html) => html.replace(/(src="[^"]+\.js)"/, '$1?next"')
    const opened = at.page.waitForEvent('load')
    await at.agent.revive()
    await opened
    await at.page.getByText('在线', { exact: true }).waitFor()
    await at.serve()
    at.agent.session = 'third'
    at.agent.page = (html) => html.replace(/(src="[^"]+\.js)"/, '$1?after"')
    await at.page.keyboard.press('Escape')
    await at.serve()
    await expect(
      at.page.evaluate(() => document.querySelector('script')?.getAttribute('src')),
    ).resolves.toContain('?next')
  })
})
