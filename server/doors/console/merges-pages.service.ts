import { Injectable } from '@nestjs/common'
import type {
  Merge,
  MergeAsk,
  MergeChanges,
  MergeFile,
  MergePage,
  MergePreview,
  MergeQuery,
  UndoChanges,
  UndoPreview,
} from '@huike/shared/contracts/console-identity'
import { isUlid, type Id, type MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { EpochMs } from '@huike/shared/quantities'
import { MergeMembersService } from '../../flows/merge-members.service.js'
import type { MergeOrder } from '../../flows/merge-work.js'
import type { MemberMerge } from '../../members/member-merge.entity.js'
import { MergeJournalService } from '../../members/merge-journal.service.js'
import { MembersService } from '../../members/members.service.js'
import { PROFILE_FIELDS, ProfilesService } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Rx, type Tx } from '../../platform/database.js'
import { sha256Hex } from '../../platform/ids.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { shownAs } from './masked-profile.js'

// Merging two chosen members, the journal, and taking a merge back. Who did it is written down in
// the transaction that does it.

@Injectable()
export class MergesPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly merging: MergeMembersService,
    private readonly journal: MergeJournalService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** What merging would change, exactly. Refuses as merging does. */
  async preview(
    acting: ActingStaff,
    ask: MergeAsk,
  ): Promise<({ ok: true } & MergePreview) | Refusal> {
    const previewed = await this.merging.previewMerge(this.orderOf(acting, ask))
    return previewed.ok ? { ok: true, changes: previewed.changes } : previewed
  }

  /** Merges, once for each key. See MergeWork for what it refuses. */
  async merge(
    acting: ActingStaff,
    ask: MergeAsk,
    of: { key: string; pairId?: string },
  ): Promise<{ ok: true; merge: Merge } | Refusal> {
    const idempotency = {
      key: sha256Hex(`${acting.id}|${of.key}`),
      inputSha256: sha256Hex(JSON.stringify([ask, of.pairId ?? null])),
    }
    const pairId = of.pairId ?? null
    const how = pairId === null ? ('chosen' as const) : ('pair' as const)
    const order = { ...this.orderOf(acting, ask), idempotency, pairId, how }
    const merged = await this.merging.merge(order, (tx, { merge }) =>
      this.#noteMerge(tx, acting, merge),
    )
    if (!merged.ok) return merged
    return this.one(merged.merge.id)
  }

  /** What undoing would change, exactly. Refuses as undoing does. */
  async previewUndo(
    acting: ActingStaff,
    mergeId: string,
  ): Promise<({ ok: true } & UndoPreview) | Refusal> {
    if (!isUlid(mergeId)) return refuse('not_found')
    const order = { mergeId, by: acting.id, nowMs: this.clock.nowMs() }
    const previewed = await this.merging.previewUndo(order)
    return previewed.ok ? { ok: true, changes: previewed.changes } : previewed
  }

  /** Undoes a merge. See UndoMergeWork for what it refuses. */
  async undo(acting: ActingStaff, mergeId: string): Promise<{ ok: true; merge: Merge } | Refusal> {
    if (!isUlid(mergeId)) return refuse('not_found')
    const nowMs = this.clock.nowMs()
    const undone = await this.merging.undo({ mergeId, by: acting.id, nowMs }, (tx, { merge }) =>
      this.audit.append(tx, {
        staffId: acting.id,
        action: 'member.unmerged',
        subjectId: merge.survivorId,
        detail: `撤销合并 ${merge.id}（${merge.absorbedId}）`,
        atMs: nowMs,
      }),
    )
    return undone.ok ? this.one(mergeId) : undone
  }

  /** A page of merges, the latest first. */
  async page(query: MergeQuery): Promise<MergePage> {
    const before = placeOf(query.cursor)
    const { memberId = null, limit } = query
    return this.database.read(async (rx) => {
      // One more than the page, to know whether there is another.
      const rows = await this.journal.page(rx, { memberId, before, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        merges: await this.viewsOf(rx, shown),
        nextCursor:
          rows.length > limit && last ? cursorOf({ atMs: last.mergedAtMs, id: last.id }) : null,
      }
    })
  }

  /** One merge. Refuses `not_found`. */
  async one(id: string): Promise<{ ok: true; merge: Merge } | Refusal> {
    return this.database.read(async (rx) => {
      const row = await this.journal.byId(rx, id)
      const [merge] = row ? await this.viewsOf(rx, [row]) : []
      return merge ? { ok: true as const, merge } : refuse('not_found')
    })
  }

  /** One merge with the values that lost in it, masked. Refuses `not_found`. */
  async file(id: string): Promise<{ ok: true; file: MergeFile } | Refusal> {
    const found = isUlid(id) ? await this.one(id) : refuse('not_found')
    if (!found.ok) return found
    const steps = await this.database.read((rx) => this.journal.steps(rx, id, 'profile'))
    const kept = steps.flatMap(({ subjectId, value }) => {
      const field = PROFILE_FIELDS.find((one) => one === subjectId)
      return field === undefined || value === null ? [] : [{ field, shown: shownAs(field, value) }]
    })
    return { ok: true, file: { ...found.merge, kept } }
  }

  /** Merges as staff read them: four statements, however many. */
  async viewsOf(rx: Rx, rows: readonly MemberMerge[]): Promise<Merge[]> {
    const memberIds = rows.flatMap(({ survivorId, absorbedId }) => [survivorId, absorbedId])
    const records = await this.members.rowsByIds(rx, memberIds)
    const numbers = new Map(records.map(({ id, memberNo }) => [id, memberNo]))
    const profiles = await this.profiles.profilesOf(rx, memberIds)
    const staffIds = rows.flatMap(({ mergedBy, undoneBy }) => [mergedBy ?? [], undoneBy ?? []])
    const names = await this.staff.namesOf(rx, [...new Set(staffIds.flat())])
    const recordOf = (id: string) => {
      const name = profiles.get(id)?.name ?? null
      return {
        memberId: id as MemberId,
        memberNo: numbers.get(id) ?? '',
        nameMasked: name === null ? null : maskName(name),
      }
    }
    const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? ''))
    return rows.map((row) => ({
      id: row.id as Id<'MemberMergeId'>,
      state: row.state as Merge['state'],
      how: row.how as Merge['how'],
      survivor: recordOf(row.survivorId),
      absorbed: recordOf(row.absorbedId),
      moveHistory: row.moveHistory === 1,
      changes: JSON.parse(row.changes) as MergeChanges,
      mergedAtMs: row.mergedAtMs as EpochMs,
      mergedByName: nameOf(row.mergedBy),
      undoneAtMs: row.undoneAtMs as EpochMs | null,
      undoneByName: nameOf(row.undoneBy),
      undoChanges: row.undoChanges === null ? null : (JSON.parse(row.undoChanges) as UndoChanges),
    }))
  }

  orderOf(acting: ActingStaff, ask: MergeAsk): MergeOrder {
    const by = { how: 'chosen' as const, pairId: null, by: acting.id, idempotency: null }
    return { ...ask, ...by, nowMs: this.clock.nowMs() }
  }

  async #noteMerge(tx: Tx, acting: ActingStaff, merge: MemberMerge): Promise<void> {
    // A call that is answered again did nothing now.
    const [known] = await tx.rows(
      "SELECT id FROM staff_audit WHERE subjectId = ? AND action = 'member.merged' AND detail = ?",
      [merge.survivorId, mergeInWords(merge)],
    )
    if (known) return
    await this.audit.append(tx, {
      staffId: acting.id,
      action: 'member.merged',
      subjectId: merge.survivorId,
      detail: mergeInWords(merge),
      atMs: merge.mergedAtMs,
    })
  }
}

function mergeInWords(merge: MemberMerge): string {
  return `并入 ${merge.absorbedId}（合并 ${merge.id}）`
}
