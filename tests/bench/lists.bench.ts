// Every list of the console over HTTP, with a chain of 100,000 members and 1,000,000 purchases behind
// it: how long the slowest of twenty askings takes. People wait for these; a shop with two years of
// sales must not wait longer than one that opened today. One caller at a time, as a person clicks.
//
// HUIKE_BENCH_MEMBERS and HUIKE_BENCH_PURCHASES ask for another size.
import { seed } from '../../server/cli/seed.js'
import { readConfig, type Config } from '../../server/platform/config.js'
import type { Database, SqlValue } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { runServer, type RunningServer } from '../../server/server.js'
import { TerminalInboxService } from '../../server/stores/terminal-inbox.service.js'
import { createDatabase, databaseKinds, type DatabaseKind } from './bench-server.js'
import { printFigure, quantile } from './measure.js'

const MEMBERS = process.env['HUIKE_BENCH_MEMBERS'] ?? '100000'
const PURCHASES = process.env['HUIKE_BENCH_PURCHASES'] ?? '1000000'
const TARGET_MS = 300
const WARM_UPS = 3
const ASKED = 40
const PARKED = 300
const CAMPAIGNS = 30
const MESSAGES_PER_CAMPAIGN = 1_000
const DAY_MS = 86_400_000
/** As the seed gives it to whoever may sign in. */
const PASSWORD = 'huike-demo'

/** Runs the measurement on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds()) await measureOn(kind)
}

async function measureOn(kind: DatabaseKind): Promise<void> {
  const at = await createDatabase(kind)
  try {
    const config = readConfig({
      HUIKE_DATABASE_URL: at.url,
      HUIKE_DATA_DIR: at.directory,
      HUIKE_KEYRING: newKeyringJson(),
      HUIKE_PORT: '0',
      HUIKE_SANDBOX: '1',
      HUIKE_RATE_LIMIT_SCALE: '100000',
      HUIKE_LOG_LEVEL: 'silent',
    })
    await seedAll(config)
    const server = await runServer(config)
    try {
      await fill(server)
      await measureAll(kind, server)
    } finally {
      await server.stop()
    }
  } finally {
    await at.drop()
  }
}

async function seedAll(config: Config): Promise<void> {
  const words = ['--members', MEMBERS, '--purchases', PURCHASES]
  const code = await seed(config, words, (line) => process.stderr.write(`${line}\n`))
  if (code !== 0) throw new Error('the database was not seeded')
}

/** What the seed leaves out: events that wait for a person, and campaigns with their messages. */
async function fill(server: RunningServer): Promise<void> {
  const { database } = server
  const nowMs = Date.now()
  const terminals = await idsOf(database, 'SELECT id FROM terminal ORDER BY id')
  const inbox = server.app.get(TerminalInboxService, { strict: false })
  const parked = Array.from({ length: PARKED }, (_, n) => ({
    eventId: mintId(nowMs),
    terminalId: pick(terminals, n),
    code: 'receipt_conflict',
    json: JSON.stringify({ type: 'checkout.captured', receiptNo: String(n) }),
    receivedAtMs: nowMs,
  }))
  await database.write((tx) => inbox.park(tx, parked))
  const members = await idsOf(
    database,
    `SELECT id FROM member ORDER BY id LIMIT ${String(MESSAGES_PER_CAMPAIGN)}`,
  )
  const [owner = ''] = await idsOf(database, "SELECT id FROM staff WHERE username = 'demo'")
  for (let n = 0; n < CAMPAIGNS; n += 1)
    await database.write(async (tx) => {
      const at = { campaignId: mintId(nowMs), contentId: mintId(nowMs), nowMs: nowMs - n * DAY_MS }
      await tx.insert('message_content', ...contentRow(at))
      await tx.insert('campaign', ...campaignRow(at, owner))
      await tx.insert('message', MESSAGE_COLUMNS, messageRows(at, members))
    })
}

interface CampaignAt {
  campaignId: string
  contentId: string
  nowMs: number
}

function contentRow({ contentId, nowMs }: CampaignAt): [string[], SqlValue[][]] {
  return [['id', 'title', 'body', 'createdAtMs'], [[contentId, '好久不见', '回来看看吧', nowMs]]]
}

function campaignRow(at: CampaignAt, owner: string): [string[], SqlValue[][]] {
  const { campaignId, contentId, nowMs } = at
  const audience = JSON.stringify({ inactiveDays: 60, storeIds: [] })
  return [
    [
      ...['id', 'name', 'state', 'audience', 'channels', 'contentId', 'sendAtMs', 'launchedAtMs'],
      ...['pickedUpTo', 'pickedCount', 'nextAtMs', 'finishedAtMs', 'createdBy'],
      ...['idempotencyKey', 'inputSha256', 'createdAtMs'],
    ],
    [
      [
        ...[campaignId, '唤回', 'done', audience, 'inbox', contentId, nowMs, nowMs],
        ...[null, MESSAGES_PER_CAMPAIGN, nowMs, nowMs, owner],
        ...[campaignId, '0'.repeat(64), nowMs],
      ],
    ],
  ]
}

const MESSAGE_COLUMNS = [
  ...['id', 'memberId', 'contentId', 'campaignId', 'purpose', 'channels', 'channel', 'state'],
  ...['reason', 'attempts', 'nextAtMs', 'unlessBoughtAfterMs', 'createdAtMs', 'changedAtMs'],
  ...['sentAtMs', 'readAtMs', 'providerId'],
]

