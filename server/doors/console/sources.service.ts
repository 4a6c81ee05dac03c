import { Injectable } from '@nestjs/common'
import { agentEventSchema, type AgentEvent } from '@huike/shared/contracts/agent'
import {
  sourceKindSchema,
  type ConsoleSource,
  type ConsoleSources,
  type ParkedItem,
  type ParkedPage,
  type ParkedQuery,
  type ParkedResolution,
  type ParkedResolved,
} from '@huike/shared/contracts/console'
import type { EventId, TerminalId } from '@huike/shared/ids'
import { OUTCOME_CODES, outcomeSentence } from '@huike/shared/outcomes'
import { maskPhone, maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { Clock } from '../../platform/clock.js'
import { Database, type Rx } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { ParkedEventsService, type ParkedRow } from '../../stores/parked-events.service.js'
import type { StoreScope } from '../../stores/stores.service.js'
import {
  TerminalSourcesService,
  type TerminalWithSources,
} from '../../stores/terminal-sources.service.js'
import type { ActingStaff } from '../staff-caller.js'
import {
  BEHIND_LAG_MS_MAX,
  BEHIND_OUTBOX_MAX,
  CLOCK_SKEW_MS_MAX,
  lagMsOf,
  modeOf,
  SILENT_MS_MAX,
  stateOf,
  tillFactsOf,
} from './source-state.js'

// What a manager sees of the sources, and of what they sent that nobody could take. A phone number
// leaves here masked only.

@Injectable()
export class ConsoleSourcesService {
  constructor(
    private readonly terminalSources: TerminalSourcesService,
    private readonly parkedEvents: ParkedEventsService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Every source of a scope of stores with its state, and what waits. */
  async sources(scope: StoreScope): Promise<ConsoleSources> {
    const nowMs = this.clock.nowMs()
    return this.database.read(async (rx) => {
      const terminals = await this.terminalSources.list(rx, scope)
      const parked = await this.parkedEvents.waitingByCode(rx, scope)
      return {
        serverTimeMs: nowMs,
        thresholds: {
          silentMs: SILENT_MS_MAX,
          behindLagMs: BEHIND_LAG_MS_MAX,
          behindOutbox: BEHIND_OUTBOX_MAX,
          clockSkewMs: CLOCK_SKEW_MS_MAX,
        },
        sources: terminals.flatMap((terminal) => sourcesOf(terminal, nowMs)),
        parked: parked.map(({ code, count, oldestAtMs }) => ({
          code,
          sentence: sentenceOf(code),
          count,
          oldestAtMs: epochMs(oldestAtMs),
        })),
        // The server's own work is the whole chain's.
        deliveries: scope === null ? await unfinishedDeliveries(rx) : [],
      }
    })
  }

  /** A page of parked events of a scope of stores, newest first. */
  async parked(query: ParkedQuery, scope: StoreScope): Promise<ParkedPage> {
    return this.database.read(async (rx) => {
      const rows = await this.parkedEvents.page(rx, {
        scope,
        state: query.state,
        beforeId: query.cursor ?? null,
        limit: query.limit,
      })
      const settledBy = rows.flatMap(({ resolvedBy }) => resolvedBy ?? [])
      const names = await this.staff.namesOf(rx, settledBy)
      return {
        items: rows.map((row) => this.#item(row, names)),
        nextCursor: rows.length === query.limit ? (rows.at(-1)?.eventId ?? null) : null,
      }
    })
  }

  /** Settles a parked event; null when there is none by that id in the stores of the person. */
  async resolve(eventId: string, by: ActingStaff): Promise<ParkedResolved | null> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const settled = await this.parkedEvents.resolve(tx, {
        eventId,
        staffId: by.id,
        scope: by.storeIds,
        nowMs,
      })
      if (!settled) return null
      if (settled.isFirst)
        await this.audit.append(tx, {
          staffId: by.id,
          action: 'parked.settled',
          subjectId: eventId,
          detail: null,
          atMs: nowMs,
        })
      const names = await this.staff.namesOf(tx, [settled.resolvedBy ?? []].flat())
      const resolution = resolutionOf(settled, names)
      return resolution === null ? null : { eventId: eventId as EventId, resolution }
    })
  }

  #item(row: ParkedRow, names: ReadonlyMap<string, string>): ParkedItem {
    const parsed = agentEventSchema.safeParse(this.parkedEvents.open(row))
    const event = parsed.success ? parsed.data : null
    const receipt = event?.type === 'checkout.captured' ? event.receipt : null
    return {
      eventId: row.eventId as EventId,
      code: row.code,
      sentence: sentenceOf(row.code),
      type: event?.type ?? null,
      storeCode: row.storeCode,
      storeName: row.storeName,
      timeZone: row.timeZone,
      terminalCode: row.terminalCode,
      kind: receipt?.kind ?? null,
      receiptNo: receipt?.receiptNo ?? null,
      totalFen: receipt?.totalFen ?? null,
      phoneMasked: event === null ? null : maskedPhoneOf(event),
      occurredAtMs: event?.occurredAtMs ?? null,
      receivedAtMs: row.receivedAtMs as EpochMs,
      resolution: resolutionOf(row, names),
    }
  }
}

