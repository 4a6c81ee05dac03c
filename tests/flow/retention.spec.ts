import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { firstIdAt } from '@huike/shared/ids'
import { RETENTION_RULES, RETENTION_TERMS, type RetentionName } from '@huike/shared/retention'
import { RetentionWorkerService } from '../../server/flows/retention-worker.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { PURGE_LEASE_MS, RetentionService } from '../../server/rights/retention.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout, freshId, registration } from '../rig/events.js'
import { DAY_MS } from '../rig/manager.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { awardRows, awardStories } from './retention-awards.js'

// What is kept long enough goes, a stretch at a time, and is counted; what anything still needs stays.

const ROWS_PER_COMMIT_MAX = 500

let opened: OpenedDatabase
let server: TestServer
let till: TestTill
let made = 0

/** An id minted `daysAgo`, unlike any other. */
function idFrom(daysAgo: number): string {
  made += 1
  const time = firstIdAt(server.clock.nowMs() - daysAgo * DAY_MS).slice(0, 10)
  return `${time}${String(made).padStart(16, '0')}`
}

async function put(table: string, row: Record<string, string | number | null>): Promise<void> {
  await server.database.write((tx) => tx.insert(table, Object.keys(row), [Object.values(row)]))
}

async function ids(table: string, key = 'id'): Promise<string[]> {
  const rows = await server.database.read((rx) =>
    rx.rows<{ id: string }>(`SELECT ${key} AS id FROM ${table} ORDER BY ${key}`),
  )
  return rows.map(({ id }) => id)
}

/** A purge of everything a day later, when every rule is due again. */
async function purge(): Promise<void> {
  server.clock.advance(DAY_MS)
  await server.app.get(RetentionWorkerService, { strict: false }).drain()
}

async function deletedBy(rule: RetentionName): Promise<number> {
  const retention = server.app.get(RetentionService, { strict: false })
  const runs = await server.database.read((rx) => retention.lastRuns(rx))
  const run = runs.get(rule)
  expect(run?.finishedAtMs).not.toBeNull()
  return run?.deletedRows ?? -1
}

const ago = (days: number) => server.clock.nowMs() - days * DAY_MS

