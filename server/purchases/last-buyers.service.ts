import { Injectable } from '@nestjs/common'
import type { Statements } from '../platform/database.js'

/** Of one store, when it is asked who bought at a till. */
const PURCHASES_LOOKED_AT_MAX = 2_000

/** Who is likely to come to a till again. */
@Injectable()
export class LastBuyersService {
  /** Who bought at a till of a store last, among the latest purchases of the store, latest first. */
  async at(
    statements: Statements,
    till: { storeId: string; terminalId: string; sinceMs: number; limit: number },
  ): Promise<string[]> {
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT memberId, MAX(recordedAtMs) AS lastMs FROM (
         SELECT memberId, terminalId, recordedAtMs FROM purchase
         WHERE storeId = ? AND recordedAtMs >= ?
         ORDER BY recordedAtMs DESC LIMIT ${String(PURCHASES_LOOKED_AT_MAX)}
       ) latest WHERE memberId IS NOT NULL AND terminalId = ?
       GROUP BY memberId ORDER BY lastMs DESC, memberId LIMIT ${String(till.limit)}`,
      [till.storeId, till.sinceMs, till.terminalId],
    )
    return rows.map(({ memberId }) => memberId)
  }
}
