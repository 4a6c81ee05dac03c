import { randomInt } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { EnrolRequest } from '@huike/shared/contracts/agent'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { EnrolmentCode } from './enrolment-code.entity.js'
import type { Store } from './store.entity.js'
import { StoresService, withinStores, type StoreScope } from './stores.service.js'
import { TerminalSourcesService } from './terminal-sources.service.js'
import type { Terminal } from './terminal.entity.js'

// Stores and their tills. An agent becomes a terminal by a one-time code and the public half of a
// key minted on the till; from then on only that key speaks for the terminal.

const CODE_DIGITS = 8
const CODE_VALID_MS = 24 * 3_600_000
/** A revocation made by another server process is noticed within this time. */
const TERMINAL_CACHED_MS = 5_000
const TERMINALS_CACHED_MAX = 10_000
/** News of a till is written this often at most: it is for people, not for the book. */
const SEEN_EVERY_MS = 10_000
/** A till that only beats is written this often. Twice this is still "heard of" (sources.service). */
const BEAT_EVERY_MS = 60_000

/** A terminal with the store it stands in. */
export interface TerminalContext {
  terminal: Terminal
  store: Store
}

/** What a terminal says of itself with each batch. */
export interface TerminalNews {
  agentVersion: string
  outboxDepth: number
  clockSkewMs: number
}

