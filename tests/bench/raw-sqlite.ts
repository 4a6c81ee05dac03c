// The hand-written loop on SQLite: better-sqlite3 and prepared statements, nothing else. One
// transaction for one checkout, or one for many with a savepoint around each.
import Sqlite from 'better-sqlite3'
import type { IncomingEvent } from '../../server/flows/ingest-state.js'
import type { Keyring } from '../../server/platform/keyring.js'
import { INSERTS, keysOf, rowsOf, SELECTS, type AccountRow } from './raw-rows.js'

const CACHE_KIB = 65_536

export interface RawSqlite {
  /** One checkout in a transaction of its own, durable when it returns. */
  checkout(one: IncomingEvent): void
  /** Many checkouts in one transaction. */
  batch(many: readonly IncomingEvent[]): void
  close(): void
}

/** Opens the file of a server that is not writing while this is. */
export function openRawSqlite(file: string, keyring: Keyring): RawSqlite {
  const handle = new Sqlite(file)
  handle.pragma('journal_mode = WAL')
  handle.pragma('synchronous = FULL')
  handle.pragma(`cache_size = -${String(CACHE_KIB)}`)
  const write = writer(handle, keyring)
  const begin = handle.prepare('BEGIN IMMEDIATE')
  const commit = handle.prepare('COMMIT')
  const savepoint = handle.prepare('SAVEPOINT one')
  const release = handle.prepare('RELEASE one')
  return {
    checkout: (one) => {
      begin.run()
      write(one)
      commit.run()
    },
    batch: (many) => {
      begin.run()
      for (const one of many) {
        savepoint.run()
        write(one)
        release.run()
      }
      commit.run()
    },
    close: () => handle.close(),
  }
}

function writer(handle: Sqlite.Database, keyring: Keyring): (one: IncomingEvent) => void {
  const insert = (name: keyof typeof INSERTS) => {
    const columns = INSERTS[name].split(',').length
    const marks = Array.from({ length: columns }, () => '?').join(', ')
    return handle.prepare<unknown[]>(`INSERT INTO ${INSERTS[name]} VALUES (${marks})`)
  }
  const purchase = insert('purchase')
  const line = insert('line')
  const payment = insert('payment')
  const transfer = insert('transfer')
  const lot = insert('lot')
  const event = insert('event')
  const delivery = insert('delivery')
  const answer = insert('answer')
  const findAnswer = handle.prepare(`${SELECTS.answer} = ?`)
  const findPurchase = handle.prepare(`${SELECTS.purchase} = ?`)
  const findWaiting = handle.prepare(`${SELECTS.waiting} = ? AND originalPurchaseId IS NULL`)
  const findMember = handle.prepare(`${SELECTS.member} = ?`)
  const findWebhooks = handle.prepare(SELECTS.webhooks)
  const findAccount = handle.prepare(`${SELECTS.account} = ?`)
  const move = handle.prepare(
    'UPDATE points_account SET balancePoints = ?, headSeq = ?, headHash = ? WHERE memberId = ?',
  )
  return (one) => {
    const keys = keysOf(keyring, one)
    const known = findAnswer.get(one.event.eventId) ?? findPurchase.get(keys.businessKey)
    const waiting = findWaiting.all(one.from.store.id, keys.receiptNo)
    if (known || waiting.length > 0) throw new Error('the sales of the bench are new')
    const member = findMember.get(keys.phoneIndex) as { id: string }
    const account = findAccount.get(member.id) as AccountRow
    const rows = rowsOf(one, keys, account)
    purchase.run(...rows.purchase)
    for (const row of rows.lines) line.run(...row)
    for (const row of rows.payments) payment.run(...row)
    transfer.run(...rows.transfer)
    lot.run(...rows.lot)
    move.run(account.balancePoints, account.headSeq, account.headHash, account.memberId)
    event.run(...rows.event)
    if (findWebhooks.get()) throw new Error('the bench has no webhooks')
    for (const row of rows.deliveries) delivery.run(...row)
    answer.run(...rows.answer)
  }
}
