import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, it } from '@jest/globals'
import type { Campaign } from '@huike/shared/contracts/console-campaigns'
import { epochMs } from '@huike/shared/quantities'
import { CLAIMED_MAX } from '../../server/messages/message-claim.service.js'
import { MessageOutcomeService } from '../../server/messages/message-outcome.service.js'
import { creditFaults } from '../../server/messages/subscription-credits.service.js'
import { schema } from '../../server/migrations/schema.js'
import { SystemClock } from '../../server/platform/clock.js'
import { CAMPAIGN_CRASH_POINTS } from '../../server/platform/crash-points.js'
import type { Database } from '../../server/platform/database.js'
import { ensureKeyring } from '../../server/platform/keyring.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { startWechatStandIn, type WechatStandIn } from '../../server/sandbox/wechat-stand-in.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { StoresService } from '../../server/stores/stores.service.js'
import { couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase, type DatabaseKind, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { IS_LONG, sharedOut } from '../rig/long.js'
import { freePort, startProgram, type Program } from '../rig/processes.js'
import { seededRandom, type Random } from '../rig/random.js'
import { repositoryPath } from '../rig/repository.js'
import { CREDITS_EACH, writePeople, type Person } from './campaign-people.js'

// A campaign, and the real server killed with SIGKILL in the middle of it: at every labelled place
// and at moments of chance, until it is done. What counts is what WeChat really received: nothing
// twice, nothing that is not written down, and nobody left out; and of the coupon that goes with it, of
// which there are just as many as people, each has one. HUIKE_TEST_LONG=1 sends ten thousand
// messages and kills many times more; HUIKE_TEST_SEED repeats what a failure names.

const MAIN = repositoryPath('server', 'dist', 'main.js')
const SEED = Number(process.env['HUIKE_TEST_SEED'] ?? 20_260_302)
const MESSAGES = IS_LONG ? 10_000 : 2_000
const LIVES_PER_LABEL = IS_LONG ? 5 : 1
const RANDOM_LIVES = IS_LONG ? 30 : 2
const RANDOM_LIFE_MS_MAX = 800
const SETTLE_MS_MAX = 240_000
const DEATH_MS_MAX = 60_000
const LAUNCH_AFTER_MS = 4_000
const TEST_MS_MAX = IS_LONG ? 1_800_000 : 360_000
const HOUR_MS = 3_600_000
const OWNER = { username: 'owner', password: 'correct horse' }

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

describeEachDatabase('a campaign in a server killed with kill -9', (kit) => {
  it(
    `sends no message twice and loses none (seed ${String(SEED)})`,
    async () => {
      const opened = await kit.open()
      const wechat = await startWechatStandIn({ clock: new SystemClock() })
      const lives = new Lives(opened, wechat, await freePort())
      try {
        const people = await prepare(opened, wechat)
        const stock = people.filter(({ kind }) => kind !== 'silent').length
        const deaths = await liveAndDie(lives, { kind: opened.kind, stock }, seededRandom(SEED))
        const campaign = await finish(opened, lives)
        await expectNoneTwiceNoneLost({ opened, wechat, people, campaign, deaths })
      } finally {
        await lives.end()
        await wechat.close()
      }
    },
    TEST_MS_MAX,
  )
})

/** Members, an owner, and a chain without quiet hours: the test runs at any hour. */
async function prepare(opened: OpenedDatabase, wechat: WechatStandIn): Promise<Person[]> {
  const keyring = join(opened.directory, 'keyring.json')
  ensureKeyring(keyring)
  const clock = new SystemClock()
  const database = await openDatabase(opened.url, schema)
  try {
    await database.migrate()
    const place = { code: 'S01', name: '人民路店', timeZone: 'Asia/Shanghai' }
    const store = await database.write((tx) => new StoresService().add(tx, place, Date.now()))
    await new StaffService(database, clock).create({ ...OWNER, name: '王店主', role: 'owner' })
    await database.write((tx) =>
      new ChainSettingsService().setMessages(
        tx,
        { quietFromMinute: 0, quietToMinute: 0, capMessages: 2, capDays: 7 },
        { staffId: 'S', atMs: 1 },
      ),
    )
    const people = await writePeople(database, keyring, { storeId: store.id, count: MESSAGES })
    for (const { openid } of people) for (let n = 0; n < CREDITS_EACH; n += 1) wechat.accept(openid)
    return people
  } finally {
    await database.close()
  }
}

/** Kills the server again and again while the campaign is under way; answers how often. */
async function liveAndDie(
  lives: Lives,
  { kind, stock }: { kind: DatabaseKind; stock: number },
  random: Random,
): Promise<number> {
  await lives.start()
  await lives.startCampaign(stock)
  await lives.kill()
  let deaths = 1
  for (let round = 0; round < LIVES_PER_LABEL; round += 1)
    for (const label of sharedOut(CAMPAIGN_CRASH_POINTS, kind)) {
      // A window is a thousand members, a claim a few; a send is passed for each message.
      const passesMax = label.startsWith('campaign.') ? 1 : label.endsWith('-send') ? 40 : 3
      // Without windows left to write, their labels are passed no more.
      if (round > 0 && label.startsWith('campaign.')) continue
      await lives.start(`${label}:${String(random.between(1, passesMax))}`)
      await lives.diesByItself()
      deaths += 1
    }
  for (let life = 0; life < RANDOM_LIVES; life += 1) {
    await lives.start()
    await sleep(random.between(0, RANDOM_LIFE_MS_MAX))
    await lives.kill()
    deaths += 1
  }
  return deaths
}

/** Lets every lease of the dead end, and the campaign too. */
async function finish(opened: OpenedDatabase, lives: Lives): Promise<Campaign> {
  const database = await openDatabase(opened.url, schema)
  try {
    const clock = { nowMs: () => epochMs(Date.now() + HOUR_MS) }
    const none = null as never
    const outcomes = new MessageOutcomeService(database, clock, none, none)
    while ((await outcomes.doubtLost()).length > 0);
  } finally {
    await database.close()
  }
  await lives.start()
  const deadlineMs = Date.now() + SETTLE_MS_MAX
  let campaign = await lives.campaign()
  while (campaign.state !== 'done') {
    if (Date.now() > deadlineMs) throw new Error(`not done: ${JSON.stringify(campaign.counts)}`)
    await sleep(500)
    campaign = await lives.campaign()
  }
  await lives.stop()
  return campaign
}

interface Result {
  opened: OpenedDatabase
  wechat: WechatStandIn
  people: readonly Person[]
  campaign: Campaign
  deaths: number
}

async function expectNoneTwiceNoneLost(result: Result): Promise<void> {
  const { opened, wechat, people, campaign, deaths } = result
  const received = wechat.delivered().map(({ openid }) => openid)
  expect(received.length - new Set(received).size).toBe(0)
  const { counts } = campaign
  expect(counts).toMatchObject({ picked: MESSAGES, waiting: 0, sending: 0, failed: 0 })
  expect(counts.sent + counts.skipped + counts.doubtful).toBe(MESSAGES)
  expect(counts.doubtful).toBeGreaterThan(0)
  expect(counts.doubtful).toBeLessThanOrEqual(deaths * CLAIMED_MAX)
  const database = await openDatabase(opened.url, schema)
  try {
    const states = await statesOf(database)
    expect(states.size).toBe(MESSAGES)
    expectEachAsItWas(people, states, new Set(received))
    await expectCouponsRight(database, people)
    await expectCreditsRight(database, [...states.values()])
  } finally {
    await database.close()
  }
}

/** Whoever got a message has one that says so or is in doubt, and the other way round. */
function expectEachAsItWas(
  people: readonly Person[],
  states: ReadonlyMap<string, string>,
  received: ReadonlySet<string>,
): void {
  const faults = people.flatMap(({ memberId, openid, kind }) => {
    const state = states.get(memberId) ?? 'missing'
    const got = received.has(openid) ? 'received' : 'nothing'
    const isRight = {
      wechat: state === 'sent wechat' ? got === 'received' : state === 'doubtful wechat',
      inbox: state === 'sent inbox' && got === 'nothing',
      silent: state === 'skipped -' && got === 'nothing',
    }[kind]
    return isRight ? [] : [`${memberId} (${kind}): ${state}, ${got}`]
  })
  expect(faults).toEqual([])
}

/** Whoever was written to, or may have been, has one coupon; and the sums say so. */
async function expectCouponsRight(database: Database, people: readonly Person[]): Promise<void> {
  const given = await database.read((rx) =>
    rx.rows<{ memberId: string; coupons: number | string; steps: number | string }>(
      `SELECT memberId, COUNT(*) AS coupons,
         SUM((SELECT COUNT(*) FROM coupon_step s WHERE s.couponId = c.id)) AS steps
       FROM coupon c GROUP BY memberId`,
    ),
  )
  const wrong = given.filter(({ coupons, steps }) => Number(coupons) !== 1 || Number(steps) !== 1)
  expect(wrong).toEqual([])
  const writtenTo = people.filter(({ kind }) => kind !== 'silent')
  expect(given.map(({ memberId }) => memberId).sort()).toEqual(
    writtenTo.map(({ memberId }) => memberId).sort(),
  )
  const [template] = await database.read((rx) =>
    rx.rows<{ issued: number; stock: number }>('SELECT issued, stock FROM coupon_template'),
  )
  expect(template).toEqual({ issued: writtenTo.length, stock: writtenTo.length })
}

async function statesOf(database: Database): Promise<Map<string, string>> {
  const rows = await database.read((rx) =>
    rx.rows<{ memberId: string; state: string; channel: string | null }>(
      'SELECT memberId, state, channel FROM message',
    ),
  )
  return new Map(
    rows.map(({ memberId, state, channel }) => [memberId, `${state} ${channel ?? '-'}`]),
  )
}

/** One credit was spent for each message that went out or may have, and none else. */
async function expectCreditsRight(database: Database, states: readonly string[]): Promise<void> {
  expect(await database.read((rx) => creditFaults(rx))).toEqual([])
  const [left] = await database.read((rx) =>
    rx.rows<{ spent: number | string }>(
      `SELECT SUM(${String(CREDITS_EACH)} - credits) AS spent FROM subscription_balance`,
    ),
  )
  const outside = states.filter((state) => state.endsWith(' wechat')).length
  expect(Number(left?.spent)).toBe(outside)
}

/** One server after the other over the same database, on the same port, with one WeChat. */
class Lives {
  #program: Program | null = null
  #campaignId = ''
  #token: string | undefined

  constructor(
    private readonly opened: OpenedDatabase,
    private readonly wechat: WechatStandIn,
    private readonly port: number,
  ) {}

  async start(crashAt?: string): Promise<void> {
    const { settings, subscribe } = this.wechat
    const program = startProgram({
      args: [MAIN],
      env: {
        HUIKE_DATABASE_URL: this.opened.url,
        HUIKE_DATA_DIR: this.opened.directory,
        HUIKE_KEYRING: join(this.opened.directory, 'keyring.json'),
        HUIKE_SANDBOX: '1',
        HUIKE_PORT: String(this.port),
        HUIKE_RATE_LIMIT_SCALE: '100000',
        HUIKE_LOG_LEVEL: 'warn',
        HUIKE_CRASH_AT: crashAt,
        WECHAT_APPID: settings.appId,
        WECHAT_SECRET: settings.secret,
        WECHAT_BASE_URL: settings.baseUrl,
        WECHAT_SUBSCRIBE_TEMPLATE_ID: subscribe.templateId,
        WECHAT_SUBSCRIBE_FIELDS: subscribe.fields
          .map(({ source, key }) => `${source}:${key}`)
          .join(','),
        NODE_ENV: undefined,
        REDIS_URL: undefined,
      },
    })
    this.#program = program
    if (crashAt === undefined) await program.waitForHttp(`${this.#url}/readyz`)
  }

  /** Until the armed label killed the server. */
  async diesByItself(): Promise<void> {
    const program = this.#program
    const giveUp = setTimeout(() => void program?.stop(), DEATH_MS_MAX)
    try {
      expect(await program?.exited).toEqual({ code: null, signal: 'SIGKILL' })
    } finally {
      clearTimeout(giveUp)
    }
  }

  /** Whatever still runs when a test failed. */
  async end(): Promise<void> {
    await this.#program?.kill9()
  }

  async kill(): Promise<void> {
    expect(await this.#program?.kill9()).toEqual({ code: null, signal: 'SIGKILL' })
  }

  async stop(): Promise<void> {
    expect(await this.#program?.stop()).toEqual({ code: 0, signal: null })
  }

  async startCampaign(stock: number): Promise<void> {
    const template = await this.#ask('coupons/templates', {
      requestId: freshId(),
      terms: couponTerms(),
      limits: { ...NO_LIMITS, stock, memberMax: 1 },
    })
    const campaign = await this.#ask('campaigns', {
      couponTemplateId: template.id,
      name: '老朋友回来看看',
      audience: { inactiveDays: 60, storeIds: [] },
      channels: ['wechat', 'inbox'],
      title: '好久不见',
      body: '回来逛逛，全场八折。',
      // Not at once, or the audience would be written down before the first kill.
      sendAtMs: Date.now() + LAUNCH_AFTER_MS,
    })
    this.#campaignId = campaign.id
  }

  campaign(): Promise<Campaign> {
    return this.#ask(`campaigns/${this.#campaignId}`)
  }

  async #ask(path: string, body?: object): Promise<Campaign> {
    this.#token ??= await this.#signIn()
    const response = await this.#fetch(path, body, this.#token)
    expect(response.status).toBe(200)
    return (await response.json()) as Campaign
  }

  async #signIn(): Promise<string> {
    const session = await this.#fetch('session', OWNER)
    return ((await session.json()) as { accessToken: string }).accessToken
  }

  #fetch(path: string, body?: object, token?: string): Promise<Response> {
    return fetch(`${this.#url}/console/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body ? { body: JSON.stringify(body) } : {}),
      headers: {
        ...(body ? { 'content-type': 'application/json', 'idempotency-key': 'crash' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
  }

  get #url(): string {
    return `http://127.0.0.1:${String(this.port)}`
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
