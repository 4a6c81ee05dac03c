import { Injectable } from '@nestjs/common'
import type { ConsoleStores } from '@huike/shared/contracts/console'
import type { EnrolmentAsk, StoreNew } from '@huike/shared/contracts/console-team'
import type { StoreId, TerminalId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { Clock, isTimeZone } from '../../platform/clock.js'
import { Database, UniqueViolation, type Tx } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StoresService } from '../../stores/stores.service.js'
import type { Terminal } from '../../stores/terminal.entity.js'
import { TerminalsService } from '../../stores/terminals.service.js'
import type { ActingStaff } from '../staff-caller.js'

// Stores and tills as people change them: within the stores of the person only (another's is not
// there for them), and every change written down in the transaction that makes it.

@Injectable()
export class TeamService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly storesOfChain: StoresService,
    private readonly terminals: TerminalsService,
    private readonly audit: StaffAuditService,
  ) {}

  /** The stores this person may see, each with its tills. */
  async stores(by: ActingStaff): Promise<ConsoleStores> {
    const stores = await this.database.read((rx) => this.storesOfChain.list(rx, by.storeIds))
    return {
      stores: stores.map((store) => ({
        id: store.id as StoreId,
        code: store.code,
        name: store.name,
        timeZone: store.timeZone,
        terminals: store.terminals.map(terminalView),
      })),
    }
  }

  /** Adds a store. Refuses `input_invalid` for a time zone nobody knows, and `name_taken`. */
  async addStore(by: ActingStaff, fresh: StoreNew): Promise<{ ok: true; id: string } | Refusal> {
    if (!isTimeZone(fresh.timeZone)) return refuse('input_invalid', '没有这个时区')
    try {
      return await this.database.write(async (tx) => {
        const store = await this.storesOfChain.add(tx, fresh, this.clock.nowMs())
        await this.#wrote(tx, by, 'store.created', store.id, store.code)
        return { ok: true as const, id: store.id }
      })
    } catch (error) {
      if (error instanceof UniqueViolation) return refuse('name_taken')
      throw error
    }
  }

  /** Gives a store another name. Refuses `not_found`. */
  renameStore(by: ActingStaff, storeId: string, name: string): Promise<{ ok: true } | Refusal> {
    return this.database.write(async (tx) => {
      if (!isOwn(by, storeId)) return refuse('not_found')
      if (!(await this.storesOfChain.rename(tx, storeId, name))) return refuse('not_found')
      await this.#wrote(tx, by, 'store.renamed', storeId, name)
      return { ok: true as const }
    })
  }

  /** A one-time code that enrols a till. Refuses `not_found` for another's store. */
  issueEnrolment(
    by: ActingStaff,
    ask: EnrolmentAsk,
  ): Promise<{ ok: true; code: string; expiresAtMs: EpochMs } | Refusal> {
    return this.database.write(async (tx) => {
      const store = isOwn(by, ask.storeId) ? await this.storesOfChain.find(tx, ask.storeId) : null
      if (!store) return refuse('not_found')
      const issued = await this.terminals.addEnrolmentCode(tx, store, ask.terminalCode)
      const detail = `${store.code} ${ask.terminalCode}`
      await this.#wrote(tx, by, 'terminal.code_issued', issued.terminalId, detail)
      return { ok: true as const, code: issued.code, expiresAtMs: epochMs(issued.expiresAtMs) }
    })
  }

  /** Stops a till at once. Refuses `not_found` for a till of another's store. */
  async revokeTerminal(by: ActingStaff, terminalId: string): Promise<{ ok: true } | Refusal> {
    const stopped = await this.database.write(async (tx) => {
      if (!(await this.terminals.stop(tx, terminalId, by.storeIds))) return refuse('not_found')
      await this.#wrote(tx, by, 'terminal.revoked', terminalId, null)
      return { ok: true as const }
    })
    this.terminals.forget(terminalId)
    return stopped
  }

  #wrote(
    tx: Tx,
    by: ActingStaff,
    action: string,
    subjectId: string,
    detail: string | null,
  ): Promise<void> {
    const atMs = this.clock.nowMs()
    return this.audit.append(tx, { staffId: by.id, action, subjectId, detail, atMs })
  }
}

function isOwn(by: ActingStaff, storeId: string): boolean {
  return by.storeIds === null || by.storeIds.includes(storeId)
}

function terminalView(terminal: Terminal) {
  return {
    id: terminal.id as TerminalId,
    code: terminal.code,
    state: terminal.state as 'unenrolled' | 'active' | 'revoked',
    lastSeenAtMs: terminal.lastSeenAtMs as EpochMs | null,
    outboxDepth: terminal.outboxDepth ?? 0,
    agentVersion: terminal.agentVersion,
  }
}
