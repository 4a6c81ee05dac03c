import type { INestApplicationContext } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { MatchingRunsService } from '../members/matching-runs.service.js'
import { MembersService } from '../members/members.service.js'
import type { Database, SqlValue, Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { PointsBook } from '../points/points-book.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { StaffService } from '../staff/staff.service.js'
import { StoresService } from '../stores/stores.service.js'
import { Random } from './seed-data.js'
import { ScaleTallies } from './seed-scale-tallies.js'
import {
  memberAt,
  openFor,
  purchaseAt,
  type Joining,
  type ScalePlan,
  type ScaleStore,
  type SeededSale,
} from './seed-scale-rows.js'

// A chain of the size people ask about: many members and purchases over two years, for measuring and
// for trying the console on. Written set by set, not through the doors; but the points book is kept
// by the code that keeps it always, so `verify` is clean, and the counts are those that the consumers
// of events would have reached. No events are left behind. What was begun and not finished is
// refused: the owner who may sign in is written last.

const STORES = 20
const TILLS_PER_STORE = 2
const PURCHASES_PER_BATCH = 1_000
const ROWS_PER_BATCH = 2_000
const PROGRESS_EVERY = 50_000
const DAY_MS = 86_400_000
const CHANCE = 20_260_302
const PASSWORD = 'huike-demo'
const MEMBERS_MAX = 1_000_000
const PURCHASES_MAX = 10_000_000

type Say = (line: string) => void

/** What `--members N --purchases M` ask for; null when they are not such numbers. */
export function scaleOf(words: readonly string[]): { members: number; purchases: number } | null {
  const numberAfter = (name: string) => Number(words[words.indexOf(name) + 1] ?? NaN)
  if (words.length !== 4 || !words.includes('--members') || !words.includes('--purchases'))
    return null
  const members = numberAfter('--members')
  const purchases = numberAfter('--purchases')
  const isWithin = (value: number, max: number) =>
    Number.isSafeInteger(value) && value >= 1 && value <= max
  return isWithin(members, MEMBERS_MAX) && isWithin(purchases, PURCHASES_MAX)
    ? { members, purchases }
    : null
}

/** Seeds an empty database; one that was seeded so is left as it is. Answers the exit code. */
export async function seedScale(
  app: INestApplicationContext,
  database: Database,
  scale: { members: number; purchases: number },
  say: Say,
): Promise<number> {
  const found = await whatIsThere(database)
  if (found === 'seeded') {
    say('大数据量演示数据已存在')
    return 0
  }
  if (found !== 'nothing') {
    say(
      found === 'half'
        ? '上一次没有写完，数据库里只有一部分数据：请换一个空的数据库再试'
        : '数据库不是空的：请换一个空的数据库再试',
    )
    return 1
  }
  const todayMs = Math.floor((Date.now() + 8 * 3_600_000) / DAY_MS) * DAY_MS - 8 * 3_600_000
  const stores = await writeStores(app, database, openFor(todayMs))
  const plan: ScalePlan = { ...scale, stores, firstDayMs: openFor(todayMs) }
  const tallies = new ScaleTallies(plan)
  await writePurchases(app, database, { plan, tallies, say })
  say('正在写入统计……')
  for (const { table, columns, rows } of tallies.tables())
    await inBatches(database, rows, (tx, batch) => tx.insert(table, columns, batch))
  await writeStaff(app, stores)
  say(
    `已写入 ${String(stores.length)} 家店、${String(scale.members)} 位会员、${String(scale.purchases)} 笔消费`,
  )
  return 0
}

async function whatIsThere(
  database: Database,
): Promise<'nothing' | 'seeded' | 'half' | 'something'> {
  return database.read(async (rx) => {
    const has = async (sql: string) => (await rx.rows(sql)).length > 0
    const isOurs = await has("SELECT id FROM store WHERE code = 'L01'")
    if (isOurs)
      return (await has("SELECT id FROM staff WHERE username = 'demo'")) ? 'seeded' : 'half'
    const isEmpty =
      !(await has('SELECT id FROM store LIMIT 1')) && !(await has('SELECT id FROM member LIMIT 1'))
    return isEmpty ? 'nothing' : 'something'
  })
}

async function writeStores(
  app: INestApplicationContext,
  database: Database,
  openedAtMs: number,
): Promise<ScaleStore[]> {
  const service = app.get(StoresService, { strict: false })
  const nowMs = Date.now()
  return database.write(async (tx) => {
    const stores: ScaleStore[] = []
    for (let n = 1; n <= STORES; n += 1) {
      const code = `L${String(n).padStart(2, '0')}`
      const fresh = { code, name: `${String(n)}号店`, timeZone: CHAIN_TIME_ZONE }
      const store = await service.add(tx, fresh, openedAtMs)
      const terminalIds = Array.from({ length: TILLS_PER_STORE }, () => mintId(openedAtMs))
      stores.push({ id: store.id, code, terminalIds })
    }
    await writeTills(tx, stores, { openedAtMs, nowMs })
    return stores
  })
}

async function writeTills(
  tx: Tx,
  stores: readonly ScaleStore[],
  { openedAtMs, nowMs }: { openedAtMs: number; nowMs: number },
): Promise<void> {
  const tills = stores.flatMap(({ id, terminalIds }) =>
    terminalIds.map((terminalId, n) => ({ storeId: id, terminalId, code: `0${String(n + 1)}` })),
  )
  await tx.insert(
    'terminal',
    [
      ...['id', 'storeId', 'code', 'state', 'agentVersion', 'lastSeenAtMs', 'outboxDepth'],
      ...['clockSkewMs', 'createdAtMs', 'enrolledAtMs'],
    ],
    tills.map(({ storeId, terminalId, code }) => [
      ...[terminalId, storeId, code, 'active', '0.1.0', nowMs, 0],
      ...[0, openedAtMs, openedAtMs],
    ]),
  )
  await tx.insert(
    'terminal_source',
    ['terminalId', 'kind', 'lastSyncAtMs', 'lastCapturedAtMs'],
    tills.map(({ terminalId }) => [terminalId, 'escpos_tap', nowMs, nowMs]),
  )
}

/** Members join and buy in the order of time; each batch is one transaction. */
async function writePurchases(
  app: INestApplicationContext,
  database: Database,
  { plan, tallies, say }: { plan: ScalePlan; tallies: ScaleTallies; say: Say },
): Promise<void> {
  const members = app.get(MembersService, { strict: false })
  const purchases = app.get(PurchasesService, { strict: false })
  const matching = app.get(MatchingRunsService, { strict: false })
  const random = new Random(CHANCE)
  /** Ids of the members so far, in the order they joined. */
  const memberIds: string[] = []
  const startedMs = performance.now()
  for (let first = 0; first < plan.purchases; first += PURCHASES_PER_BATCH) {
    const end = Math.min(plan.purchases, first + PURCHASES_PER_BATCH)
    const upTo = Math.ceil((plan.members * end) / plan.purchases)
    const joining: Joining[] = []
    while (memberIds.length < upTo) {
      const joined = memberAt(plan, memberIds.length, members)
      joining.push(joined)
      memberIds.push(joined.member.id)
    }
    const sales = Array.from({ length: end - first }, (_, n) =>
      purchaseAt(plan, { index: first + n, memberIds, random }),
    )
    await database.write(async (tx) => {
      await members.insertMembers(
        tx,
        joining.map(({ member }) => member),
      )
      await members.insertIdentities(
        tx,
        joining.flatMap(({ identities }) => identities),
      )
      await writeConsents(tx, joining)
      const book = await openBook(tx, joining, sales)
      for (const sale of sales) if (sale.posting) book.post(sale.posting)
      await purchases.insert(tx, sales)
      await book.close(tx)
      await matching.leaveToSearch(tx)
    })
    // After the commit: a transaction may run twice.
    for (const joined of joining) tallies.joined(joined)
    for (const sale of sales) tallies.sold(sale)
    if (end % PROGRESS_EVERY < PURCHASES_PER_BATCH) say(progress(end, plan, startedMs))
  }
}

async function openBook(
  tx: Tx,
  joining: readonly Joining[],
  sales: readonly SeededSale[],
): Promise<PointsBook> {
  const fresh = new Set(joining.map(({ member }) => member.id))
  const known = sales.flatMap(({ posting }) =>
    posting && !fresh.has(posting.memberId) ? [posting.memberId] : [],
  )
  const book = await PointsBook.open(tx, known)
  for (const { member } of joining) book.openAccount(member.id, member.createdAtMs)
  return book
}

async function writeConsents(tx: Tx, joining: readonly Joining[]): Promise<void> {
  const facts = joining.flatMap(({ consents }) => consents)
  await tx.insert(
    'consent',
    [
      ...['id', 'memberId', 'purpose', 'state', 'policyVersion', 'textSha256', 'how', 'evidence'],
      ...['occurredAtMs', 'recordedAtMs'],
    ],
    facts.map((fact) => [
      ...[fact.id, fact.memberId, fact.purpose, fact.state, fact.policyVersion, fact.textSha256],
      ...[fact.how, fact.evidence, fact.occurredAtMs, fact.recordedAtMs],
    ]),
  )
  await tx.insert(
    'consent_state',
    ['memberId', 'purpose', 'state', 'changedAtMs'],
    facts
      .filter(({ state }) => state !== 'noticed')
      .map(({ memberId, purpose, state, occurredAtMs }) => [
        memberId,
        purpose,
        state,
        occurredAtMs,
      ]),
  )
}

/** The people who may sign in: an owner, and a manager and a cashier of the first store. */
async function writeStaff(
  app: INestApplicationContext,
  stores: readonly ScaleStore[],
): Promise<void> {
  const staff = app.get(StaffService, { strict: false })
  const storeIds = stores.slice(0, 1).map(({ id }) => id)
  const people = [
    { username: 'cashier', name: '演示店员', role: 'cashier', storeIds },
    { username: 'manager', name: '演示店长', role: 'manager', storeIds },
    { username: 'demo', name: '演示总部', role: 'owner', storeIds: [] },
  ] as const
  for (const person of people) await staff.create({ ...person, password: PASSWORD })
}

async function inBatches(
  database: Database,
  rows: Iterable<SqlValue[]>,
  write: (tx: Tx, batch: SqlValue[][]) => Promise<void>,
): Promise<void> {
  let batch: SqlValue[][] = []
  const flush = async () => {
    const full = batch
    batch = []
    if (full.length > 0) await database.write((tx) => write(tx, full))
  }
  for (const row of rows) {
    batch.push(row)
    if (batch.length >= ROWS_PER_BATCH) await flush()
  }
  await flush()
}

function progress(done: number, plan: ScalePlan, startedMs: number): string {
  const seconds = (performance.now() - startedMs) / 1000
  const left = Math.ceil((seconds / done) * (plan.purchases - done))
  return `已写入 ${String(done)} / ${String(plan.purchases)} 笔，约剩 ${String(left)} 秒`
}