/** One row for each source a till has used, or one for the till while it has used none. */
function sourcesOf(terminal: TerminalWithSources, nowMs: number): ConsoleSource[] {
  const till = tillFactsOf(terminal)
  const used = terminal.sources.flatMap(({ kind, lastSyncAtMs }) => {
    const known = sourceKindSchema.safeParse(kind)
    return known.success ? [{ kind: known.data, lastSyncAtMs: lastSyncAtMs as EpochMs }] : []
  })
  const shown = used.length > 0 ? used : [{ kind: 'till' as const, lastSyncAtMs: null }]
  return shown.map(({ kind, lastSyncAtMs }) => ({
    id: `${terminal.id}.${kind}`,
    kind,
    mode: modeOf(kind),
    state: stateOf(till, nowMs),
    storeCode: terminal.storeCode,
    storeName: terminal.storeName,
    terminalId: terminal.id as TerminalId,
    terminalCode: terminal.code,
    lastSyncAtMs,
    lastSeenAtMs: terminal.lastSeenAtMs as EpochMs | null,
    lagMs: lagMsOf(till, nowMs),
    outboxDepth: till.outboxDepth,
    clockSkewMs: terminal.clockSkewMs,
    agentVersion: terminal.agentVersion,
  }))
}

/** Deliveries that are not done, by consumer. */
async function unfinishedDeliveries(rx: Rx): Promise<ConsoleSources['deliveries']> {
  const rows = await rx.rows<DeliveryCounts>(
    `SELECT consumer, SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END) AS pending,
       SUM(CASE WHEN state = 'pending' AND attempts > 0 THEN 1 ELSE 0 END) AS retrying,
       SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS dead, MAX(lastError) AS lastError
     FROM event_delivery WHERE state IN ('pending', 'dead') GROUP BY consumer ORDER BY consumer`,
  )
  return rows.map(({ consumer, pending, retrying, dead, lastError }) => ({
    consumer,
    pending: Number(pending),
    retrying: Number(retrying),
    dead: Number(dead),
    lastError: lastError === null ? null : maskPhonesIn(lastError),
  }))
}

/** MySQL gives a sum as a decimal, in text. */
interface DeliveryCounts extends Record<'pending' | 'retrying' | 'dead', number | string> {
  consumer: string
  lastError: string | null
}

function maskedPhoneOf(event: AgentEvent): string | null {
  const typed = typedPhoneOf(event)
  if (typed === null) return null
  const phone = normalisePhone(typed)
  // What is no number may still be most of one.
  return phone === null ? `${typed.slice(0, 3)}****` : maskPhone(phone)
}

function typedPhoneOf(event: AgentEvent): string | null {
  switch (event.type) {
    case 'member.registered':
      return event.phone
    case 'receipt.assignment_undone':
      return null
    case 'checkout.captured':
    case 'receipt.assigned':
      return event.who !== null && 'phone' in event.who ? event.who.phone : null
  }
}

function resolutionOf(
  row: { resolvedAtMs: number | null; resolvedBy: string | null },
  names: ReadonlyMap<string, string>,
): ParkedResolution | null {
  if (row.resolvedAtMs === null) return null
  const by = row.resolvedBy === null ? null : (names.get(row.resolvedBy) ?? null)
  return { atMs: epochMs(row.resolvedAtMs), by }
}

/** A code this version does not know any more is shown as it is. */
function sentenceOf(code: string): string {
  const known = OUTCOME_CODES.find((one) => one === code)
  return known === undefined ? code : outcomeSentence(known)
}
