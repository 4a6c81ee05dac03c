// The console's pages of the quality of data in a real browser, and whether each can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { describeLooks, SMALL, type LookedAt } from './console-looks.js'
import { LONG_STORE, qualityStandIn } from './console-quality-stand-in.js'
import type { OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const SAMPLE_PATH = '/quality/samples/01JX0SM0000000000000000001'

describeBrowser("the console's pages of the quality of data", () => {
  let page: Page
  let quality: ReturnType<typeof qualityStandIn>
  const suite = consoleSuite(() => {
    quality = qualityStandIn()
    return quality.routes
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
  const dialog = () => page.getByRole('dialog')
  const rowOf = async (name: string) => {
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) })
    return (await row.innerText()).replace(/\s+/g, ' ')
  }

  it('shows what is known, by channel and by source, and what failed', async () => {
    await open('/quality')
    await page.getByText('14 项标准里有 3 项没达到').waitFor()
    await page.getByText('06-03 03:05 每日自动').waitFor()
    expect(await rowOf('手机号')).toBe('手机号 100% 达标 至少 95% 97.06% 89.65%')
    expect(await rowOf('数量异常大')).toBe('数量异常大2 条待看 <0.01% 2 / 1,000,000 至多 0% 未达标')
    expect(await rowOf('找不到原单的退货')).toContain('13.66% 820 / 6,000 至多 10% 未达标')
    await press('按来源')
    await page.getByRole('columnheader', { name: '导入的表格（youzan_members）' }).waitFor()
    await page.locator('.chart svg').waitFor()
  })

  it('counts anew in the background, and says how far it is', async () => {
    await open('/quality')
    await press('重新检查')
    await page.getByText('正在检查，已看 402,000 / 约 1,198,000 行').waitFor()
    expect(await page.getByRole('button', { name: '重新检查' }).isDisabled()).toBe(true)
    expect(quality.changes).toEqual([{ what: 'count', body: null }])
  })

  it('says so before the first count, and when it cannot be read', async () => {
    quality.state.isEmpty = true
    await open('/quality')
    await page.getByText('还没有检查过').waitFor()
    await page.close()
    suite.server.refuseNext('busy', 'GET /quality/issues')
    await open('/quality/issues/quantity_huge')
    await page.getByText('系统繁忙').waitFor()
    await press('再试一次')
    await page.getByText('小票 R001').waitFor()
  })

  it('takes an answer to a doubt, which leaves the list', async () => {
    await open('/quality/issues/quantity_huge', SMALL)
    const item = page.getByRole('listitem').filter({ hasText: '小票 R001' })
    await item.getByText('农夫山泉饮用天然水550ml整箱装促销 × 1,000').waitFor()
    expect(await item.getByRole('link').getAttribute('href')).toContain('#/members/')
    await item.getByRole('button', { name: '数据有错' }).click()
    await item.waitFor({ state: 'detached' })
    expect(quality.changes).toEqual([{ what: 'settle', body: { state: 'wrong' } }])
    await page.getByLabel('看哪一些').getByRole('button', { name: '数据有错' }).click()
    await page.getByText('王总 06-03 03:04：数据有错').waitFor()
  })

  it('sets what is expected, and takes nothing that is no share', async () => {
    await open('/quality')
    await press('标准与询问')
    const phone = dialog().getByLabel('手机号', { exact: true })
    await phone.fill('101')
    await dialog().getByText('有一项不是能用的数字').waitFor()
    expect(await dialog().getByRole('button', { name: '保存' }).isDisabled()).toBe(true)
    await phone.fill('97.5')
    await dialog().getByRole('checkbox', { name: '姓名' }).uncheck()
    await dialog().getByRole('button', { name: '保存' }).click()
    await dialog().waitFor({ state: 'detached' })
    const [change] = quality.changes
    expect(change?.body).toMatchObject({ thresholds: { has_phone: 9_750 }, askFor: ['birthday'] })
  })

  it('draws a sample, and goes from verdict to verdict', async () => {
    await open('/quality/samples')
    await page.getByText('还有 2 条没看').waitFor()
    await press('新抽一批')
    await dialog().getByRole('button', { name: '会员资料' }).click()
    await dialog().getByLabel('每个来源抽几条').fill('30')
    await dialog().getByRole('button', { name: '开始抽' }).click()
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('link', { name: '去核实' }).click()
    await page.getByText('第 5 条，共 6 条').first().waitFor()
    await press('对')
    await page.getByText('第 6 条，共 6 条').first().waitFor()
    await press('看不出')
    await page.getByText('20.8% – 93.9%').first().waitFor()
    expect(quality.changes).toEqual([
      { what: 'draw', body: { kind: 'record', perSource: 30 } },
      { what: 'verdict 5', body: 'right' },
      { what: 'verdict 6', body: 'unsure' },
    ])
  })

  it('lets an analyst look, and change nothing', async () => {
    suite.server.role = 'analyst'
    await open('/quality')
    await page.getByText('14 项标准里有 3 项没达到').waitFor()
    expect(await page.getByRole('button', { name: '重新检查' }).count()).toBe(0)
    await page.getByRole('link', { name: '抽样核实' }).click()
    await page.getByText('还有 2 条没看').waitFor()
    expect(await page.getByRole('button', { name: '新抽一批' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: '去核实' }).count()).toBe(0)
  })

  const PAGES: readonly LookedAt[] = [
    ['quality', '/quality', '未达标', null],
    ['quality-settings', '/quality', '未达标', '标准与询问'],
    ['quality-issues', '/quality/issues/quantity_huge', LONG_STORE, null],
    ['quality-samples', '/quality/samples', '还有 2 条没看', null],
    ['quality-sample', SAMPLE_PATH, '第 5 条，共 6 条', null],
  ]

  describeLooks(open, PAGES, async (at, name) => {
    if (name === 'quality') await at.locator('.chart svg').waitFor()
  })
})
