import { Injectable } from '@nestjs/common'
import {
  inList,
  listParameter,
  type SqlParameter,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Store } from './store.entity.js'
import type { Terminal } from './terminal.entity.js'

// The stores of the chain, and which of them somebody is asked about. A scope is a list of store
// ids, or null for every store.

/** A chain has at most 3,000 stores. */
const STORES_LISTED_MAX = 5_000
const TERMINALS_LISTED_MAX = 20_000

export type StoreScope = readonly string[] | null

/** `AND column IN …` for a scope, with its parameter; nothing for every store. */
export function withinStores(
  statements: Pick<Statements, 'dialect'>,
  column: string,
  scope: StoreScope,
): { sql: string; parameters: SqlParameter[] } {
  if (scope === null) return { sql: '', parameters: [] }
  return {
    sql: ` AND ${column} IN ${inList(statements)}`,
    parameters: [listParameter(statements, scope)],
  }
}

@Injectable()
export class StoresService {
  /** The stores of a scope with their terminals, by code. */
  async list(
    statements: Statements,
    scope: StoreScope,
  ): Promise<(Store & { terminals: Terminal[] })[]> {
    const ofStore = withinStores(statements, 'id', scope)
    const stores = await statements.rows<Store>(
      `SELECT * FROM store WHERE 1 = 1${ofStore.sql} ORDER BY code LIMIT ${String(STORES_LISTED_MAX)}`,
      ofStore.parameters,
    )
    const ofTill = withinStores(statements, 'storeId', scope)
    const terminals = await statements.rows<Terminal>(
      `SELECT * FROM terminal WHERE 1 = 1${ofTill.sql} ORDER BY code
       LIMIT ${String(TERMINALS_LISTED_MAX)}`,
      ofTill.parameters,
    )
    const byStore = new Map<string, Terminal[]>(stores.map(({ id }) => [id, []]))
    for (const terminal of terminals) byStore.get(terminal.storeId)?.push(terminal)
    return stores.map((store) => ({ ...store, terminals: byStore.get(store.id) ?? [] }))
  }

  /** The other stores of the chain, as many as are listed. */
  async idsBeside(statements: Statements, storeId: string): Promise<string[]> {
    const rows = await statements.rows<{ id: string }>(
      `SELECT id FROM store WHERE id <> ? ORDER BY id LIMIT ${String(STORES_LISTED_MAX)}`,
      [storeId],
    )
    return rows.map(({ id }) => id)
  }

  /** One store, or null. */
  async find(statements: Statements, id: string): Promise<Store | null> {
    const [store] = await statements.rows<Store>('SELECT * FROM store WHERE id = ?', [id])
    return store ?? null
  }

  /** One store by its code, or null. */
  async byCode(statements: Statements, code: string): Promise<Store | null> {
    const [store] = await statements.rows<Store>('SELECT * FROM store WHERE code = ?', [code])
    return store ?? null
  }

  /** Names of stores by id. */
  async namesOf(
    statements: Statements,
    storeIds: readonly (string | null)[],
  ): Promise<Map<string, string>> {
    const ids = [...new Set(storeIds.flatMap((id) => id ?? []))]
    if (ids.length === 0) return new Map()
    const rows = await statements.rows<{ id: string; name: string }>(
      `SELECT id, name FROM store WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return new Map(rows.map(({ id, name }) => [id, name]))
  }

  /** True when there is a store by each of these ids, which differ. */
  async allExist(statements: Statements, ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return true
    const [counted] = await statements.rows<{ n: number | string }>(
      `SELECT COUNT(*) AS n FROM store WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return Number(counted?.n) === ids.length
  }

  /** What tills are called, with their store, by id. */
  async terminalNamesOf(
    statements: Statements,
    terminalIds: readonly string[],
  ): Promise<Map<string, string>> {
    if (terminalIds.length === 0) return new Map()
    const rows = await statements.rows<{ id: string; code: string; name: string }>(
      `SELECT terminal.id, terminal.code, store.name FROM terminal
       JOIN store ON store.id = terminal.storeId WHERE terminal.id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(terminalIds)])],
    )
    return new Map(rows.map(({ id, code, name }) => [id, `${name} ${code} 号收银台`]))
  }

  /** Adds a store; `code` is unique. Throws UniqueViolation. */
  async add(
    tx: Tx,
    fresh: { code: string; name: string; timeZone: string },
    nowMs: number,
  ): Promise<Store> {
    const store: Store = { id: mintId(nowMs), ...fresh, createdAtMs: nowMs }
    await tx.insert(
      'store',
      ['id', 'code', 'name', 'timeZone', 'createdAtMs'],
      [[store.id, store.code, store.name, store.timeZone, store.createdAtMs]],
    )
    return store
  }

  /** Gives a store another name; true when there is such a store. */
  async rename(tx: Tx, id: string, name: string): Promise<boolean> {
    // Asked first: MySQL counts no row when the name stays the same.
    if (!(await this.find(tx, id))) return false
    await tx.run('UPDATE store SET name = ? WHERE id = ?', [name, id])
    return true
  }
}
