import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements } from '../platform/database.js'
import type { Purchase } from './purchase.entity.js'

/** When purchases happened: for what else names them. */
@Injectable()
export class PurchaseTimesService {
  /** By id. */
  async of(statements: Statements, ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map()
    const rows = await statements.rows<Pick<Purchase, 'id' | 'occurredAtMs'>>(
      `SELECT id, occurredAtMs FROM purchase WHERE id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(ids)])],
    )
    return new Map(rows.map(({ id, occurredAtMs }) => [id, occurredAtMs]))
  }
}
