import { Injectable } from '@nestjs/common'
import type { PayFindingKind } from '@huike/shared/contracts/console-packs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { PayBill } from './pay-bill.entity.js'
import type { PayFinding } from './pay-finding.entity.js'

// What does not agree about money, each once, until somebody has seen to it.

const FINDING_COLUMNS = [
  'id',
  'subjectKey',
  'kind',
  'number',
  'ourFen',
  'theirFen',
  'detail',
  'foundAtMs',
  'settledAtMs',
  'settledBy',
  'note',
] as const satisfies (keyof PayFinding)[]

export interface Found {
  kind: PayFindingKind
  /** The number of the order or the refund. */
  number: string
  ourFen: number | null
  theirFen: number | null
  detail: string
}

@Injectable()
export class PayFindingsService {
  /** Writes down what was not known yet; answers how many. Two at once: the later write is retried. */
  async note(tx: Tx, found: readonly Found[], nowMs: number): Promise<number> {
    let fresh = 0
    for (const one of found) {
      const subjectKey = `${one.kind}|${one.number}`
      const known = await tx.rows('SELECT id FROM pay_finding WHERE subjectKey = ?', [subjectKey])
      if (known.length > 0) continue
      const row: PayFinding = {
        ...{ id: mintId(nowMs), subjectKey, foundAtMs: nowMs, ...one },
        ...{ settledAtMs: null, settledBy: null, note: null },
      }
      await tx.insert('pay_finding', FINDING_COLUMNS, [valuesOf(row, FINDING_COLUMNS)])
      fresh += 1
    }
    return fresh
  }

  /** A page, the newest first. */
  page(
    statements: Statements,
    of: { isOpen: boolean; beforeId: string | null; limit: number },
  ): Promise<PayFinding[]> {
    return statements.rows<PayFinding>(
      `SELECT * FROM pay_finding WHERE settledAtMs IS ${of.isOpen ? '' : 'NOT '}NULL
         ${of.beforeId === null ? '' : 'AND id < ?'}
       ORDER BY id DESC LIMIT ${String(of.limit)}`,
      of.beforeId === null ? [] : [of.beforeId],
    )
  }

  /** Somebody saw to it. Refuses `not_found`, of one that was settled too. */
  async settle(
    tx: Tx,
    id: string,
    by: { staffId: string; note: string; nowMs: number },
  ): Promise<{ ok: true; finding: PayFinding } | Refusal> {
    const changed = await tx.run(
      `UPDATE pay_finding SET settledAtMs = ?, settledBy = ?, note = ?
       WHERE id = ? AND settledAtMs IS NULL`,
      [by.nowMs, by.staffId, by.note, id],
    )
    const [finding] = await tx.rows<PayFinding>('SELECT * FROM pay_finding WHERE id = ?', [id])
    return changed === 1 && finding ? { ok: true, finding } : refuse('not_found')
  }

  /** The last day whose bill was compared, `YYYY-MM-DD`. */
  async comparedTo(statements: Statements): Promise<string | null> {
    const [last] = await statements.rows<Pick<PayBill, 'date'>>(
      'SELECT date FROM pay_bill ORDER BY date DESC LIMIT 1',
    )
    return last?.date ?? null
  }
}
