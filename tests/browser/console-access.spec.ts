// Signing in with a second factor, one's own account and the audit in a real browser, and whether
// these pages can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { describeBrowser } from '../rig/browser.js'
import { takePicture } from '../rig/pictures.js'
import { accessStandIn, RIGHT_CODE } from './console-access-stand-in.js'
import { describeLooks, SMALL, type LookedAt } from './console-looks.js'
import type { OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'
import { LONG_NAME, teamStandIn } from './console-team-stand-in.js'

describeBrowser("the console's pages of who may and who did", () => {
  let page: Page
  let access: ReturnType<typeof accessStandIn>
  const suite = consoleSuite(() => {
    access = accessStandIn()
    return { ...access.routes, ...teamStandIn().routes }
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
  const dialog = () => page.getByRole('dialog')
  const toSignIn = async () => {
    await open('/')
    await press('退出')
    await page.getByLabel('账号').waitFor()
  }

  it('asks for the code after the password, and says what was wrong', async () => {
    await toSignIn()
    suite.server.code = RIGHT_CODE
    await page.getByLabel('账号').fill('dianzhang')
    await page.getByLabel('密码', { exact: true }).fill('right')
    await press('登录')
    await page.getByLabel('动态口令').fill('000000')
    await press('登录')
    await page.getByRole('alert').getByText('动态口令不正确或已用过').waitFor()
    await takePicture(page, 'console-sign-in-code')
    await expectNoSeriousIssues(page)
    await page.getByLabel('动态口令').fill(RIGHT_CODE)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /王总/ }).waitFor()
    expect(access.changes).toEqual([{ what: 'sign out', body: null }])
  })

  it('says how long to wait, and forgets the password', async () => {
    await toSignIn()
    await page.getByLabel('账号').fill('dianzhang')
    await page.getByLabel('密码', { exact: true }).fill('right')
    suite.server.refuseNext('sign_in_locked')
    await press('登录')
    await page.getByRole('alert').getByText('尝试次数太多').waitFor()
    expect(await page.getByLabel('密码', { exact: true }).inputValue()).toBe('')
  })

  it('sets the second factor: password, picture, code, recovery codes', async () => {
    await open('/me', SMALL)
    await press('设置动态口令')
    await dialog().getByLabel('您的密码').fill('wrong')
    await dialog().getByRole('button', { name: '下一步' }).click()
    await dialog().getByText('密码不正确').waitFor()
    await dialog().getByLabel('您的密码').fill('right')
    await dialog().getByRole('button', { name: '下一步' }).click()
    await dialog().getByText('JBSW Y3DP EHPK 3PXP').waitFor()
    await dialog().locator('svg[width="200"], .account-qr svg').first().waitFor()
    await takePicture(page, 'console-factor-small')
    await dialog().getByLabel('六位数字').fill(RIGHT_CODE)
    await dialog().getByRole('button', { name: '启用' }).click()
    await dialog().getByText('abcd0-efghj').waitFor()
    expect(await dialog().getByRole('listitem').count()).toBe(10)
    await takePicture(page, 'console-factor-codes-small')
    await press('我已经收好了')
    await page.getByText('还剩 10 个恢复码').waitFor()
    expect(access.changes).toEqual([{ what: 'factor', body: null }])
  })

  it('opens nothing but one’s own account while a second factor is asked for', async () => {
    suite.server.lacksFactor = true
    await open('/staff')
    await page.getByText('总部要求您的角色使用动态口令').waitFor()
    expect(await page.getByRole('link', { name: '员工' }).count()).toBe(0)
    await press('设置动态口令')
    await dialog().getByLabel('您的密码').fill('right')
    await dialog().getByRole('button', { name: '下一步' }).click()
    await dialog().getByLabel('六位数字').fill(RIGHT_CODE)
    await dialog().getByRole('button', { name: '启用' }).click()
    await press('我已经收好了')
    await page.getByRole('link', { name: '员工' }).first().waitFor()
    await page.getByText(LONG_NAME).first().waitFor()
  })

  it('makes recovery codes anew when they run out, and takes the factor away, for password and code', async () => {
    access.state.isSet = true
    await open('/me')
    await page.getByText('恢复码快用完了').waitFor()
    await press('重新生成恢复码')
    await dialog().getByText('原来的恢复码都不能再用').waitFor()
    await dialog().getByLabel('您的密码').fill('right')
    await dialog().getByLabel('动态口令或恢复码').fill(RIGHT_CODE)
    await dialog().getByRole('button', { name: '重新生成恢复码' }).click()
    await press('我已经收好了')
    await press('关闭')
    await dialog().getByLabel('您的密码').fill('right')
    await dialog().getByLabel('动态口令或恢复码').fill(RIGHT_CODE)
    await dialog().getByRole('button', { name: '关闭' }).last().click()
    await page.getByText('没有设置').waitFor()
    expect(access.changes.map(({ what }) => what)).toEqual(['renew', 'remove'])
  })

  it('changes one’s own password, and ends sessions one by one or all at once', async () => {
    await open('/me', SMALL)
    await press('修改密码')
    await dialog().getByLabel('现在的密码').fill('right')
    await dialog().getByLabel('新密码').fill('short')
    await dialog().getByText('太短了').waitFor()
    await dialog().getByLabel('新密码').fill('a new and long one')
    await dialog().getByRole('button', { name: '保存' }).click()
    await page.getByText('密码已修改').waitFor()
    await press('退出：安卓 · 微信')
    await page.getByText('安卓 · 微信').waitFor({ state: 'detached' })
    await press('全部退出')
    await page.getByText('1 个地方都会退出').waitFor()
    await page.getByRole('group', { name: '全部退出' }).getByRole('button').first().click()
    await page.getByLabel('账号').waitFor()
    expect(access.changes.map(({ what }) => what).slice(0, 3)).toEqual([
      'password',
      'end',
      'end all',
    ])
  })

  it('lets an owner reset the second factor of somebody else, and ask everybody for one', async () => {
    await open('/staff')
    await press('重置动态口令：小陈')
    await page.getByText('请先确认是本人').waitFor()
    await press('重置这 1 人的动态口令')
    await page.getByText('请先确认是本人').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: '重置动态口令：王总' }).count()).toBe(0)
    await page.goto(`${suite.server.url}#/settings`)
    await page.getByLabel('总部、运营和审计必须设置动态口令').check()
    await page.getByText('已保存，马上生效').waitFor()
    expect(access.changes.map(({ what }) => what)).toEqual(['reset', 'security'])
  })

  it('shows at once what was chosen for the second factor, and goes back when it is refused', async () => {
    await open('/settings')
    const box = page.getByLabel('总部、运营和审计必须设置动态口令')
    suite.server.refuseNext('busy', 'PUT /settings/security')
    let answer = () => {}
    const answered = new Promise<void>((resolve) => (answer = resolve))
    await page.route('**/settings/security', async (route) => {
      if (route.request().method() === 'PUT') await answered
      await route.continue()
    })
    await box.check()
    expect(await box.isDisabled()).toBe(true)
    answer()
    await page.getByRole('alert').getByText('系统繁忙').waitFor()
    expect(await box.isChecked()).toBe(false)
    expect(access.state.security.secondFactorRequired).toBe(false)
    await box.check()
    await page.getByText('已保存，马上生效').waitFor()
    expect(await page.getByText('系统繁忙').count()).toBe(0)
    expect(await box.isChecked()).toBe(true)
    expect(access.changes).toEqual([{ what: 'security', body: { secondFactorRequired: true } }])
  })

  it('looks through the audit by person, action and subject, page after page', async () => {
    suite.server.role = 'auditor'
    await open('/audit')
    await page.getByText('something.new').waitFor()
    await page.getByText('系统、未登录的人或运维命令').waitFor()
    expect(await page.locator('.row.audit').count()).toBe(50)
    await press('显示更多')
    await page.locator('.row.audit').nth(69).waitFor()
    await page.getByLabel('做了什么').fill('完整手机号')
    await page.keyboard.press('Enter')
    await page.getByText('something.new').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^对象/ }).first().click()
    await page.getByText('只看与 01JX0000000000000000000MEM 有关的', { exact: true }).waitFor()
    await page.locator('.row.audit').first().waitFor()
    await page.reload()
    await page.getByText('只看与 01JX0000000000000000000MEM 有关的', { exact: true }).waitFor()
    await page.locator('.row.audit').first().waitFor()
    const { query } = suite.server.asked.filter(({ path }) => path === '/audit').at(-1)!
    expect(Object.fromEntries(query)).toEqual({
      action: 'member.phone_viewed',
      subjectId: '01JX0000000000000000000MEM',
      limit: '50',
    })
    await press('清除筛选')
    await page.getByText('something.new').waitFor()
    await page.getByLabel('从哪天').fill('2026-06-02')
    await page.getByLabel('到哪天').fill('2026-06-01')
    await page.getByText('结束日期要在开始日期之后').waitFor()
  })

  it('takes the audit away as a file', async () => {
    suite.server.role = 'auditor'
    await open('/audit?action=staff.changed')
    await press('导出')
    await page.getByText('还没有导出过').waitFor()
    await press('生成文件')
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: /^下载/ }).click()
    expect((await saved).suggestedFilename()).toMatch(/^操作日志-\d{4}-\d\d-\d\d\.csv$/)
    expect(access.changes).toEqual([{ what: 'export', body: { action: 'staff.changed' } }])
  })

  it.each([
    ['/staff', LONG_NAME, /添加员工|修改|停用|重置/],
    ['/settings', '21:00 到第二天 09:00', '保存'],
  ] as const)('shows an auditor %s without what they may not do', async (at, seen, button) => {
    suite.server.role = 'auditor'
    await open(at)
    await page.getByText(seen).first().waitFor()
    expect(await page.getByRole('button', { name: button }).count()).toBe(0)
  })

  it.each(['operations', 'analyst', 'auditor'] as const)(
    'brings an %s to a page they may see',
    async (role) => {
      suite.server.role = role
      await open('/')
      await page.getByText('¥12,345.67').waitFor()
      await page.goto(`${suite.server.url}#/stores`)
      await page.getByText('您的角色看不到这一页').waitFor()
    },
  )

  const PAGES: readonly LookedAt[] = [
    ['account', '/me', 'Mac · Chrome', null],
    ['account-factor', '/me', 'Mac · Chrome', '设置动态口令'],
    ['audit', '/audit', 'something.new', null],
    ['settings-security', '/settings', '必须设置动态口令', null],
  ]

  describeLooks(open, PAGES)
})
