import type { OfflineFinding as FindingView } from '@huike/shared/contracts/offline'
import { OFFLINE_FINDING_WORDS } from '@huike/shared/offline-words'
import type {
  MemberAllowance,
  MemberFinding,
  OfflineHistoryService,
} from '../../coupons/offline-history.service.js'
import type { Database } from '../../platform/database.js'
import { moneyInWords, timeInWords, type CopyRow } from './copy-sections.js'

// What tills were left of a member for when they have no network, and what was found out about it, in
// a member's copy.

const ROWS_PER_READ = 200
const ALLOWANCE_WORDS: Readonly<Record<string, string>> = {
  held: '留着',
  returned: '已归还，没有用',
  used: '已用',
  released: '已由门店收回',
}

interface From {
  database: Database
  offline: OfflineHistoryService
}

/** What was left of one record, the oldest first, some at a time. */
export async function* allowancesCopy(
  { database, offline }: From,
  memberId: string,
): AsyncGenerator<CopyRow[]> {
  for (let afterId = ''; ;) {
    const page = { memberId, afterId, limit: ROWS_PER_READ }
    const rows = await database.read((rx) => offline.allowancesOf(rx, page))
    yield rows.map(allowanceRow)
    afterId = rows.at(-1)?.id ?? afterId
    if (rows.length < ROWS_PER_READ) return
  }
}

/** What was found out about one record, the oldest first, some at a time. */
export async function* findingsCopy(
  { database, offline }: From,
  memberId: string,
): AsyncGenerator<CopyRow[]> {
  for (let afterId = ''; ;) {
    const page = { memberId, afterId, limit: ROWS_PER_READ }
    const rows = await database.read((rx) => offline.findingsOf(rx, page))
    yield rows.map(findingRow)
    afterId = rows.at(-1)?.id ?? afterId
    if (rows.length < ROWS_PER_READ) return
  }
}

function allowanceRow(row: MemberAllowance): CopyRow {
  const { id, kind, couponId, points, storeId, storeName, state, grantedAtMs, expiresAtMs } = row
  const { endedAtMs, purchaseId } = row
  return {
    facts: {
      ...{ id, kind, couponId, points, storeId, storeName, state, grantedAtMs, expiresAtMs },
      ...{ endedAtMs, purchaseId },
    },
    words: [
      ['留了什么', points === null ? '一张优惠券' : `最多 ${String(points)} 积分`],
      ['留给', storeName],
      ['状态', ALLOWANCE_WORDS[state] ?? state],
      ['留的时间', timeInWords(grantedAtMs)],
      ['最晚可用', timeInWords(expiresAtMs)],
      ['结束时间', endedAtMs === null ? '还没有' : timeInWords(endedAtMs)],
    ],
  }
}

function findingRow(row: MemberFinding): CopyRow {
  const { id, kind, code, storeId, storeName, purchaseId, points, offFen, atMs } = row
  return {
    facts: { id, kind, code, storeId, storeName, purchaseId, points, offFen, atMs },
    words: [
      ['情况', OFFLINE_FINDING_WORDS[kind as FindingView['kind']]],
      ['门店', storeName],
      ...(points === null ? [] : [['积分', String(points)] as const]),
      ...(offFen === null ? [] : [['优惠', moneyInWords(offFen)] as const]),
      ['时间', timeInWords(atMs)],
    ],
  }
}
