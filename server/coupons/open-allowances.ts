import type { OfflineFinding as FindingView } from '@huike/shared/contracts/offline'
import { valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { OfflineAllowance } from './offline-allowance.entity.js'
import type { OfflineFinding } from './offline-finding.entity.js'

// Allowances of one transaction: what tills said of them is decided here and written at its end.
//
//   held → returned   by the till, which never uses it from then on
//   held → used       the till has redeemed it
//   held → released   staff: the till is lost
//
// Its time being over ends none: the till may have redeemed it before, and not been heard since.

const FINDING_COLUMNS = [
  'id',
  'kind',
  'code',
  'storeId',
  'terminalId',
  'memberId',
  'allowanceId',
  'purchaseId',
  'points',
  'offFen',
  'atMs',
  'recordedAtMs',
] as const satisfies (keyof OfflineFinding)[]
const CHANGING_COLUMNS = [
  'subjectKey',
  'state',
  'endedAtMs',
  'purchaseId',
] as const satisfies (keyof OfflineAllowance)[]

/** What is wrong with an offline redemption, and of which. */
export type NewFinding = Omit<OfflineFinding, 'id' | 'kind' | 'code'> & {
  kind: FindingView['kind']
}

export class OpenAllowances {
  readonly #rows = new Map<string, OfflineAllowance>()
  readonly #changed = new Set<OfflineAllowance>()
  readonly #findings: OfflineFinding[] = []

  constructor(rows: readonly OfflineAllowance[] = []) {
    for (const row of rows) this.#rows.set(row.id, row)
  }

  byId(id: string): OfflineAllowance | undefined {
    return this.#rows.get(id)
  }

  /** Whether a till holds this coupon. */
  isLeft(couponId: string): boolean {
    return [...this.#rows.values()].some((row) => row.couponId === couponId && isHeld(row))
  }

  /** A till says that it has redeemed it; what was ended before stays as it was. */
  use(row: OfflineAllowance, { purchaseId, nowMs }: { purchaseId: string; nowMs: number }): void {
    this.#end(row, { state: 'used', endedAtMs: nowMs, purchaseId })
  }

  /** A till gives it back unused. */
  giveBack(row: OfflineAllowance, nowMs: number): void {
    this.#end(row, { state: 'returned', endedAtMs: nowMs })
  }

  /** Notes what a person should read. */
  note(finding: NewFinding): void {
    this.#findings.push({ ...finding, code: null, id: mintId(finding.recordedAtMs) })
  }

  async write(tx: Tx): Promise<void> {
    const changed = [...this.#changed]
    if (changed.length > 0)
      await tx.updateEach(
        'offline_allowance',
        'id',
        CHANGING_COLUMNS,
        changed.map((row) => [row.id, ...valuesOf(row, CHANGING_COLUMNS)]),
      )
    await addFindings(tx, this.#findings)
  }

  #end(row: OfflineAllowance, as: Partial<OfflineAllowance>): void {
    if (!isHeld(row)) return
    Object.assign(row, { ...as, subjectKey: null })
    this.#changed.add(row)
  }
}

/** Appends what a person should read. */
export async function addFindings(tx: Tx, findings: readonly OfflineFinding[]): Promise<void> {
  await tx.insert(
    'offline_finding',
    FINDING_COLUMNS,
    findings.map((row) => valuesOf(row, FINDING_COLUMNS)),
  )
}

function isHeld({ state }: OfflineAllowance): boolean {
  return state === 'held'
}
