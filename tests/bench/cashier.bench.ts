import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { AgentMember } from '@huike/shared/contracts/agent'
import { chromium } from 'playwright-core'
import { Clock } from '../../pos-agent/platform/clock.js'
import { agentConfigSchema } from '../../pos-agent/platform/config.js'
import { loadKeyFile } from '../../pos-agent/platform/key-file.js'
import { makeLogger } from '../../pos-agent/platform/log.js'
import { Agent } from '../../pos-agent/service/agent.js'
import { StoreCore } from '../../pos-agent/store/core.js'
import { median, printFigure, quantile } from './measure.js'

// What a cashier waits for: a member out of the agent's cache of 100,000, asked for as the page asks
// (HTTP, cookie, JSON, the store's thread), against the shortest question the same agent answers;
// and the page itself in a browser that has just been started, as fast as this machine is and slowed
// down to what stands beside tills.

const MEMBERS = 100_000
const MEMBERS_PER_PAGE = 1_000
const LOOKUPS = 2_000
const WARM_UP_LOOKUPS = 100
const LOOKUP_P95_MS_TARGET = 50
const COLD_STARTS = 5
const COLD_START_MS_TARGET = 1_000
/** A four-core till of 2013 against a core of today. */
const SLOW_FACTORS = [1, 4]
const FIRST_PHONE = 13_000_000_000
/** Further than the minute that the agent counts lookups by. */
const NEXT_MINUTE_MS = 61_000
const LOOKUPS_PER_MINUTE = 25
const INDEX_KEY = Buffer.alloc(32, 7)
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

/** Measures both and prints one JSON line per figure. */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cashier-bench-'))
  // Nobody listens there: the till is offline, and nothing it shows comes from anywhere else.
  const serverUrl = 'http://127.0.0.1:9'
  const config = agentConfigSchema.parse({
    ...{ dataDirectory: folder, serverUrl, cashier: { port: 0 }, logLevel: 'silent' },
  })
  fill(folder)
  let skippedMs = 0
  const clock = new Clock({
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now() + skippedMs,
  })
  const agent = await Agent.make(config, makeLogger('silent'), { clock })
  await agent.start()
  try {
    const desk = await openDesk(`http://127.0.0.1:${String(agent.port)}`)
    await lookups(desk, () => (skippedMs += NEXT_MINUTE_MS))
    await coldStarts(desk.url)
  } finally {
    await agent.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A cache as months of snapshots leave it. */
function fill(folder: string): void {
  const core = new StoreCore({
    ...{ dataDirectory: folder, key: loadKeyFile(join(folder, 'agent.key')), bootId: 'bench' },
  })
  core.members.keepPhoneIndexKey(INDEX_KEY.toString('base64url'))
  for (let first = 0; first < MEMBERS; first += MEMBERS_PER_PAGE)
    core.members.applySnapshot({
      ...{ protocol: 'huike-agent/1', serverTimeMs: Date.now() as never, complete: true },
      notice: core.members.notice(),
      members: Array.from({ length: MEMBERS_PER_PAGE }, (_, n) => memberOf(first + n)),
      forgotten: [],
      merged: [],
      nextCursor: String(first),
    })
  core.close()
}

function memberOf(n: number): AgentMember & { phoneIndex: string } {
  const digits = String(n).padStart(12, '0')
  return {
    ...{ memberId: `01J00000000000${digits}` as never, memberNo: digits, state: 'active' },
    ...{ phoneMasked: '130****0000', levelName: '普通会员', balancePoints: n as never },
    pending: null,
    ...{ lastVisitDate: '2026-03-02' as never, purchaseCount: 3, nameMasked: '张**' },
    ...{ hints: ['online_regular'], offers: [], waitingPickups: 0, asOfMs: Date.now() as never },
    phoneIndex: createHmac('sha256', INDEX_KEY).update(phoneOf(n)).digest('base64url'),
  }
}

function phoneOf(n: number): string {
  return String(FIRST_PHONE + n)
}

interface Desk {
  url: string
  lookup(phone: string): Promise<unknown>
  ping(): Promise<unknown>
}

async function openDesk(url: string): Promise<Desk> {
  const page = await fetch(`${url}/`)
  if (!(await page.text()).includes('type="module"'))
    throw new Error('the cashier page is not built: npm run build')
  const cookie = String(page.headers.get('set-cookie')).split(';')[0] ?? ''
  const headers = { cookie, 'x-huike-cashier': '1', 'content-type': 'application/json' }
  return {
    url,
    lookup: async (input) => {
      const body = JSON.stringify({ input })
      const response = await fetch(`${url}/cashier/v1/lookup`, { method: 'POST', headers, body })
      return response.json()
    },
    ping: async () => (await fetch(`${url}/healthz`)).json(),
  }
}

async function lookups(desk: Desk, nextMinute: () => void): Promise<void> {
  const looked: number[] = []
  const pinged: number[] = []
  for (let count = -WARM_UP_LOOKUPS; count < LOOKUPS; count += 1) {
    if (count % LOOKUPS_PER_MINUTE === 0) nextMinute()
    const n = Math.floor(Math.random() * MEMBERS)
    const pingMs = await timed(() => desk.ping())
    let answer: unknown
    const lookupMs = await timed(async () => (answer = await desk.lookup(phoneOf(n))))
    const { member } = answer as { member?: { balancePoints: number; source: string } }
    if (member?.balancePoints !== n || member.source !== 'cache')
      throw new Error(`not the member in the cache: ${JSON.stringify(answer)}`)
    if (count < 0) continue
    looked.push(lookupMs)
    pinged.push(pingMs)
  }
  for (const [name, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const)
    printFigure({
      ...{ figure: `cashier.lookup_cached_${name}`, unit: 'ms', value: quantile(looked, share) },
      ...{
        ping: quantile(pinged, share),
        ratio: quantile(looked, share) / quantile(pinged, share),
      },
      ...{ members: MEMBERS, lookups: LOOKUPS },
      ...(name === 'p95' ? { target: LOOKUP_P95_MS_TARGET } : {}),
    })
}

/** A browser and a profile of its own each time: nothing is cached, nothing is compiled. */
async function coldStarts(url: string): Promise<void> {
  const executablePath = browserPath()
  if (executablePath === null) {
    process.stderr.write('cashier.cold_start is skipped: no Chromium here\n')
    return
  }
  for (const slowFactor of SLOW_FACTORS) {
    const times: number[] = []
    for (let count = 0; count < COLD_STARTS; count += 1) {
      const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS })
      const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowFactor })
      await page.addInitScript(noteWhenReady)
      await page.goto(url)
      const ready = await page.waitForFunction(() => (window as { readyAtMs?: number }).readyAtMs)
      times.push(Number(await ready.jsonValue()))
      await browser.close()
    }
    printFigure({
      ...{ figure: 'cashier.cold_start_interactive', unit: 'ms', value: median(times) },
      ...{ max: Math.max(...times), slowFactor, starts: COLD_STARTS },
      target: COLD_START_MS_TARGET,
    })
  }
}

/**
 * Runs in the page before anything else: notes, from the start of the navigation, when the input has
 * the focus, the till's state is on screen and a frame with them has been drawn.
 */
function noteWhenReady(): void {
  const look = () => {
    const isFocused = document.activeElement?.id === 'entry'
    const isLive = document.querySelector('[data-chip="outbox"]') !== null
    requestAnimationFrame(
      isFocused && isLive ? () => Object.assign(window, { readyAtMs: performance.now() }) : look,
    )
  }
  look()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}

function browserPath(): string | null {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen) return chosen
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
  return paths.find((path) => existsSync(path)) ?? null
}
