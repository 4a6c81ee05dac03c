// The console's pages of the levels in a real browser, and whether each can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { describeLooks, type LookedAt } from './console-looks.js'
import { LEVELS, LEVEL_TRIAL_ID, LONG_LEVEL, levelsStandIn } from './console-levels-stand-in.js'
import type { OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const DAY_MS = 86_400_000

describeBrowser("the console's levels", () => {
  let page: Page
  let levels: ReturnType<typeof levelsStandIn>
  const suite = consoleSuite(() => {
    levels = levelsStandIn()
    return levels.routes
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const shown = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
  /** `YYYY-MM-DD`, some days from today, by the browser's clock. */
  const dayAfter = (days: number) =>
    new Date(Date.now() + days * DAY_MS + 8 * 3_600_000).toISOString().slice(0, 10)

  it('shows the levels with their members, and publishes another for a day to come', async () => {
    await open('/levels')
    await page.getByText('1,234,567 位会员').waitFor()
    const all = await shown()
    for (const words of [
      '成长值满 1,000 · 生日当月送 200 积分',
      '每笔消费另得 10 成长值，每天最多计 2 笔',
      '降级前 30 天提醒会员',
      '系统自带：只有一个等级',
    ])
      expect(all).toContain(words)
    await page.getByRole('link', { name: '改等级' }).click()
    await press('加一级')
    await page.waitForFunction(() => document.activeElement?.id.endsWith('-name'))
    await page.keyboard.type('银卡会员')
    const added = page.getByRole('group', { name: /^第 4 级/ })
    await added.getByLabel('代码').fill('Gold')
    await page.getByText('小写字母开头，可用数字和下划线，最多 16 个', { exact: true }).waitFor()
    await press('发布')
    await page.getByText('有 2 处还没填对').waitFor()
    await added.getByLabel('代码').fill('gold')
    await added.getByLabel('成长值满多少').fill('200000000')
    await page.getByText('等级名称“银卡会员”重复了').waitFor()
    await press('发布')
    expect(levels.sent).toEqual([])
    await added.getByLabel('名称').fill('传奇会员')
    await page.getByRole('radio', { name: '某一天 00:00' }).check()
    await page.getByLabel('生效那天').fill(dayAfter(3))
    await press('发布')
    await page.getByText('第 3 版已发布').waitFor()
    expect(levels.sent).toMatchObject([
      {
        basedOnVersion: 2,
        effectiveFromMs: Date.parse(`${dayAfter(3)}T00:00:00+08:00`),
        terms: { levels: [{}, {}, { code: 'black' }, { code: 'gold', threshold: 200_000_000 }] },
      },
    ])
  })

  it('lets nobody overwrite levels that were published meanwhile', async () => {
    await open('/levels/new')
    await page.getByLabel('宽限几天').fill('7')
    levels.publish({ ...LEVELS, graceDays: 9 }, Date.now())
    await press('发布')
    await page.getByText('有人刚刚发布了新的等级方案').waitFor()
    await press('从最新的一版重新填')
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('#rule-grace')?.value === '9',
    )
    suite.server.role = 'manager'
    await open('/levels/new')
    await page.getByText('您的角色看不到这一页').waitFor()
  })

  it('tries a scheme before it is published, may be stopped, and comes back to it', async () => {
    await open('/levels/new')
    const silver = page.getByRole('group', { name: /^第 2 级/ })
    await silver.getByLabel('成长值满多少').fill('0')
    expect(await page.getByRole('button', { name: '先试算' }).isDisabled()).toBe(true)
    await silver.getByLabel('成长值满多少').fill('600')
    await press('先试算')
    await page.getByText('已算 402,000 位会员，共约 1,234,585 位').waitFor()
    expect(levels.tried().levels[1]?.threshold).toBe(600)
    await press('停止试算')
    await page.getByText('这次试算已停止').waitFor()
    levels.state.trialState = 'done'
    await page.getByText('以前的试算').click()
    await page.getByText('升 1,200，降 45').waitFor()
    await page.reload()
    await page.getByText('会降级的是按新方案达不到现有等级的会员').waitFor()
    const all = await shown()
    for (const words of [
      `${LONG_LEVEL} → 银卡会员 40 138****5678、已合并或已注销的会员`,
      '普通会员 1,233,322 1,200 — 1,234,522',
      '+60,246',
      '2025-06-03 至 2026-06-03 的消费',
    ])
      expect(all).toContain(words)
    await page.getByRole('link', { name: '去发布', exact: true }).click()
    await page.getByText('已恢复您上次没有发布的内容').waitFor()
    expect(await silver.getByLabel('成长值满多少').inputValue()).toBe('600')
    await press('重新填')
    expect(await silver.getByLabel('成长值满多少').inputValue()).toBe('1000')
    expect(levels.sent).toEqual([])
  })

  const PAGES: readonly LookedAt[] = [
    ['levels', '/levels', LONG_LEVEL, null],
    ['levels-new', '/levels/new', LONG_LEVEL, null],
    ['levels-trial', `/levels/trials/${LEVEL_TRIAL_ID}`, '升降的会员', null],
  ]

  describeLooks(open, PAGES)
})
