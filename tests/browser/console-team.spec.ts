// The console's stores, staff, statistics and settings in a real browser, and whether every one of
// these pages can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { takePicture } from '../rig/pictures.js'
import { describeLooks, SMALL, type LookedAt } from './console-looks.js'
import { LONG_STORE, offlineStandIn } from './console-offline-stand-in.js'
import { sourcesStandIn } from './console-sources-stand-in.js'
import { STORE_IDS, type OpenOptions, type Routes } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'
import { LONG_WORDS, reviewsStandIn } from './console-reviews-stand-in.js'
import { ENROLMENT_CODE, LONG_NAME, teamStandIn } from './console-team-stand-in.js'

describeBrowser("the console's pages of the team", () => {
  let team: ReturnType<typeof teamStandIn>
  let page: Page
  const suite = consoleSuite(() => {
    team = teamStandIn()
    const others = [sourcesStandIn(), reviewsStandIn(), offlineStandIn()]
    return Object.assign({}, team.routes, ...others.map(({ routes }) => routes)) as Routes
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
  const dialog = () => page.getByRole('dialog')

  it('shows every store with its tills and how they are', async () => {
    await open('/stores', SMALL)
    await page.getByText('这家店还没有收银台').waitFor()
    const tills = await page.locator('.terminal').allInnerTexts()
    expect(tills.map((till) => till.replace(/\s+/g, ' '))).toEqual([
      '01 在线 重新登记 停用 最近连接 刚刚 · 版本 0.1.0',
      '02 离线 待上传 12 重新登记 停用 最近连接 1 小时前 · 版本 0.1.0',
      '03 未登记 重新登记 从未连接',
      '04 已停用 重新登记 最近连接 刚刚 · 版本 0.1.0',
    ])
  })

  it('makes a store, says when its code is taken, and gives it another name', async () => {
    await open('/stores')
    await press('新建门店')
    await dialog().getByLabel('店名').fill('中山路店')
    await dialog().getByLabel('门店编号').fill('一号')
    await dialog().getByText('只能用字母').waitFor()
    expect(await dialog().getByRole('button', { name: '新建门店' }).isDisabled()).toBe(true)
    await dialog().getByLabel('门店编号').fill('S001')
    await dialog().getByRole('button', { name: '新建门店' }).click()
    await dialog().getByText('这个编号或账号已被使用').waitFor()
    await dialog().getByLabel('门店编号').fill('S003')
    await dialog().getByRole('button', { name: '新建门店' }).click()
    await page.getByRole('heading', { name: '中山路店' }).waitFor()
    await page.getByLabel('解放路店').getByRole('button', { name: '改名' }).click()
    await dialog().getByLabel('店名').fill('解放路二店')
    await dialog().getByRole('button', { name: '保存' }).click()
    await page.getByRole('heading', { name: '解放路二店' }).waitFor()
    expect(team.changes).toEqual([
      { what: 'store', body: { name: '中山路店', code: 'S003', timeZone: 'Asia/Shanghai' } },
      { what: 'rename S002', body: { name: '解放路二店' } },
    ])
  })

  it('gives a new till a code that is large, with its end and how to use it', async () => {
    page = await suite.openApart({ ...SMALL, at: '/stores' })
    await page.getByLabel('解放路店').getByRole('button', { name: '登记收银台' }).click()
    await dialog().getByLabel('收银台编号').fill('01')
    expect(await dialog().getByText('已经登记过').count()).toBe(0)
    await press('生成登记码')
    await page.getByText(ENROLMENT_CODE, { exact: true }).waitFor()
    const shown = await dialog().innerText()
    expect(shown).toMatch(/\d\d-\d\d \d\d:\d\d 前有效，只能用一次/)
    expect(shown).toContain(`npm run agent -- enrol ${ENROLMENT_CODE} --config`)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await press('复制')
    await page.getByRole('button', { name: '已复制' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ENROLMENT_CODE)
    await press('好了')
    await dialog().waitFor({ state: 'detached' })
    expect(team.changes).toEqual([
      { what: 'enrol', body: { storeId: STORE_IDS[1], terminalCode: '01' } },
    ])
  })

  it('says that a known till moves to the new machine', async () => {
    await open('/stores')
    await press('重新登记 01')
    await dialog().getByText('原来的机器就不能再上传').waitFor()
    await dialog().getByRole('button', { name: '取消' }).click()
    expect(team.changes).toEqual([])
  })

  it('says what stopping a till does, with what waits on it, before it is done', async () => {
    await open('/stores')
    await press('停用 02')
    await page.getByText('机器上还没上传的 12 条会留在那台机器里').waitFor()
    await press('取消')
    expect(team.changes).toEqual([])
    await press('停用 02')
    suite.server.refuseNext('busy', 'POST /terminals/01JX0000000000000000000T02/revoke')
    await press('停用这 1 台')
    await page.getByText('系统繁忙').waitFor()
    await press('停用这 1 台')
    await page.getByRole('button', { name: '停用 02' }).waitFor({ state: 'detached' })
    expect(team.changes).toEqual([{ what: 'revoke 02', body: null }])
  })

  it('lets a manager enrol tills, and leaves stores and their names to the owner', async () => {
    suite.server.role = 'manager'
    await open('/stores')
    await page.getByRole('button', { name: '登记收银台' }).first().waitFor()
    expect(await page.getByRole('button', { name: '新建门店' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: '改名' }).count()).toBe(0)
  })

  it('adds somebody, with a first password made for them', async () => {
    await open('/staff', SMALL)
    await press('添加员工')
    await dialog().getByLabel('姓名').fill('赵新')
    await dialog().getByLabel('登录账号').fill('xiaochen')
    await dialog().getByLabel('能看的门店').fill('解放')
    await page.keyboard.press('Enter')
    await dialog().locator('.ant-select').getByText('解放路店').waitFor()
    await dialog().getByLabel('初始密码').fill('short')
    await dialog().getByText('太短了，至少 10 个字符').waitFor()
    await press('生成一个')
    const password = await dialog().getByLabel('初始密码').inputValue()
    await dialog().getByRole('button', { name: '添加员工' }).click()
    await dialog().getByText('这个编号或账号已被使用').waitFor()
    await dialog().getByLabel('登录账号').fill('zhaoxin')
    await dialog().getByRole('button', { name: '添加员工' }).click()
    await page.getByText('赵新').waitFor()
    expect(team.changes).toEqual([
      {
        what: 'staff',
        body: {
          name: '赵新',
          username: 'zhaoxin',
          role: 'cashier',
          storeIds: [STORE_IDS[1]],
          password,
        },
      },
    ])
    expect(password).toHaveLength(12)
  })

  it('changes the role and the stores, and a role over all stores needs none', async () => {
    await open('/staff')
    await press('修改：小陈')
    await dialog().getByLabel('总部').check()
    await dialog().getByText('总部看得到全部门店').waitFor()
    await dialog().getByRole('button', { name: '保存' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(team.changes).toEqual([
      { what: 'change xiaochen', body: { name: '小陈', role: 'owner', storeIds: [] } },
    ])
  })

  it('stops somebody after saying what that does, and gives a new password', async () => {
    await open('/staff')
    await press('停用：小陈')
    await page.getByText('小陈立刻退出登录').waitFor()
    await page.getByText('名下有 1,234 位会员').waitFor()
    await dialog().getByLabel('移交给').click()
    await page.getByTitle('李店长').click()
    await press('停用这 1 人')
    await page.getByRole('button', { name: '重新启用：小陈' }).waitFor()
    await press('新密码：李店长')
    await dialog().getByText('李店长已经登录的地方都会退出').waitFor()
    await dialog().getByLabel('新密码').fill('a-new-password')
    await dialog().getByRole('button', { name: '保存' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(team.changes).toEqual([
      {
        what: 'change xiaochen',
        body: { state: 'stopped', successorId: '01JX000000000000000000STF2' },
      },
      { what: 'change lidian', body: { password: 'a-new-password' } },
    ])
  })

  it('lets nobody stop or demote themselves', async () => {
    await open('/staff')
    await press('修改：王总')
    await dialog().getByText('请另一位总部的同事来改').waitFor()
    expect(await dialog().getByRole('radio').count()).toBe(0)
    await dialog().getByLabel('姓名').fill('王董')
    await dialog().getByRole('button', { name: '保存' }).click()
    await page.getByText('王董').waitFor()
    expect(team.changes).toEqual([{ what: 'change wangzong', body: { name: '王董' } }])
    expect(await page.getByRole('button', { name: /停用：王/ }).count()).toBe(0)
  })

  it('lets a manager change cashiers only, and says what each role may do', async () => {
    suite.server.role = 'manager'
    await open('/staff')
    await page.getByRole('button', { name: '修改：小陈' }).waitFor()
    expect(await page.getByRole('button', { name: '修改：李店长' }).count()).toBe(0)
    await press('添加员工')
    expect(await dialog().getByRole('radio').count()).toBe(1)
    await dialog().getByRole('button', { name: '取消' }).click()
    const cashier = page.getByRole('region', { name: '店员', exact: true })
    expect(await cashier.getByRole('listitem').allInnerTexts()).toEqual([
      '看今日数字',
      '查会员（手机号打码）',
      '按兑换码或手机号查兑换、交付礼品',
      '查自提订单、备货、交付',
    ])
  })

  it('shows a period in charts, in numbers and by employee, and stays after a reload', async () => {
    await open('/statistics')
    await page.locator('.chart svg').nth(1).waitFor()
    await press('最近 7 天')
    await page.getByText('，共 7 天').waitFor()
    // The old numbers stay until the new ones are there.
    await page
      .locator('main')
      .filter({ hasText: /新会员\s*168/ })
      .waitFor()
    const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    expect(shown).toMatch(/会员总数 12,480 .*新会员 168 .*活跃会员 620 .*流失会员 82 /)
    expect(shown).toContain(`${LONG_NAME} 人民路店 3 120 48 ¥6,984.00 ¥3,427.20 49%`)
    expect(shown).toContain('没有写收银员')
    await page.getByText('看每天的数字').click()
    const days = page.getByRole('region', { name: '看每天的数字' })
    await days.waitFor()
    expect(await days.getByRole('row').count()).toBe(1 + 7)
    const { query } = suite.server.asked.filter(({ path }) => path === '/statistics').at(-1)!
    const before = suite.server.asked.length
    await page.reload()
    await page.getByText('，共 7 天').waitFor()
    await page.getByText('没有写收银员').waitFor()
    expect(suite.server.asked.length).toBeGreaterThan(before)
    expect(suite.server.asked.filter(({ path }) => path === '/statistics').at(-1)!.query).toEqual(
      query,
    )
  })

  it('asks for one store and for days of one’s own, and not for what is too long', async () => {
    await open('/statistics?from=2026-01-01&to=2026-01-31')
    await page.getByText('2026-01-01 至 2026-01-31，共 31 天').waitFor()
    await page.getByLabel('门店', { exact: true }).fill('解放')
    await page.keyboard.press('Enter')
    await page.getByText('6,240').waitFor()
    const asked = () => suite.server.asked.filter(({ path }) => path === '/statistics')
    expect(Object.fromEntries(asked().at(-1)!.query)).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
      storeId: STORE_IDS[1],
    })
    const before = asked().length
    await page.getByLabel('从').fill('2024-01-01')
    await page.getByText('一次最多看 366 天').waitFor()
    await page.getByLabel('从').fill('2026-02-01')
    await page.getByText('结束日期要在开始日期之后').waitFor()
    expect(asked()).toHaveLength(before)
  })

  it('says so where there is nothing to draw', async () => {
    team.state.isQuiet = true
    await open('/statistics')
    await page.getByText('这段时间里没有消费').waitFor()
    await page.getByText('这段时间里没有记到员工的消费和登记').waitFor()
    expect(await page.locator('.chart').count()).toBe(0)
  })

  it('says what the message settings mean, and saves them', async () => {
    await open('/settings', SMALL)
    await page.getByText('21:00 到第二天 09:00 不发营销消息').waitFor()
    expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true)
    await page.getByLabel('最多几条').fill('0')
    await page.getByText('条数要在 1 到 100 之间').waitFor()
    await page.getByLabel('最多几条').fill('3')
    await page.getByText('任意 7 天里最多收到 3 条').waitFor()
    await page.getByLabel('设安静时间').uncheck()
    await page.getByText('全天都可能发营销消息').waitFor()
    await press('保存')
    await page.getByText('已保存，马上生效').waitFor()
    const body = { quietFromMinute: 1_260, quietToMinute: 1_260, capMessages: 3, capDays: 7 }
    expect(team.changes).toEqual([{ what: 'settings', body }])
  })

  it('says how people are recognised, and never what platforms append', async () => {
    await open('/settings', SMALL)
    await press('上移 微信、会员卡和平台账号')
    await page.getByLabel('手机号多少天没有动静').fill('30')
    await page.getByText('90 到 3,650 的整数').waitFor()
    expect(await page.getByRole('button', { name: '按此认人' }).isDisabled()).toBe(true)
    await page.getByLabel('手机号多少天没有动静').fill('180')
    await press('移除 a-platform-with-a-long-name_2026')
    await page.getByText('保存后会忘掉 a-platform-with-a-long-name_2026').waitFor()
    await press('更换 taobao')
    await page.getByLabel('taobao 的新附加字符').fill('salt')
    await press('添加平台')
    await page.getByLabel('平台代号').fill('taobao')
    await page.getByText('不能重复').waitFor()
    await page.getByLabel('平台代号').fill('jd')
    await page.getByLabel('附加字符', { exact: true }).fill('pepper')
    await takePicture(page, 'console-settings-salts-small')
    suite.server.refuseNext('busy')
    await press('按此认人')
    await page.getByText('系统繁忙').waitFor()
    await press('按此认人')
    await page.getByText('已保存，从下一位顾客开始生效').waitFor()
    expect(await page.getByText('已设置，不再显示').count()).toBe(2)
    expect(await page.getByRole('button', { name: '按此认人' }).isDisabled()).toBe(true)
    expect(await page.locator('input[type="password"]').count()).toBe(0)
    const order = ['account', 'phone', 'email', 'device']
    const salts = [
      { platform: 'taobao', salt: 'salt' },
      { platform: 'jd', salt: 'pepper' },
    ]
    const body = { order, quietDays: 180, reviewFromFen: null, salts }
    expect(team.changes).toEqual([{ what: 'resolution', body }])
    suite.server.role = 'auditor'
    await open('/settings')
    await page.getByText('已设置，不再显示').first().waitFor()
    expect(
      await page.getByRole('button', { name: /按此认人|添加平台|更换|移除|上移/ }).count(),
    ).toBe(0)
  })

  const PAGES: readonly LookedAt[] = [
    ['today', '/', '¥12,345.67', null],
    ['stores', '/stores', '人民路店', null],
    ['stores-revoke', '/stores', '人民路店', '停用 02'],
    ['stores-enrol', '/stores', '人民路店', '重新登记 01'],
    ['staff', '/staff', LONG_NAME, null],
    ['staff-new', '/staff', LONG_NAME, '添加员工'],
    ['staff-stop', '/staff', LONG_NAME, '停用：小陈'],
    ['statistics', '/statistics', LONG_NAME, null],
    ['settings', '/settings', '营销消息', null],
    ['sources', '/sources', '各个来源', null],
    ['offline', '/sources/offline', LONG_STORE, null],
    ['parked', '/parked', 'R0042', null],
    ['reviews', '/reviews', LONG_WORDS, null],
  ]

  describeLooks(open, PAGES, async (at, name) => {
    if (name === 'statistics') await at.locator('.chart svg').nth(1).waitFor()
  })
})
