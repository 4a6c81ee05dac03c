import { expect, it } from '@jest/globals'
import { firstIdAt } from '@huike/shared/ids'
import type { RetentionName } from '@huike/shared/retention'
import { freshId } from '../rig/events.js'
import type { TestServer } from '../rig/server.js'

// What rules gave by themselves, and when: stories of retention.spec.ts, on its server.

const TABLE = 'coupon_rule_award'
const COLUMNS = ['ruleId', 'memberId', 'occasion', 'version', 'couponId', 'refusal', 'atMs']
/** More than two commits hold. */
const MANY = 1_003

interface Tools {
  put: (table: string, row: Record<string, string | number | null>) => Promise<void>
  idFrom: (daysAgo: number) => string
  ago: (days: number) => number
  old: number
  young: number
}

/** Awards that are old, one that is young, and old ones of what is given once to everybody. */
export async function awardRows({ put, idFrom, ago, old, young }: Tools) {
  const award = async (daysAgo: number, occasion: string) => {
    const memberId = idFrom(daysAgo)
    await put(TABLE, {
      ...{ ruleId: firstIdAt(1), memberId, occasion, version: 1, couponId: null },
      ...{ refusal: null, atMs: ago(daysAgo) },
    })
    return memberId
  }
  const stays = [
    ...[await award(old, 'once'), await award(old, 'once|sale')],
    await award(young, '2026'),
  ]
  const goes = [await award(old, '2026'), await award(old + 400, 'gold|0001')]
  return { table: TABLE, goes, stays }
}

interface Purging {
  server: TestServer
  purge: () => Promise<void>
  deletedBy: (rule: RetentionName) => Promise<number>
  atMs: number
}

/** All of one instant, and every other one stays. */
export function awardStories(purging: () => Purging): void {
  it('passes over what is given once, however many came before', async () => {
    const { server, purge, deletedBy, atMs } = purging()
    const ruleId = firstIdAt(2)
    const rows = Array.from({ length: MANY }, () => freshId()).flatMap((id) => [
      [ruleId, id, 'once', 1, null, null, atMs],
      [ruleId, id, '2023', 1, null, null, atMs],
    ])
    await server.database.write((tx) => tx.insert(TABLE, COLUMNS, rows))
    await purge()
    expect(await deletedBy('coupon_rule_awards')).toBe(MANY)
    const left = await server.database.read((rx) =>
      rx.rows(`SELECT occasion FROM ${TABLE} WHERE ruleId = ? AND occasion = 'once'`, [ruleId]),
    )
    expect(left).toHaveLength(MANY)
  })
}
