import { Injectable } from '@nestjs/common'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { StrayPurchase } from './stray-purchase.entity.js'

// Purchases that wait for their buyer: somebody was named who is not known yet. Only a blind index of
// what named them is kept, and no longer than a number rests before it is given to somebody else.

const COLUMNS = [
  'purchaseId',
  'kind',
  'namespace',
  'valueIndex',
  'occurredAtMs',
] as const satisfies (keyof StrayPurchase)[]
/** Platforms whose hashes are asked for; a chain has a handful. */
const NAMESPACES_MAX = 40

/** What named somebody, as it is found. */
export type StrayName = Pick<StrayPurchase, 'kind' | 'namespace' | 'valueIndex'>

@Injectable()
export class StrayPurchasesService {
  /** Writes down who new purchases are waiting for. */
  async insert(tx: Tx, strays: readonly StrayPurchase[]): Promise<void> {
    await tx.insert(
      'stray_purchase',
      COLUMNS,
      strays.map((row) => valuesOf(row, COLUMNS)),
    )
  }

  /** What waits under this name since an instant, oldest first, at most `limit`. */
  waiting(
    statements: Statements,
    { kind, namespace, valueIndex }: StrayName,
    { sinceMs, limit }: { sinceMs: number; limit: number },
  ): Promise<StrayPurchase[]> {
    return statements.rows<StrayPurchase>(
      `SELECT * FROM stray_purchase
       WHERE kind = ? AND namespace = ? AND valueIndex = ? AND occurredAtMs >= ?
       ORDER BY purchaseId LIMIT ${String(limit)}`,
      [kind, namespace, valueIndex, sinceMs],
    )
  }

  /** The namespaces in which something of this kind waits: one look into the index for each. */
  async namespacesOf(statements: Statements, kind: string): Promise<string[]> {
    const found: string[] = []
    while (found.length < NAMESPACES_MAX) {
      const [next] = await statements.rows<Pick<StrayPurchase, 'namespace'>>(
        `SELECT namespace FROM stray_purchase WHERE kind = ? AND namespace > ?
         ORDER BY namespace LIMIT 1`,
        [kind, found.at(-1) ?? ''],
      )
      if (!next) break
      found.push(next.namespace)
    }
    return found
  }

  /** Takes purchases off the list: they wait no longer. */
  async settle(tx: Tx, purchaseIds: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM stray_purchase WHERE purchaseId IN ${inList(tx)}`, [
      listParameter(tx, purchaseIds),
    ])
  }

  /** Forgets who was named so. */
  async forget(tx: Tx, names: readonly StrayName[]): Promise<void> {
    for (const { kind, namespace, valueIndex } of names)
      await tx.run(
        'DELETE FROM stray_purchase WHERE kind = ? AND namespace = ? AND valueIndex = ?',
        [kind, namespace, valueIndex],
      )
  }
}
