// Plans of statements, asked of the databases themselves, and enough rows that a wrong plan is a worse
// plan.
import { FIRST_SCHEME } from '@huike/shared/levels'
import { sha256Hex } from '../../server/platform/ids.js'
import type { Database, SqlParameter, Tx } from '../../server/platform/database.js'
import type { TerminalContext } from '../../server/stores/terminals.service.js'

const MEMBERS = 20_000
/** Pairs, keys and imports are as many as tell a plan apart. */
const PAIRS = 2_000
const ROWS_PER_INSERT = 1_000
/** Nobody works on these. */
const FAR_MS = 9_000_000_000_000

/** A statement as it was sent. */
export interface Sent {
  sql: string
  parameters: readonly SqlParameter[]
}

/** What a plan reads from end to end; nothing where it finds everything by keys. */
export async function planFaults(database: Database, { sql, parameters }: Sent): Promise<string[]> {
  if (database.dialect === 'sqlite') {
    const plan = await database.read((rx) =>
      rx.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters),
    )
    // A list comes as one JSON parameter, and reading that from end to end is what it is for; so it is
    // with what the statement itself has put together first.
    const own = /WITH RECURSIVE (\w+)/.exec(sql)?.[1]
    return plan
      .map((step) => step.detail)
      .filter((detail) => detail.startsWith('SCAN') && !detail.includes('json_each'))
      .filter((detail) => detail !== `SCAN ${String(own)}`)
  }
  const plan = await database.read((rx) =>
    rx.rows<{ type: string | null; rows: number | null }>(`EXPLAIN ${sql}`, parameters),
  )
  return plan
    .filter((step) => step.type === 'ALL' || step.type === 'index')
    .map((step) => `${String(step.type)} over ${String(step.rows)} rows`)
}

/** Enough rows that a wrong plan is a worse plan, written straight into the tables. */
export async function fillForPlans(tx: Tx, from: TerminalContext): Promise<void> {
  for (let start = 0; start < MEMBERS; start += ROWS_PER_INSERT) {
    const numbers = Array.from({ length: ROWS_PER_INSERT }, (_, n) => start + n)
    const id = (letter: string, n: number) => `01${letter}${String(n).padStart(23, '0')}`
    const day = (n: number) => `2026-01-${String(1 + (n % 28)).padStart(2, '0')}`
    await insertRows(tx, 'member', numbers, (n) => ({
      id: id('M', n),
      memberNo: `9${String(n).padStart(11, '0')}`,
      state: 'active',
      levelCode: 'base',
      mergedIntoId: null,
      registeredStoreId: from.store.id,
      registeredChannel: 'pos',
      createdAtMs: n,
      updatedAtMs: n,
    }))
    await insertRows(tx, 'identity', numbers, (n) => ({
      id: id('D', n),
      memberId: id('M', n),
      kind: 'phone',
      namespace: 'cn',
      valueIndex: sha256Hex(String(n)).slice(0, 43),
      valueSealed: 'k1.x',
      last4Index: null,
      assurance: 'claimed',
      source: 'fill',
      firstSeenAtMs: n,
      lastSeenAtMs: n,
    }))
    await insertRows(tx, 'points_account', numbers, (n) => ({
      memberId: id('M', n),
      balancePoints: 0,
      headSeq: 0,
      headHash: '0'.repeat(64),
      openedAtMs: n,
    }))
    await insertRows(tx, 'purchase', numbers, (n) => ({
      id: id('P', n),
      businessKey: `fill|${String(n)}`,
      contentSha256: '0'.repeat(64),
      kind: 'sale',
      channel: 'pos',
      sourceKind: 'escpos_tap',
      storeId: from.store.id,
      terminalId: from.terminal.id,
      receiptNo: `F${String(n)}`,
      businessDate: day(n),
      printedAt: null,
      occurredAtMs: n,
      recordedAtMs: n,
      clockSuspect: 0,
      memberId: id('M', n),
      totalFen: 100,
      changeFen: null,
      refundedFen: 0,
      earnedPoints: 1,
      reversedPoints: 0,
      cashier: null,
      originalReceiptNo: null,
      originalPurchaseId: null,
      lineCount: 0,
      firstLineName: null,
    }))
    await insertRows(tx, 'member_stat', numbers, (n) => ({
      memberId: id('M', n),
      purchaseCount: 1,
      totalFen: 100,
      lastPurchaseAtMs: n,
      lastBusinessDate: day(n),
      lastStoreId: from.store.id,
      onlineCount: 0,
    }))
    await insertRows(tx, 'member_store', numbers, (n) => ({
      storeId: from.store.id,
      memberId: id('M', n),
      purchaseCount: 1,
      totalFen: 100,
      lastPurchaseAtMs: n,
    }))
    await insertRows(tx, 'event_log', numbers, (n) => ({
      id: id('E', n),
      type: 'purchase.recorded',
      aggregateId: id('P', n),
      payload: '{}',
      occurredAtMs: n,
      recordedAtMs: n,
    }))
    await insertRows(tx, 'event_delivery', numbers, (n) => ({
      eventId: id('E', n),
      consumer: 'store-day',
      state: 'done',
      attempts: 0,
      nextAtMs: n,
      lastError: null,
    }))
    await insertRows(tx, 'agent_event', numbers, (n) => ({
      eventId: id('A', n),
      terminalId: from.terminal.id,
      type: 'checkout.captured',
      contentSha256: '0'.repeat(64),
      status: 'accepted',
      code: null,
      purchaseId: id('P', n),
      memberId: id('M', n),
      points: 1,
      balancePoints: 1,
      receivedAtMs: n,
    }))
  }
}

