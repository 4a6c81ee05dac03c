import { Injectable } from '@nestjs/common'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { SubscriptionBalance } from './subscription-balance.entity.js'
import type { SubscriptionEntry } from './subscription-entry.entity.js'

// The ledger of WeChat subscription credits: +1 for an accept, −1 for a send, and what is left goes
// when WeChat says that none is (43101). Entries are only appended; the balance moves with each of
// them and is never below zero, so nothing is sent without a credit. All changes of one identity
// wait for each other at its row.

export interface CreditKey {
  identityId: string
  templateId: string
}
export type MessageCredit = CreditKey & { messageId: string; nowMs: number }

type Reason = 'accepted' | 'sent' | 'refused' | 'returned'

/** An identity and template whose balance is not the sum of its entries. */
export interface CreditFault extends CreditKey {
  entries: number
  balance: number
}

const FAULTS_TOLD_MAX = 10
const KEY_CHARACTERS = 16
const ENTRY_COLUMNS = [
  'id',
  'identityId',
  'templateId',
  'credits',
  'reason',
  'sourceKey',
  'occurredAtMs',
] as const satisfies (keyof SubscriptionEntry)[]
const BALANCE_COLUMNS = [
  'identityId',
  'templateId',
  'credits',
  'changedAtMs',
] as const satisfies (keyof SubscriptionBalance)[]

@Injectable()
export class SubscriptionCreditsService {
  /**
   * A member accepted in a prompt: one credit, once for a prompt and a template. Answers false when
   * it was counted before. Throws UniqueViolation when another identity tells the same prompt now.
   */
  async accepted(tx: Tx, accept: CreditKey & { askId: string; nowMs: number }): Promise<boolean> {
    const sourceKey = `${accept.askId}|${accept.templateId}`
    await lockIdentity(tx, accept.identityId)
    const [known] = await tx.rows(
      "SELECT id FROM subscription_entry WHERE reason = 'accepted' AND sourceKey = ?",
      [sourceKey],
    )
    if (known) return false
    await move(tx, { ...accept, credits: 1, reason: 'accepted', sourceKey })
    return true
  }

  /**
   * Takes one credit for a message about to be sent; false when there is none. A message that holds
   * a credit already takes no second one.
   */
  async spend(tx: Tx, spent: MessageCredit): Promise<boolean> {
    await lockIdentity(tx, spent.identityId)
    const { sent, returned } = await usesOf(tx, spent)
    if (sent > returned) return true
    if ((await creditsLeft(tx, spent)) < 1) return false
    const sourceKey = useKey(spent, sent + 1)
    await move(tx, { ...spent, credits: -1, reason: 'sent', sourceKey })
    return true
  }

  /** WeChat refused this message for want of a credit: whatever we thought was left is gone. */
  async refused(tx: Tx, refusal: MessageCredit): Promise<void> {
    await lockIdentity(tx, refusal.identityId)
    const { sent } = await usesOf(tx, refusal)
    const sourceKey = useKey(refusal, sent)
    const [known] = await tx.rows(
      "SELECT id FROM subscription_entry WHERE reason = 'refused' AND sourceKey = ?",
      [sourceKey],
    )
    if (known) return
    const left = await creditsLeft(tx, refusal)
    await move(tx, { ...refusal, credits: left === 0 ? 0 : -left, reason: 'refused', sourceKey })
  }

  /** The message was surely not sent: its credit comes back. False when it held none. */
  async giveBack(tx: Tx, returnedCredit: MessageCredit): Promise<boolean> {
    await lockIdentity(tx, returnedCredit.identityId)
    const { sent, returned } = await usesOf(tx, returnedCredit)
    if (sent <= returned) return false
    const sourceKey = useKey(returnedCredit, sent)
    await move(tx, { ...returnedCredit, credits: 1, reason: 'returned', sourceKey })
    return true
  }

  /** Forgets what these identities allowed: nobody is left to write to. */
  async forget(tx: Tx, identityIds: readonly string[]): Promise<void> {
    for (const table of ['subscription_entry', 'subscription_balance'])
      await tx.run(`DELETE FROM ${table} WHERE identityId IN ${inList(tx)}`, [
        listParameter(tx, identityIds),
      ])
  }