@Injectable()
export class TerminalsService {
  readonly #cache = new Map<string, { context: TerminalContext; untilMs: number }>()
  readonly #seenAtMs = new Map<string, number>()
  readonly #unwritten = new Map<string, TerminalNews>()

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sources: TerminalSourcesService,
    private readonly stores: StoresService,
  ) {}

  /** Creates a store; `code` is unique. Throws UniqueViolation. */
  async createStore(fresh: { code: string; name: string; timeZone: string }): Promise<Store> {
    return this.database.write((tx) => this.stores.add(tx, fresh, this.clock.nowMs()))
  }

  /** One store by its id; it must exist. */
  async store(statements: Statements, id: string): Promise<Store> {
    const [store] = await statements.rows<Store>('SELECT * FROM store WHERE id = ?', [id])
    if (!store) throw new Error(`there is no store ${id}`)
    return store
  }

  /** One store by its code, or null. */
  async storeByCode(code: string): Promise<Store | null> {
    const rows = await this.database.read((rx) =>
      rx.rows<Store>('SELECT * FROM store WHERE code = ?', [code]),
    )
    return rows[0] ?? null
  }

  /** All stores with their terminals, by code. */
  async list(): Promise<(Store & { terminals: Terminal[] })[]> {
    return this.database.read((rx) => this.stores.list(rx, null))
  }

  /** `addEnrolmentCode` in a transaction of its own; answers the code. */
  async issueEnrolmentCode(store: Store, terminalCode: string): Promise<string> {
    const issued = await this.database.write((tx) => this.addEnrolmentCode(tx, store, terminalCode))
    return issued.code
  }

  /**
   * A one-time code that enrols the terminal `terminalCode` of a store, valid for a day; creates
   * the terminal if it is new. Enrolling an active terminal again moves it to the new key.
   */
  async addEnrolmentCode(
    tx: Tx,
    store: Store,
    terminalCode: string,
  ): Promise<{ terminalId: string; code: string; expiresAtMs: number }> {
    const nowMs = this.clock.nowMs()
    const code = String(randomInt(0, 10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')
    const expiresAtMs = nowMs + CODE_VALID_MS
    const terminalId = await this.#terminalFor(tx, store, terminalCode, nowMs)
    await tx.insert(
      'enrolment_code',
      ['codeSha256', 'terminalId', 'createdAtMs', 'expiresAtMs', 'usedAtMs'],
      [[sha256Hex(code), terminalId, nowMs, expiresAtMs, null]],
    )
    return { terminalId, code, expiresAtMs }
  }

  /** Enrols an agent: uses up the code and binds the terminal to the agent's public key. */
  async enrol(request: EnrolRequest): Promise<{ ok: true; context: TerminalContext } | Refusal> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const codeSha256 = sha256Hex(request.code)
      const [code] = await tx.rows<EnrolmentCode>(
        'SELECT * FROM enrolment_code WHERE codeSha256 = ?',
        [codeSha256],
      )
      if (!code || code.usedAtMs !== null) return refuse('enrolment_code_invalid')
      if (code.expiresAtMs < nowMs) return refuse('enrolment_code_expired')
      const used = await tx.run(
        'UPDATE enrolment_code SET usedAtMs = ? WHERE codeSha256 = ? AND usedAtMs IS NULL',
        [nowMs, codeSha256],
      )
      if (used !== 1) return refuse('enrolment_code_invalid')
      await tx.run(
        `UPDATE terminal SET state = 'active', publicKeyJwk = ?, agentVersion = ?, enrolledAtMs = ?,
         revokedAtMs = NULL WHERE id = ?`,
        [JSON.stringify(request.publicKey), request.agentVersion, nowMs, code.terminalId],
      )
      this.#cache.delete(code.terminalId)
      const context = await readContext(tx, code.terminalId)
      if (!context) throw new Error(`terminal ${code.terminalId} of an enrolment code is missing`)
      return { ok: true as const, context }
    })
  }

  /** Stops a terminal: from now on its events are refused. Answers false when there is none. */
  async revoke(terminalId: string): Promise<boolean> {
    const isStopped = await this.database.write((tx) => this.stop(tx, terminalId, null))
    this.forget(terminalId)
    return isStopped
  }

  /**
   * `revoke` inside a transaction, for tills of a scope of stores only; the caller calls `forget`
   * after it.
   */
  async stop(tx: Tx, terminalId: string, scope: StoreScope): Promise<boolean> {
    const within = withinStores(tx, 'storeId', scope)
    const changed = await tx.run(
      `UPDATE terminal SET state = 'revoked', revokedAtMs = ? WHERE id = ?${within.sql}`,
      [this.clock.nowMs(), terminalId, ...within.parameters],
    )
    return changed === 1
  }

  /** The codes of terminals, by their id. */
  async codesOf(statements: Statements, ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await statements.rows<{ id: string; code: string }>(
      `SELECT id, code FROM terminal WHERE id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(ids)])],
    )
    return new Map(rows.map(({ id, code }) => [id, code]))
  }

  /** Forgets what is cached of a terminal, after a change. */
  forget(terminalId: string): void {
    this.#cache.delete(terminalId)
  }

  /** The terminal as it may act now: refused when unknown or revoked. Cached for a few seconds. */
  async acting(terminalId: string): Promise<{ ok: true; context: TerminalContext } | Refusal> {
    const nowMs = this.clock.nowMs()
    const cached = this.#cache.get(terminalId)
    const context =
      cached && cached.untilMs > nowMs
        ? cached.context
        : await this.database.read((rx) => readContext(rx, terminalId))
    if (!context) return refuse('terminal_unknown')
    if (this.#cache.size >= TERMINALS_CACHED_MAX) this.#cache.clear()
    this.#cache.set(terminalId, { context, untilMs: nowMs + TERMINAL_CACHED_MS })
    switch (context.terminal.state) {
      case 'active':
        return { ok: true, context }
      case 'revoked':
        return refuse('terminal_revoked')
      default:
        return refuse('terminal_unknown')
    }
  }

  /** Notes what a terminal said of itself; written every ten seconds at most. */
  async seen(terminalId: string, news: TerminalNews): Promise<void> {
    this.#unwritten.set(terminalId, news)
    await this.heard(terminalId)
  }

  /** Notes that a terminal spoke. News that came too soon after the last is written now. */
  async heard(terminalId: string): Promise<void> {
    const nowMs = this.clock.nowMs()
    const news = this.#unwritten.get(terminalId)
    const everyMs = news ? SEEN_EVERY_MS : BEAT_EVERY_MS
    const beforeMs = this.#seenAtMs.get(terminalId) ?? 0
    if (nowMs - beforeMs < everyMs) return
    this.#seenAtMs.set(terminalId, nowMs)
    this.#unwritten.delete(terminalId)
    const sources = this.sources.take(terminalId)
    try {
      await this.database.write(async (tx) => {
        await tx.run('UPDATE terminal SET lastSeenAtMs = ? WHERE id = ?', [nowMs, terminalId])
        if (news)
          await tx.run(
            'UPDATE terminal SET agentVersion = ?, outboxDepth = ?, clockSkewMs = ? WHERE id = ?',
            [news.agentVersion, news.outboxDepth, news.clockSkewMs, terminalId],
          )
        await this.sources.write(tx, sources)
      })
    } catch (error) {
      // Told again with the next beat, unless the till has said something newer by then.
      this.#seenAtMs.set(terminalId, beforeMs)
      if (news && !this.#unwritten.has(terminalId)) this.#unwritten.set(terminalId, news)
      throw error
    }
  }

  async #terminalFor(tx: Tx, store: Store, code: string, nowMs: number): Promise<string> {
    const [known] = await tx.rows<{ id: string }>(
      'SELECT id FROM terminal WHERE storeId = ? AND code = ?',
      [store.id, code],
    )
    if (known) return known.id
    const id = mintId(nowMs)
    await tx.insert(
      'terminal',
      ['id', 'storeId', 'code', 'state', 'createdAtMs'],
      [[id, store.id, code, 'unenrolled', nowMs]],
    )
    return id
  }
}

async function readContext(
  statements: Statements,
  terminalId: string,
): Promise<TerminalContext | null> {
  const [terminal] = await statements.rows<Terminal>('SELECT * FROM terminal WHERE id = ?', [
    terminalId,
  ])
  if (!terminal) return null
  const [store] = await statements.rows<Store>('SELECT * FROM store WHERE id = ?', [
    terminal.storeId,
  ])
  return store ? { terminal, store } : null
}