/** Rows of each rule: one that is old, one that is young, and ones that are old and needed. */
async function rowsOf(
  rule: RetentionName,
): Promise<{ table: string; goes: string[]; stays: string[] }> {
  const { defaultDays } = RETENTION_TERMS[rule]
  const [old, young] = [defaultDays + 2, defaultDays - 2]
  switch (rule) {
    case 'sessions': {
      const session = async (bornDaysAgo: number, endedDaysAgo: number) => {
        const id = idFrom(bornDaysAgo)
        await put('member_session', {
          ...{ id, memberId: freshId(), openidSealed: null, refreshSha256: id },
          ...{ usedRefreshSha256: null, createdAtMs: ago(bornDaysAgo) },
          ...{ expiresAtMs: ago(endedDaysAgo), revokedAtMs: null },
        })
        return id
      }
      const goes = [await session(old + 90, old)]
      return {
        table: 'member_session',
        goes,
        stays: [await session(400, -1), await session(young, young)],
      }
    }
    case 'messages': {
      const message = async (daysAgo: number, state: string) => {
        const id = idFrom(daysAgo)
        await put('message', {
          ...{ id, memberId: freshId(), contentId: freshId(), campaignId: null, channel: null },
          ...{ purpose: 'marketing', channels: 'inbox', state, reason: null, attempts: 0 },
          ...{ nextAtMs: Number.MAX_SAFE_INTEGER, unlessBoughtAfterMs: null, providerId: null },
          ...{ createdAtMs: ago(daysAgo), changedAtMs: ago(daysAgo), sentAtMs: null },
          readAtMs: null,
        })
        return id
      }
      const goes = [await message(old, 'sent'), await message(old, 'skipped')]
      return {
        table: 'message',
        goes,
        stays: [await message(old, 'waiting'), await message(young, 'sent')],
      }
    }
    case 'copies': {
      const copy = async (daysAgo: number) => {
        const id = idFrom(daysAgo)
        await put('member_copy', {
          ...{ id, memberId: freshId(), sessionId: freshId(), tokenSha256: id },
          ...{ fetchedCount: 0, createdAtMs: ago(daysAgo), expiresAtMs: ago(daysAgo) },
        })
        return id
      }
      return { table: 'member_copy', goes: [await copy(old)], stays: [await copy(young)] }
    }
    case 'exports': {
      const job = async (daysAgo: number, state: string) => {
        const id = idFrom(daysAgo)
        await put('export_job', {
          ...{ id, staffId: freshId(), kind: 'members', filterSealed: 'k1.x', state, doneRows: 0 },
          ...{ totalRows: 0, nextAtMs: Number.MAX_SAFE_INTEGER, createdAtMs: ago(daysAgo) },
          finishedAtMs: null,
        })
        return id
      }
      const stays = [await job(old, 'done'), await job(young, 'expired')]
      return {
        table: 'export_job',
        goes: [await job(old, 'expired'), await job(old, 'failed')],
        stays,
      }
    }
    case 'idempotency': {
      const record = async (daysAgo: number) => {
        const key = `key-${String((made += 1)).padStart(6, '0')}`
        await put('idempotency_record', {
          ...{ apiKeyId: firstIdAt(1), idempotencyKey: key, inputIndex: 'x', status: 200 },
          ...{ responseSealed: '', createdAtMs: ago(daysAgo) },
        })
        return key
      }
      return {
        table: 'idempotency_record',
        goes: [await record(old)],
        stays: [await record(young)],
      }
    }
    case 'agent_events': {
      const event = async (mintedDaysAgo: number, receivedDaysAgo: number) => {
        const eventId = idFrom(mintedDaysAgo)
        await put('agent_event', {
          ...{ eventId, terminalId: freshId(), type: 'checkout.captured', contentSha256: eventId },
          ...{ status: 'accepted', code: null, purchaseId: null, memberId: null, points: null },
          ...{ balancePoints: null, receivedAtMs: ago(receivedDaysAgo) },
        })
        return eventId
      }
      // A till whose clock was years behind has sent something lately.
      const stays = [await event(3_000, 1), await event(young, young)]
      return { table: 'agent_event', goes: [await event(old, old)], stays }
    }
    case 'parked_events': {
      const parked = async (daysAgo: number, resolvedAtMs: number | null) => {
        const eventId = idFrom(daysAgo)
        await put('parked_event', {
          ...{ eventId, terminalId: freshId(), code: 'event_conflict', payloadSealed: 'k1.x' },
          ...{ receivedAtMs: ago(daysAgo), resolvedAtMs, resolvedBy: null },
        })
        return eventId
      }
      const stays = [await parked(old, null), await parked(old, ago(1))]
      return { table: 'parked_event', goes: [await parked(old, ago(old))], stays }
    }
    case 'event_deliveries': {
      const delivery = async (daysAgo: number, state: string) => {
        const eventId = idFrom(daysAgo)
        await put('event_delivery', {
          ...{ eventId, consumer: 'somebody', state, attempts: 0 },
          ...{ nextAtMs: Number.MAX_SAFE_INTEGER, lastError: null },
        })
        return eventId
      }
      const stays = [await delivery(old, 'pending'), await delivery(young, 'done')]
      return { table: 'event_delivery', goes: [await delivery(old, 'done')], stays }
    }
    case 'event_log': {
      const event = async (daysAgo: number) => {
        const id = idFrom(daysAgo)
        await put('event_log', {
          ...{ id, type: 'purchase.recorded', aggregateId: freshId(), payload: '{}' },
          ...{ occurredAtMs: ago(daysAgo), recordedAtMs: ago(daysAgo) },
        })
        return id
      }
      const unheard = await event(old)
      await put('event_delivery', {
        ...{ eventId: unheard, consumer: 'somebody', state: 'pending', attempts: 0 },
        ...{ nextAtMs: Number.MAX_SAFE_INTEGER, lastError: null },
      })
      const unsent = await event(old)
      await put('webhook_delivery', {
        ...{ id: freshId(), subscriptionId: freshId(), eventId: unsent, state: 'pending' },
        ...{ attempts: 0, nextAtMs: Number.MAX_SAFE_INTEGER, lastError: null },
        ...{ createdAtMs: ago(1), settledAtMs: null },
      })
      return {
        table: 'event_log',
        goes: [await event(old)],
        stays: [unheard, unsent, await event(young)],
      }
    }
    case 'webhook_deliveries': {
      const delivery = async (daysAgo: number, state: string) => {
        const id = idFrom(daysAgo)
        await put('webhook_delivery', {
          ...{ id, subscriptionId: freshId(), eventId: freshId(), state, attempts: 0 },
          ...{ nextAtMs: Number.MAX_SAFE_INTEGER, lastError: null, createdAtMs: ago(daysAgo) },
          settledAtMs: null,
        })
        return id
      }
      const stays = [await delivery(old, 'pending'), await delivery(young, 'done')]
      return {
        table: 'webhook_delivery',
        goes: [await delivery(old, 'done'), await delivery(old, 'dead')],
        stays,
      }
    }
    case 'points_jobs': {
      const job = async (daysAgo: number, kind: string, state: string) => {
        const id = idFrom(daysAgo)
        const finishedAtMs = state === 'running' ? null : ago(daysAgo)
        await put('points_job', {
          ...{ id, jobKey: `asked|${id}`, kind, state, asked: '{}', step: 1, doneRows: 0 },
          ...{ totalRows: null, result: '{}', nextAtMs: Number.MAX_SAFE_INTEGER },
          ...{ startedBy: null, createdAtMs: ago(daysAgo), startedAtMs: null, finishedAtMs },
        })
        return id
      }
      const goes = [
        ...[await job(old + 1, 'trial', 'done'), await job(old + 2, 'levels', 'failed')],
        await job(old + 3, 'levels', 'cancelled'),
      ]
      // One that runs still, one that is young, and the last of each kind however it ended.
      const stays = [
        ...[await job(old, 'trial', 'running'), await job(young, 'trial', 'done')],
        ...[await job(old, 'levels', 'failed'), await job(old, 'levels', 'cancelled')],
        await job(old, 'levels', 'done'),
      ]
      return { table: 'points_job', goes, stays }
    }
    case 'stray_purchases': {
      const stray = async (daysAgo: number) => {
        const purchaseId = idFrom(daysAgo)
        await put('stray_purchase', {
          ...{ purchaseId, kind: 'phone', namespace: 'cn', valueIndex: 'x' },
          occurredAtMs: ago(daysAgo),
        })
        return purchaseId
      }
      return { table: 'stray_purchase', goes: [await stray(old)], stays: [await stray(young)] }
    }
    case 'coupon_rule_awards':
      return awardRows({ put, idFrom, ago, old, young })
  }
}

