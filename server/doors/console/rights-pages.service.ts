import { Injectable } from '@nestjs/common'
import {
  CONSENT_DAYS_MAX,
  type ConsentCounts,
  type ConsentCountsQuery,
} from '@huike/shared/contracts/console-rights'
import type {
  ConsentPage,
  ConsentQuery,
  Deletion,
  DeletionPage,
  DeletionQuery,
  DeletionRow,
} from '@huike/shared/contracts/rights'
import { isUlid, type Id, type MemberId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import { PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import { points, type BusinessDate, type EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ConsentService, type NewConsent } from '../../consent/consent.service.js'
import { AskDeletionService } from '../../flows/ask-deletion.service.js'
import { isPresent, MembersService } from '../../members/members.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { Database, type Rx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import type { DeletionRequest } from '../../rights/deletion-request.entity.js'
import {
  DeletionsService,
  type DeletionHow,
  type DeletionState,
} from '../../rights/deletions.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { DeletionTermsService } from '../deletion-terms.service.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { holdsPhone } from '../reasons.js'
import type { ActingStaff } from '../staff-caller.js'
import { VisibleMembersService } from './visible-members.service.js'

// Consents and deletions as staff see them: masked, and within the stores of the person who asks. Who
// was erased is an id without a number.

const DAY_MS = 86_400_000
/** The chain's wall clock. */
const CHAIN_OFFSET = '+08:00'
/** Somebody with stores of their own sees their people's consents of a month at a time. */
const SCOPED_DAYS_MAX = 31

interface Shown {
  memberNo: string | null
  phoneMasked: string | null
}
const NOBODY: Shown = { memberNo: null, phoneMasked: null }

@Injectable()
export class RightsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly consentFacts: ConsentService,
    private readonly requests: DeletionsService,
    private readonly asking: AskDeletionService,
    private readonly terms: DeletionTermsService,
    private readonly visible: VisibleMembersService,
    private readonly audit: StaffAuditService,
  ) {}

  /** A page of consent facts, newest first. */
  async consents(staff: ActingStaff, query: ConsentQuery): Promise<ConsentPage> {
    const { memberId, purpose, from, to, limit } = query
    const isWide = staff.storeIds !== null && memberId === undefined && from === undefined
    const earliestMs = this.clock.nowMs() - SCOPED_DAYS_MAX * DAY_MS
    return this.database.read(async (rx) => {
      const rows = await this.consentFacts.page(rx, {
        memberId: memberId ?? null,
        purpose: purpose ?? null,
        fromMs: from === undefined ? (isWide ? earliestMs : null) : startOf(from),
        untilMs: to === undefined ? null : startOf(to) + DAY_MS,
        scope: staff.storeIds,
        before: placeOf(query.cursor),
        limit: limit + 1,
      })
      const shown = rows.slice(0, limit)
      const people = await this.#shown(
        rx,
        shown.map((row) => row.memberId),
      )
      const last = shown.at(-1)
      return {
        consents: shown.map((row) => ({
          id: row.id as Id<'ConsentId'>,
          memberId: row.memberId as MemberId,
          ...(people.get(row.memberId) ?? NOBODY),
          purpose: row.purpose,
          purposeTitle: purposeTitle(row.purpose),
          state: row.state as NewConsent['state'],
          policyVersion: row.policyVersion,
          textSha256: row.textSha256,
          how: row.how,
          evidence: row.evidence,
          occurredAtMs: row.occurredAtMs as EpochMs,
          recordedAtMs: row.recordedAtMs as EpochMs,
        })),
        nextCursor:
          rows.length > limit && last ? cursorOf({ atMs: last.recordedAtMs, id: last.id }) : null,
      }
    })
  }

  /** How often each was said. Refuses `input_invalid` for more days than may be asked for. */
  async consentCounts(
    staff: ActingStaff,
    query: ConsentCountsQuery,
  ): Promise<{ ok: true; counts: ConsentCounts } | Refusal> {
    const to = query.to ?? (localDate(this.clock.nowMs(), CHAIN_TIME_ZONE) as BusinessDate)
    const untilMs = startOf(to) + DAY_MS
    const earliestMs = untilMs - CONSENT_DAYS_MAX * DAY_MS
    const from = query.from ?? (localDate(earliestMs, CHAIN_TIME_ZONE) as BusinessDate)
    const fromMs = startOf(from)
    if (fromMs >= untilMs || fromMs < earliestMs)
      return refuse('input_invalid', `时段应为 1 到 ${String(CONSENT_DAYS_MAX)} 天`)
    const rows = await this.database.read((rx) =>
      this.consentFacts.counts(rx, { fromMs, untilMs, scope: staff.storeIds }),
    )
    const counts = new Map<string, ConsentCounts['counts'][number]>()
    for (const { purpose, how, state, facts } of rows) {
      const key = `${purpose}|${how}`
      const head = { purpose, purposeTitle: purposeTitle(purpose), how }
      const known = counts.get(key) ?? { ...head, noticed: 0, granted: 0, withdrawn: 0 }
      counts.set(key, { ...known, [state]: Number(facts) })
    }
    return { ok: true, counts: { from, to, counts: [...counts.values()] } }
  }

  /** A page of deletions, newest first. */
  async deletions(staff: ActingStaff, query: DeletionQuery): Promise<DeletionPage> {
    const { cursor, limit } = query
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const rows = await this.requests.page(rx, {
        state: query.state ?? null,
        scope: staff.storeIds,
        beforeId: cursor ?? null,
        limit: limit + 1,
      })
      const shown = rows.slice(0, limit)
      return {
        deletions: await this.#rowsOf(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** What a member would lose. Refuses `member_not_found`, of members of other stores too. */
  async deletionOf(
    staff: ActingStaff,
    memberId: string,
  ): Promise<{ ok: true; deletion: Deletion } | Refusal> {
    return this.database.read(async (rx) => {
      const member = await this.visible.find(rx, staff, memberId)
      if (!member) return refuse('member_not_found')
      return { ok: true as const, deletion: await this.terms.termsOf(rx, member) }
    })
  }

  /**
   * Asks for a member who stands in the shop. Refuses `member_not_found`, and `input_invalid` for a
   * reason that holds a number.
   */
  async askDeletion(
    staff: ActingStaff,
    memberId: string,
    why: string,
  ): Promise<{ ok: true; deletion: DeletionRow } | Refusal> {
    if (holdsPhone(why)) return refuse('input_invalid', '不要写手机号')
    const visible = await this.database.read((rx) => this.visible.find(rx, staff, memberId))
    if (!visible) return refuse('member_not_found')
    const { id } = visible
    const asked = await this.database.write(async (tx) => {
      const done = await this.asking.askWithin(tx, {
        ...{ memberId: id, shownPoints: null, how: 'console' as const, evidence: staff.id },
      })
      if (done.ok)
        await this.audit.append(tx, {
          staffId: staff.id,
          action: 'member.deletion_asked',
          subjectId: id,
          detail: why,
          atMs: this.clock.nowMs(),
        })
      return done
    })
    return asked.ok ? { ok: true, deletion: await this.#row(asked.request) } : asked
  }

  /** Takes a deletion back for a member who stays. Refuses `member_not_found` and `not_found`. */
  async takeDeletionBack(
    staff: ActingStaff,
    memberId: string,
  ): Promise<{ ok: true; deletion: DeletionRow } | Refusal> {
    const visible = await this.database.read((rx) => this.visible.find(rx, staff, memberId))
    if (!visible) return refuse('member_not_found')
    const { id } = visible
    const nowMs = this.clock.nowMs()
    const taken = await this.database.write(async (tx) => {
      if ((await this.members.lockPresent(tx, [id])).length === 0) return null
      const waiting = await this.requests.waitingOf(tx, id)
      if (!waiting) return null
      await this.requests.cancel(tx, id, nowMs)
      await this.audit.append(tx, {
        staffId: staff.id,
        action: 'member.deletion_taken_back',
        subjectId: id,
        detail: null,
        atMs: nowMs,
      })
      return { ...waiting, state: 'cancelled', settledAtMs: nowMs }
    })
    return taken ? { ok: true, deletion: await this.#row(taken) } : refuse('not_found')
  }

  async #row(request: DeletionRequest): Promise<DeletionRow> {
    const [row] = await this.database.read((rx) => this.#rowsOf(rx, [request]))
    if (!row) throw new Error('a request has a row')
    return row
  }

  async #rowsOf(rx: Rx, requests: readonly DeletionRequest[]): Promise<DeletionRow[]> {
    const people = await this.#shown(
      rx,
      requests.map((request) => request.memberId),
    )
    return requests.map((request) => ({
      id: request.id as Id<'RequestId'>,
      memberId: request.memberId as MemberId,
      ...(people.get(request.memberId) ?? NOBODY),
      state: request.state as DeletionState,
      how: request.how as DeletionHow,
      pointsThen: points(request.pointsThen),
      requestedAtMs: request.requestedAtMs as EpochMs,
      dueAtMs: request.dueAtMs as EpochMs,
      settledAtMs: request.settledAtMs as EpochMs | null,
    }))
  }

  /** How members are shown, by the id asked for; who was erased is in no map. */
  async #shown(rx: Rx, memberIds: readonly string[]): Promise<Map<string, Shown>> {
    const found = await this.members.findByIds(rx, [...new Set(memberIds)])
    const here = [...found].filter(([, member]) => isPresent(member))
    const phones = await this.members.phonesOf(
      rx,
      here.map(([, member]) => member.id),
    )
    return new Map(
      here.map(([id, member]) => {
        const phone = phones.get(member.id)
        const phoneMasked = phone === undefined ? null : maskPhone(phone)
        return [id, { memberNo: member.memberNo, phoneMasked }]
      }),
    )
  }
}

function purposeTitle(purpose: string): string {
  if (purpose === 'membership') return '成为会员'
  return Object.hasOwn(PURPOSE_TEXTS, purpose)
    ? PURPOSE_TEXTS[purpose as ConsentPurpose].title
    : purpose
}

function startOf(date: string): number {
  return Date.parse(`${date}T00:00:00${CHAIN_OFFSET}`)
}
