import { BASE_LEVEL } from '@huike/shared/levels'
import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { GrowthAccount } from './growth-account.entity.js'
import { entryHash, growthChainStart } from './growth-chain.js'
import type { GrowthEntry } from './growth-entry.entity.js'

// The growth accounts of some members, open for writing inside one transaction. Their members are
// locked, so that nobody else writes to them meanwhile.

const ACCOUNT_COLUMNS = [
  'memberId',
  'periodGrowth',
  'periodFromMs',
  'levelCode',
  'levelSinceMs',
  'levelUntilMs',
  'neededGrowth',
  'reachedFromMs',
  'noticedUntilMs',
  'nextAtMs',
  'schemeVersion',
  'headSeq',
  'headHash',
] as const satisfies (keyof GrowthAccount)[]
const ENTRY_COLUMNS = [
  'id',
  'memberId',
  'seq',
  'purchaseId',
  'number',
  'growth',
  'counted',
  'reason',
  'schemeVersion',
  'explanation',
  'businessDate',
  'occurredAtMs',
  'recordedAtMs',
  'previousHash',
  'hash',
] as const satisfies (keyof GrowthEntry)[]
const EXPLANATION_CHARACTERS_MAX = 255

interface OpenAccount {
  row: GrowthAccount
  isNew: boolean
  isChanged: boolean
}

export class GrowthAccounts {
  readonly #open = new Map<string, OpenAccount>()
  readonly #posted: GrowthEntry[] = []

  private constructor(private readonly nowMs: number) {}

  /** Opens the accounts of members who are locked; one who has none gets one with the first change. */
  static async open(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<GrowthAccounts> {
    const accounts = new GrowthAccounts(nowMs)
    const rows = await tx.rows<GrowthAccount>(
      `SELECT * FROM growth_account WHERE memberId IN ${inList(tx)}`,
      [listParameter(tx, memberIds)],
    )
    const known = new Map(rows.map((row) => [row.memberId, row]))
    for (const memberId of memberIds) {
      const row = known.get(memberId)
      accounts.#open.set(memberId, {
        row: row ?? emptyAccount(memberId, nowMs),
        isNew: row === undefined,
        isChanged: false,
      })
    }
    return accounts
  }

  /** The account of a member as it stands. */
  of(memberId: string): Readonly<GrowthAccount> {
    return this.#account(memberId).row
  }

  /** Members to whom something was posted. */
  posted(): readonly GrowthEntry[] {
    return this.#posted
  }

  change(memberId: string, to: Partial<GrowthAccount>): void {
    const account = this.#account(memberId)
    const before = { ...account.row }
    Object.assign(account.row, to)
    account.isChanged ||= ACCOUNT_COLUMNS.some((name) => before[name] !== account.row[name])
  }

  /** Posts one entry, next in the chain of its member. */
  post(entry: Omit<GrowthEntry, 'id' | 'seq' | 'recordedAtMs' | 'previousHash' | 'hash'>): void {
    const { headSeq, headHash } = this.#account(entry.memberId).row
    const content = {
      ...entry,
      id: mintId(this.nowMs),
      seq: headSeq + 1,
      explanation: entry.explanation.slice(0, EXPLANATION_CHARACTERS_MAX),
      recordedAtMs: this.nowMs,
      previousHash: headHash,
    }
    const hash = entryHash(content)
    this.#posted.push({ ...content, hash })
    this.change(entry.memberId, { headSeq: content.seq, headHash: hash })
  }

  /** Writes the entries, so that they are in the sums from now on. */
  async writeEntries(tx: Tx): Promise<void> {
    await tx.insert(
      'growth_entry',
      ENTRY_COLUMNS,
      this.#posted.map((entry) => valuesOf(entry, ENTRY_COLUMNS)),
    )
  }

  /** Writes the accounts that changed. Call once, last. */
  async writeAccounts(tx: Tx): Promise<void> {
    const rowsWhere = (isNew: boolean) =>
      [...this.#open.values()]
        .filter((account) => account.isChanged && account.isNew === isNew)
        .map(({ row }) => valuesOf(row, ACCOUNT_COLUMNS))
    await tx.insert('growth_account', ACCOUNT_COLUMNS, rowsWhere(true))
    await tx.updateEach('growth_account', 'memberId', ACCOUNT_COLUMNS.slice(1), rowsWhere(false))
  }

  #account(memberId: string): OpenAccount {
    const account = this.#open.get(memberId)
    if (!account) throw new Error(`the growth account of member ${memberId} is not open`)
    return account
  }
}

function emptyAccount(memberId: string, nowMs: number): GrowthAccount {
  return {
    memberId,
    periodGrowth: 0,
    periodFromMs: nowMs,
    levelCode: BASE_LEVEL,
    levelSinceMs: nowMs,
    levelUntilMs: NEVER_EXPIRES_MS,
    neededGrowth: 0,
    reachedFromMs: 0,
    noticedUntilMs: null,
    nextAtMs: NEVER_EXPIRES_MS,
    schemeVersion: 0,
    headSeq: 0,
    headHash: growthChainStart(memberId),
  }
}