  /** Credits left, by identity and template; who never accepted is in no map. */
  async creditsOf(
    statements: Statements,
    identityIds: readonly string[],
    templateIds: readonly string[],
  ): Promise<Map<string, Map<string, number>>> {
    const credits = new Map<string, Map<string, number>>()
    if (identityIds.length === 0 || templateIds.length === 0) return credits
    const rows = await statements.rows<SubscriptionBalance>(
      `SELECT identityId, templateId, credits FROM subscription_balance
       WHERE identityId IN ${inList(statements)} AND templateId IN ${inList(statements)}`,
      [listParameter(statements, identityIds), listParameter(statements, templateIds)],
    )
    for (const row of rows) {
      const ofIdentity = credits.get(row.identityId) ?? new Map<string, number>()
      credits.set(row.identityId, ofIdentity.set(row.templateId, row.credits))
    }
    return credits
  }
}

/** Balances that are not the sum of their entries, up to ten: empty when the ledger is sound. */
export async function creditFaults(statements: Statements): Promise<CreditFault[]> {
  const rows = await statements.rows<Record<keyof CreditFault, string | number>>(
    `SELECT identityId, templateId, SUM(entered) AS entries, SUM(kept) AS balance FROM (
       SELECT identityId, templateId, credits AS entered, 0 AS kept FROM subscription_entry
       UNION ALL
       SELECT identityId, templateId, 0 AS entered, credits AS kept FROM subscription_balance
     ) ledger GROUP BY identityId, templateId
     HAVING SUM(entered) <> SUM(kept) OR SUM(kept) < 0
     ORDER BY identityId, templateId LIMIT ${String(FAULTS_TOLD_MAX)}`,
  )
  return rows.map((row) => ({
    identityId: String(row.identityId),
    templateId: String(row.templateId),
    entries: Number(row.entries),
    balance: Number(row.balance),
  }))
}

async function lockIdentity(tx: Tx, identityId: string): Promise<void> {
  await tx.rows(`SELECT id FROM identity WHERE id = ?${tx.forUpdate}`, [identityId])
}

/** The key of the `use`th time that a message took a credit of one identity and template. */
function useKey({ messageId, identityId, templateId }: MessageCredit, use: number): string {
  const whose = sha256Hex(`${identityId}|${templateId}`).slice(0, KEY_CHARACTERS)
  return `${messageId}|${whose}|${String(use)}`
}

/** How often a message took a credit and how often it gave one back. */
async function usesOf(tx: Tx, used: MessageCredit): Promise<{ sent: number; returned: number }> {
  const rows = await tx.rows<{ reason: string }>(
    `SELECT reason FROM subscription_entry WHERE identityId = ? AND templateId = ?
     AND reason IN ('sent', 'returned') AND sourceKey LIKE ?`,
    [used.identityId, used.templateId, `${used.messageId}|%`],
  )
  const sent = rows.filter((row) => row.reason === 'sent').length
  return { sent, returned: rows.length - sent }
}

async function creditsLeft(tx: Tx, key: CreditKey): Promise<number> {
  const [balance] = await tx.rows<{ credits: number }>(
    'SELECT credits FROM subscription_balance WHERE identityId = ? AND templateId = ?',
    [key.identityId, key.templateId],
  )
  return balance?.credits ?? 0
}

/** Appends an entry and moves the balance with it; throws rather than go below zero. */
async function move(
  tx: Tx,
  entry: CreditKey & { credits: number; reason: Reason; sourceKey: string; nowMs: number },
): Promise<void> {
  const { identityId, templateId, credits, nowMs } = entry
  const row: SubscriptionEntry = {
    id: mintId(nowMs),
    identityId,
    templateId,
    credits,
    reason: entry.reason,
    sourceKey: entry.sourceKey,
    occurredAtMs: nowMs,
  }
  await tx.insert('subscription_entry', ENTRY_COLUMNS, [valuesOf(row, ENTRY_COLUMNS)])
  const moved = await tx.run(
    `UPDATE subscription_balance SET credits = credits + ?, changedAtMs = ?
     WHERE identityId = ? AND templateId = ? AND credits + ? >= 0`,
    [credits, nowMs, identityId, templateId, credits],
  )
  if (moved > 0) return
  if (credits < 0) throw new Error(`credits of ${identityId} would go below zero`)
  const balance: SubscriptionBalance = { identityId, templateId, credits, changedAtMs: nowMs }
  await tx.insert('subscription_balance', BALANCE_COLUMNS, [valuesOf(balance, BALANCE_COLUMNS)])
}