function messageRows(at: CampaignAt, members: readonly string[]): SqlValue[][] {
  const { campaignId, contentId, nowMs } = at
  return members.map((memberId) => [
    ...[mintId(nowMs), memberId, contentId, campaignId, 'marketing', 'inbox', 'inbox', 'sent'],
    ...[null, 1, nowMs, null, nowMs, nowMs],
    ...[nowMs, null, null],
  ])
}

/** A list, and the address asked for at the n-th time. */
type Lists = Record<string, (n: number) => string>

async function measureAll(kind: DatabaseKind, server: RunningServer): Promise<void> {
  const owner = await signIn(server, 'demo')
  const lists = await listsOf(server.database)
  for (const [list, pathOf] of Object.entries(lists))
    await measure(server, { kind, list, by: 'owner', token: owner, pathOf })
  const manager = await signIn(server, 'manager')
  for (const list of [
    'members',
    'members.inactive',
    'statistics.366',
    'stores',
    'today',
    'staff',
  ]) {
    const pathOf = lists[list]
    if (!pathOf) throw new Error(`there is no list ${list}`)
    await measure(server, { kind, list, by: 'manager', token: manager, pathOf })
  }
}

async function listsOf(database: Database): Promise<Lists> {
  const stores = await idsOf(database, 'SELECT id FROM store ORDER BY id')
  // Who joined first buys most; the others are spread over everybody.
  const heavy = await idsOf(
    database,
    'SELECT memberId AS id FROM member_stat ORDER BY purchaseCount DESC LIMIT 5',
  )
  const some = await idsOf(database, 'SELECT id FROM member ORDER BY memberNo LIMIT 20')
  const members = [...heavy, ...some]
  const [campaign = ''] = await idsOf(database, 'SELECT id FROM campaign ORDER BY id LIMIT 1')
  const dayAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
  const last4 = (n: number) => String((n * 7_919) % 10_000).padStart(4, '0')
  const base = '/console/v1'
  const period = (from: number, to: number) =>
    `${base}/statistics?from=${dayAgo(from)}&to=${dayAgo(to)}`
  return {
    members: () => `${base}/members`,
    'members.last4': (n) => `${base}/members?search=${last4(n)}`,
    'members.store': (n) => `${base}/members?storeId=${pick(stores, n)}`,
    'members.inactive': () => `${base}/members?inactiveDays=90`,
    'members.recent': () => `${base}/members?boughtWithinDays=7`,
    'members.store.inactive': (n) =>
      `${base}/members?storeId=${pick(stores, n)}&inactiveDays=90&limit=100`,
    'members.consent': () => `${base}/members?consent=marketing`,
    'members.sms.inactive': () => `${base}/members?consent=marketing_sms&inactiveDays=180`,
    'member.file': (n) => `${base}/members/${pick(members, n)}`,
    'member.timeline': (n) => `${base}/members/${pick(members, n)}/timeline`,
    'member.timeline.purchases': (n) =>
      `${base}/members/${pick(members, n)}/timeline?kind=purchase&limit=100`,
    'statistics.30': () => period(29, 0),
    'statistics.366': () => period(365, 0),
    'statistics.past': () => period(700, 335),
    'statistics.store': (n) => `${period(365, 0)}&storeId=${pick(stores, n)}`,
    campaigns: () => `${base}/campaigns`,
    'campaign.one': () => `${base}/campaigns/${campaign}`,
    'campaign.messages': () => `${base}/campaigns/${campaign}/messages`,
    exports: () => `${base}/members/exports`,
    staff: () => `${base}/staff`,
    stores: () => `${base}/stores`,
    today: () => `${base}/today`,
    sources: () => `${base}/sources`,
    parked: () => `${base}/parked`,
  }
}

async function measure(
  server: RunningServer,
  about: {
    kind: DatabaseKind
    list: string
    by: string
    token: string
    pathOf: (n: number) => string
  },
): Promise<void> {
  const { kind, list, by, token, pathOf } = about
  const tookMs: number[] = []
  let bytes = 0
  for (let n = -WARM_UPS; n < ASKED; n += 1) {
    const beganMs = performance.now()
    const path = pathOf(n + WARM_UPS)
    const reply = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } })
    const text = await reply.text()
    if (reply.status !== 200) throw new Error(`${path}: ${String(reply.status)} ${text}`)
    bytes = Math.max(bytes, text.length)
    if (n >= 0) tookMs.push(performance.now() - beganMs)
  }
  const p95Ms = quantile(tookMs, 0.95)
  printFigure({
    bench: 'lists',
    database: kind,
    list,
    by,
    figure: p95Ms,
    unit: 'ms p95',
    targetMs: TARGET_MS,
    isWithinTarget: p95Ms <= TARGET_MS,
    p50Ms: quantile(tookMs, 0.5),
    bytes,
    members: Number(MEMBERS),
    purchases: Number(PURCHASES),
  })
}

async function signIn(server: RunningServer, username: string): Promise<string> {
  const reply = await fetch(`${server.url}/console/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  })
  const { accessToken } = (await reply.json()) as { accessToken?: string }
  if (accessToken === undefined) throw new Error(`${username} could not sign in`)
  return accessToken
}

async function idsOf(database: Database, sql: string): Promise<string[]> {
  const rows = await database.read((rx) => rx.rows<{ id: string }>(sql))
  return rows.map(({ id }) => id)
}

function pick(values: readonly string[], n: number): string {
  const value = values[n % values.length]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}