const KEYS: Partial<Record<RetentionName, string>> = {
  idempotency: 'idempotencyKey',
  agent_events: 'eventId',
  parked_events: 'eventId',
  event_deliveries: 'eventId',
  stray_purchases: 'purchaseId',
  coupon_rule_awards: 'memberId',
}

describeEachDatabase('how long things are kept', (kit) => {
  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  it.each(RETENTION_RULES)(
    'deletes what is old of %s, and nothing that is needed',
    async (rule) => {
      await server.app.get(RetentionWorkerService, { strict: false }).drain()
      const { table, goes, stays } = await rowsOf(rule)
      await purge()
      const left = await ids(table, KEYS[rule])
      expect(left.filter((id) => goes.includes(id))).toEqual([])
      expect(left.filter((id) => stays.includes(id)).sort()).toEqual([...stays].sort())
      expect(await deletedBy(rule)).toBe(goes.length)
      await purge()
      expect(await deletedBy(rule)).toBe(0)
    },
  )

  it('works off more than one commit can hold, and counts it once', async () => {
    const rows = Array.from({ length: 2 * ROWS_PER_COMMIT_MAX + 7 }, () => idFrom(40))
    await server.database.write((tx) =>
      tx.insert(
        'member_copy',
        [
          'id',
          'memberId',
          'sessionId',
          'tokenSha256',
          'fetchedCount',
          'createdAtMs',
          'expiresAtMs',
        ],
        rows.map((id) => [id, id, id, id, 0, 1, 1]),
      ),
    )
    await purge()
    expect(await deletedBy('copies')).toBe(rows.length)
    expect(await ids('member_copy')).not.toContain(rows[0])
  })

  awardStories(() => ({ server, purge, deletedBy, atMs: ago(1_000) }))

  it('is done by one of two servers that look at the same moment', async () => {
    const gone = idFrom(40)
    await put('member_copy', {
      ...{ id: gone, memberId: gone, sessionId: gone, tokenSha256: gone, fetchedCount: 0 },
      ...{ createdAtMs: 1, expiresAtMs: 1 },
    })
    server.clock.advance(DAY_MS)
    const worker = server.app.get(RetentionWorkerService, { strict: false })
    await Promise.all([worker.drain(), worker.drain(), worker.drain()])
    const runs = await server.database.read((rx) =>
      rx.rows<{ n: number | string }>(
        "SELECT COUNT(*) AS n FROM retention_run WHERE rule = 'copies' AND startedAtMs = ?",
        [server.clock.nowMs()],
      ),
    )
    expect(Number(runs[0]?.n)).toBe(1)
    expect(await deletedBy('copies')).toBe(1)
  })

  it('deletes nothing more once the lease is lost', async () => {
    server.clock.advance(DAY_MS)
    const retention = server.app.get(RetentionService, { strict: false })
    const nowMs = server.clock.nowMs()
    const first = await server.database.write((tx) => retention.claim(tx, nowMs))
    if (!first) throw new Error('nothing was due')
    // The server was slow: its lease is over, and another has begun.
    server.clock.advance(PURGE_LEASE_MS)
    const laterMs = server.clock.nowMs()
    const claimed: (string | undefined)[] = []
    do {
      const purge = await server.database.write((tx) => retention.claim(tx, laterMs))
      claimed.push(purge?.rule)
    } while (claimed.at(-1) !== first.rule && claimed.at(-1) !== undefined)
    expect(claimed.at(-1)).toBe(first.rule)
    const slow = await server.database.write((tx) => retention.renew(tx, first, laterMs))
    expect(slow).toBeNull()
  })

  it('leaves the books, the members and the proofs of consents alone, for years', async () => {
    const member = await till.sendOne(registration(till, '13911110001'))
    const who = { by: 'phone', phone: '13911110001' } as never
    const sale = await till.sendOne(checkout(till, { who }))
    expect(sale.points).toBe(21)
    await server.drain()
    const book = await verifyBook(server.database)
    server.clock.advance(3_000 * DAY_MS)
    await purge()
    expect(await verifyBook(server.database)).toEqual(book)
    expect(book.findings).toEqual([])
    expect(await ids('purchase')).toContain(sale.purchaseId)
    expect(await ids('member')).toContain(member.memberId)
    const proofs = await ids('consent', 'memberId')
    expect(proofs).toContain(member.memberId)
    const found = await server.fetch('/agent/v1/lookup', {
      token: await till.token(),
      json: { by: 'phone', phone: '13911110001' },
    })
    expect(found.body.member).toMatchObject({ memberId: member.memberId, balancePoints: 21 })
  })

  it('takes a sale that is sent again after its event is forgotten for the one it is', async () => {
    const sale = checkout(till)
    const first = await till.sendOne(sale)
    server.clock.advance(500 * DAY_MS)
    await purge()
    expect(await ids('agent_event', 'eventId')).not.toContain(sale.eventId)
    const again = await till.sendOne(sale)
    expect(again).toMatchObject({ status: 'duplicate', purchaseId: first.purchaseId })
  })
})
