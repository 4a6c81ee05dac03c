// The console's pages in a real browser, against a server of a few routes.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { ConsoleStores, ConsoleToday } from '@huike/shared/contracts/console'
import { outcomeSentence, outcomeStatus, type OutcomeCode } from '@huike/shared/outcomes'
import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { buildPage } from './build-page.js'
import { PARKED, SOURCES, sourcesStandIn } from './console-sources-stand-in.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const NOW_MS = Date.now()
const STORES = {
  stores: [
    {
      id: '01JX0000000000000000000001',
      code: 'S001',
      name: '人民路店',
      terminals: [
        terminal('T1', { lastSeenAtMs: NOW_MS - 5_000 }),
        terminal('T2', { lastSeenAtMs: NOW_MS - 3_600_000, outboxDepth: 12 }),
        terminal('T3', { state: 'unenrolled', lastSeenAtMs: null, agentVersion: null }),
        terminal('T4', { state: 'revoked' }),
      ],
    },
    { id: '01JX0000000000000000000002', code: 'S002', name: '解放路店', terminals: [] },
  ],
} as unknown as ConsoleStores
const TODAY = {
  businessDate: '2026-06-03',
  salesCount: 212,
  salesFen: 1_234_567,
  memberSalesCount: 88,
  memberSalesFen: 617_283,
  newMembers: 17,
  pointsGiven: 6_172,
} as ConsoleToday

