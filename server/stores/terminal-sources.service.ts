import { Injectable } from '@nestjs/common'
import type { Rx, Tx } from '../platform/database.js'
import { withinStores, type StoreScope } from './stores.service.js'
import type { TerminalSource } from './terminal-source.entity.js'
import type { Terminal } from './terminal.entity.js'

// How far each source of each till has come. Noted in memory with every batch and written with the
// till's last-seen time, every few seconds at most: a crash forgets seconds of news, never a sale.

const TERMINALS_NOTED_MAX = 10_000
const TERMINALS_LISTED_MAX = 20_000

/** One checkout a source handed in; a till's clock that runs ahead is not believed. */
export interface SourceFact {
  kind: string
  capturedAtMs: number
}

/** A till with its store and the sources it has used. */
export interface TerminalWithSources extends Terminal {
  storeCode: string
  storeName: string
  sources: TerminalSource[]
}

type Notes = Map<string, Omit<TerminalSource, 'terminalId'>>

@Injectable()
export class TerminalSourcesService {
  readonly #notes = new Map<string, Notes>()

  /** Notes what a batch carried. */
  note(terminalId: string, facts: readonly SourceFact[], nowMs: number): void {
    if (facts.length === 0) return
    // Far more than a chain has: beyond it, news is dropped rather than memory filled.
    if (this.#notes.size >= TERMINALS_NOTED_MAX) this.#notes.clear()
    const notes = this.#notes.get(terminalId) ?? (new Map() as Notes)
    this.#notes.set(terminalId, notes)
    for (const { kind, capturedAtMs } of facts) {
      const notAheadMs = Math.min(capturedAtMs, nowMs)
      const lastCapturedAtMs = Math.max(notAheadMs, notes.get(kind)?.lastCapturedAtMs ?? 0)
      notes.set(kind, { kind, lastSyncAtMs: nowMs, lastCapturedAtMs })
    }
  }

  /** Takes what was noted of a till since the last time, to be written by `write`. */
  take(terminalId: string): TerminalSource[] {
    const notes = this.#notes.get(terminalId)
    this.#notes.delete(terminalId)
    return [...(notes?.values() ?? [])].map((note) => ({ terminalId, ...note }))
  }

  /** Writes what `take` gave; a source seen for the first time gets its row. */
  async write(tx: Tx, rows: readonly TerminalSource[]): Promise<void> {
    for (const { terminalId, kind, lastSyncAtMs, lastCapturedAtMs } of rows) {
      const matched = await tx.run(
        `UPDATE terminal_source SET lastSyncAtMs = ?, lastCapturedAtMs = ?
         WHERE terminalId = ? AND kind = ?`,
        [lastSyncAtMs, lastCapturedAtMs, terminalId, kind],
      )
      if (matched === 0)
        await tx.insert(
          'terminal_source',
          ['terminalId', 'kind', 'lastSyncAtMs', 'lastCapturedAtMs'],
          [[terminalId, kind, lastSyncAtMs, lastCapturedAtMs]],
        )
    }
  }

  /** Every till of a scope with its store and its sources, by store and till code. */
  async list(rx: Rx, scope: StoreScope): Promise<TerminalWithSources[]> {
    const within = withinStores(rx, 't.storeId', scope)
    const terminals = await rx.rows<Omit<TerminalWithSources, 'sources'>>(
      `SELECT t.*, s.code AS storeCode, s.name AS storeName FROM terminal t
       JOIN store s ON s.id = t.storeId WHERE 1 = 1${within.sql} ORDER BY s.code, t.code
       LIMIT ${String(TERMINALS_LISTED_MAX)}`,
      within.parameters,
    )
    const sources = await rx.rows<TerminalSource>(
      `SELECT k.* FROM terminal_source k JOIN terminal t ON t.id = k.terminalId
       WHERE 1 = 1${within.sql} ORDER BY k.kind`,
      within.parameters,
    )
    const byTerminal = new Map<string, TerminalSource[]>()
    for (const source of sources) {
      const group = byTerminal.get(source.terminalId) ?? []
      group.push(source)
      byTerminal.set(source.terminalId, group)
    }
    return terminals.map((terminal) => ({
      ...terminal,
      sources: byTerminal.get(terminal.id) ?? [],
    }))
  }
}