/** The same of pairs that may be one person, of what members are met by, and of imports. */
export async function fillPairsForPlans(tx: Tx): Promise<void> {
  const id = (letter: string, n: number) => `01${letter}${String(n).padStart(23, '0')}`
  for (let start = 0; start < PAIRS; start += ROWS_PER_INSERT) {
    const numbers = Array.from({ length: ROWS_PER_INSERT }, (_, n) => start + n)
    await insertRows(tx, 'duplicate_pair', numbers, (n) => ({
      id: id('D', n),
      memberAId: id('M', 2 * n),
      memberBId: id('M', 2 * n + 1),
      score: n,
      verdict: n % 2 === 0 ? 'merge' : 'review',
      reasons: '{}',
      state: n % 4 === 0 ? 'rejected' : 'open',
      foundAtMs: n,
    }))
    await insertRows(tx, 'matching_key', numbers, (n) => ({
      memberId: id('M', n),
      keyHash: n % 99,
    }))
    await insertRows(tx, 'matching_change', numbers, (n) => ({
      ...{ id: id('C', n), memberId: id('M', n), attempts: 0, nextAtMs: FAR_MS + n },
    }))
    await insertRows(tx, 'import_job', numbers, (n) => ({
      ...{
        id: id('J', n),
        staffId: id('S', 1),
        state: 'done',
        kind: 'members',
        templateId: 'plain',
      },
      ...{ planSealed: 'k1.x', fileKeySealed: 'k1.x', fileBytes: 1, fileHash: '0'.repeat(64) },
      ...{ doneRows: 1, nextAtMs: FAR_MS + n, attempts: 0, createdAtMs: n, finishedAtMs: n },
    }))
  }
}

/** The same of growth and levels, with a scheme in force by which growth is given. */
export async function fillGrowthForPlans(tx: Tx): Promise<void> {
  const id = (letter: string, n: number) => `01${letter}${String(n).padStart(23, '0')}`
  const numbers = Array.from({ length: PAIRS }, (_, n) => n)
  const { version, ...first } = FIRST_SCHEME
  const terms = { ...first, growth: { ...first.growth, growth: 1, perPurchase: 1 } }
  await insertRows(tx, 'level_scheme', [version + 1], (n) => ({
    ...{ version: n, effectiveFromMs: 0, publishedAtMs: 0, publishedBy: id('S', 1) },
    terms: JSON.stringify({ ...terms, levels: [...first.levels, { ...SILVER }] }),
  }))
  await insertRows(tx, 'growth_entry', numbers, (n) => ({
    ...{ id: id('G', n), memberId: id('M', n), seq: 1, purchaseId: id('P', n), number: 1 },
    ...{ growth: 1, counted: 1, reason: 'purchase', schemeVersion: 2, explanation: '' },
    ...{ businessDate: '2026-01-01', occurredAtMs: n, recordedAtMs: n },
    ...{ previousHash: '0'.repeat(64), hash: '0'.repeat(64) },
  }))
  await insertRows(tx, 'growth_account', numbers, (n) => ({
    ...{ memberId: id('M', n), periodGrowth: 1, periodFromMs: 0, levelCode: 'base' },
    ...{ levelSinceMs: n, levelUntilMs: FAR_MS, neededGrowth: 0, reachedFromMs: 0 },
    ...{ noticedUntilMs: null, nextAtMs: FAR_MS + n, schemeVersion: version + 1 },
    ...{ headSeq: 1, headHash: '0'.repeat(64) },
  }))
  await insertRows(tx, 'level_change', numbers, (n) => ({
    ...{ id: id('L', n), memberId: id('M', n), fromCode: 'base', toCode: 'base' },
    ...{ reason: 'kept', explanation: '', schemeVersion: 2, growth: 1 },
    ...{ fromUntilMs: n, untilMs: n, mergeId: null, atMs: n },
  }))
}

/** Reached with the first purchase. */
const SILVER = { ...FIRST_SCHEME.levels[0], code: 'silver', name: '银卡', threshold: 1 }

/** Rows of one table, one for each number. */
export function insertRows(
  tx: Tx,
  table: string,
  numbers: readonly number[],
  rowOf: (n: number) => Record<string, string | number | null>,
): Promise<void> {
  const rows = numbers.map(rowOf)
  const columns = Object.keys(rows[0] ?? {})
  return tx.insert(
    table,
    columns,
    rows.map((row) => Object.values(row)),
  )
}