describeBrowser('the console', () => {
  let browser: Browser
  let distFolder: string
  let server: Server
  let url: string
  let page: Page
  let refuseNext: OutcomeCode | null
  let role: 'manager' | 'clerk'
  let standIn: ReturnType<typeof sourcesStandIn>
  let strange: string[]

  beforeAll(async () => {
    distFolder = await buildPage('server', 'console')
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    refuseNext = null
    role = 'manager'
    standIn = sourcesStandIn()
    server = createServer((request, response) => {
      const path = request.url ?? '/'
      if (!path.startsWith('/console/v1')) {
        void serveFile(distFolder, path, response)
        return
      }
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
      request.on('end', () => {
        const refused = refuseNext
        refuseNext = null
        if (refused !== null) refuse(response, refused)
        else if (path.endsWith('/session')) signIn(response, text, role)
        else if (request.headers.authorization !== 'Bearer t0') refuse(response, 'token_missing')
        else {
          const { method = 'GET' } = request
          const answer = standIn.answer(method, path) ?? (path.endsWith('/today') ? TODAY : STORES)
          json(response, 200, answer)
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/console/`
    page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    strange = []
    page.on('pageerror', (error) => strange.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy|Warning:/i.test(message.text())) strange.push(message.text())
    })
    await page.goto(url)
  })
  afterEach(async () => {
    await page.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(strange).toEqual([])
  })

  const enter = async (password: string) => {
    await page.getByLabel('账号').fill('dianzhang')
    await page.locator('#password').fill(password)
    await page.keyboard.press('Enter')
  }

  it('says what was wrong and keeps the name', async () => {
    await enter('wrong')
    await page.getByText('账号或密码不正确').waitFor()
    expect(await page.getByLabel('账号').inputValue()).toBe('dianzhang')
    expect(await page.locator('#password').inputValue()).toBe('')
  })

  it("shows today's numbers and the tills, on a phone, without scrolling sideways", async () => {
    await enter('right')
    await page.getByText('¥12,345.67').waitFor()
    const shown = await page.locator('main').innerText()
    for (const words of ['李店长', '占 50%，88 笔', '6,172', '人民路店', '这家店还没有收银台'])
      expect(shown).toContain(words)
    const tills = await page.locator('.terminal').allInnerTexts()
    expect(tills.map((till) => till.replace(/\s+/g, ' '))).toEqual([
      'T1 在线 最近连接 刚刚 · 版本 0.1.0',
      'T2 离线 待上传 12 最近连接 1 小时前 · 版本 0.1.0',
      'T3 未登记 从未连接',
      'T4 已停用 最近连接 刚刚 · 版本 0.1.0',
    ])
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect(isWide).toBe(false)
  })

  it('asks to sign in again when the session has died', async () => {
    await enter('right')
    await page.getByText('¥12,345.67').waitFor()
    refuseNext = 'token_expired'
    await page.reload()
    await page.getByText('登录已过期，请重新登录').waitFor()
    await page.getByLabel('账号').waitFor()
  })

  it('says so when the numbers cannot be read, and tries again', async () => {
    await enter('right')
    await page.getByText('¥12,345.67').waitFor()
    refuseNext = 'busy'
    await page.reload()
    await page.getByText('系统繁忙，请稍后再试').waitFor()
    await page.getByRole('button', { name: '再试一次' }).click()
    await page.getByText('¥12,345.67').waitFor()
  })

  const goToSources = async () => {
    await enter('right')
    await page.getByRole('link', { name: '数据来源' }).click()
    await page.getByRole('heading', { name: '各个来源' }).waitFor()
    await page.locator('.parked, .ant-empty').first().waitFor()
  }
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)

  it('shows where the data comes from, what is wrong first, on a phone', async () => {
    await goToSources()
    const sources = await page.locator('.source').allInnerTexts()
    expect(sources).toHaveLength(SOURCES.sources.length)
    expect(sources.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      '人民路店 02 失联 导出文件 同步方式 准实时 最近同步 2 小时前 最近心跳 1 小时前 延迟 1 小时 待上传 0 条',
      '人民路店 03 落后 本机时间慢 2 分钟 打印口 同步方式 实时 最近同步 刚刚 最近心跳 刚刚 延迟 12 分钟 待上传 1,240 条',
      '解放路店 01 未登记 还没有小票 同步方式 实时 最近同步 从未 最近心跳 从未 延迟 — 待上传 0 条',
      '人民路店 01 正常 打印口 同步方式 实时 最近同步 刚刚 最近心跳 刚刚 延迟 4 秒 待上传 0 条',
    ])
    const shown = await page.locator('main').innerText()
    for (const words of [
      '超过 2 分钟没有心跳为失联',
      '会员统计',
      '已放弃 1 条',
      'Error: disk full',
    ])
      expect(shown).toContain(words)
    expect(await isWide()).toBe(false)
    const link = page.getByRole('link', { name: '数据来源' })
    expect(await link.getAttribute('aria-current')).toBe('page')
    await page.reload()
    await page.getByRole('heading', { name: '各个来源' }).waitFor()
  })

  it('says what settling does before it is done, and then it is off the list', async () => {
    await goToSources()
    const first = page.locator('.parked').first()
    expect((await first.innerText()).replace(/\s+/g, ' ')).toContain(
      '同一小票号的内容不一致，已搁置待核对 销售小票 小票号 R0042 ¥99.00 138****8000 人民路店 01',
    )
    await first.getByRole('button', { name: '处理' }).click()
    await first.getByText('它不会入账，变动的积分为 0').waitFor()
    await first.getByRole('button', { name: '取消' }).click()
    expect(standIn.resolved).toEqual([])
    await first.getByRole('button', { name: '处理' }).click()
    refuseNext = 'busy'
    await first.getByRole('button', { name: '标为已处理' }).click()
    await first.getByText('系统繁忙').waitFor()
    await first.getByRole('button', { name: '标为已处理' }).click()
    await page.getByText('R0042').waitFor({ state: 'detached' })
    expect(standIn.resolved).toEqual([PARKED[0]?.eventId])
    await page.getByRole('button', { name: '已处理' }).click()
    await page.getByText('李店长 06-03 14:10 处理').waitFor()
    expect(await isWide()).toBe(false)
  })

  it('loads more when asked, and says when nothing is left', async () => {
    await goToSources()
    const rest = PARKED.length - (await page.locator('.parked').count())
    expect(rest).toBeGreaterThan(0)
    await page.getByRole('button', { name: '显示更多' }).click()
    await page.getByText('内容无法解读').waitFor()
    expect(await page.locator('.parked').count()).toBe(PARKED.length)
    standIn.empty()
    await page.reload()
    await page.getByText('没有要核对的记录').waitFor()
    await page.getByText('还没有数据来源').waitFor()
    await page.getByText('都处理完了').waitFor()
  })

  it('shows a clerk what waits, without the button', async () => {
    role = 'clerk'
    await goToSources()
    await page.getByText('R0042').waitFor()
    expect(await page.getByRole('button', { name: '处理', exact: true }).count()).toBe(0)
  })

  it('says so when the sources cannot be read, and tries again', async () => {
    await goToSources()
    refuseNext = 'busy'
    await page.reload()
    await page.getByText('系统繁忙').waitFor()
    await page.getByRole('button', { name: '再试一次' }).click()
    await page.locator('.source').first().waitFor()
  })
})

function terminal(code: string, changes: object): object {
  return {
    id: `01JX00000000000000000000${code}`,
    code,
    state: 'active',
    lastSeenAtMs: NOW_MS,
    outboxDepth: 0,
    agentVersion: '0.1.0',
    ...changes,
  }
}

function signIn(response: ServerResponse, text: string, role: string): void {
  const body = JSON.parse(text) as { username: string; password: string }
  if (body.username !== 'dianzhang' || body.password !== 'right') {
    refuse(response, 'credentials_wrong')
    return
  }
  const staff = { name: '李店长', role }
  json(response, 200, { accessToken: 't0', expiresAtMs: Date.now() + 3_600_000, staff })
}

async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = path === '/console/' ? 'index.html' : path.replace('/console/', '')
  const bytes = name.includes('..') ? null : await readFile(join(folder, name)).catch(() => null)
  if (bytes === null) {
    refuse(response, 'not_found')
    return
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    // antd writes its styles at run time; scripts and everything else come from here alone.
    'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'",
  })
  response.end(bytes)
}

function refuse(response: ServerResponse, code: OutcomeCode): void {
  const status = outcomeStatus(code)
  json(response, status, { type: `urn:huike:${code}`, title: outcomeSentence(code), status, code })
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
