import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  PackChange,
  PackDraft,
  PackTemplatesPage,
  PackTemplateView,
  PayFindingsPage,
  PayFindingsQuery,
  PayFindingView,
  SettleFinding,
} from '@huike/shared/contracts/console-packs'
import { packTermsSchema } from '@huike/shared/contracts/packs'
import { couponHeadline } from '@huike/shared/coupon-words'
import type { PackId, PayFindingId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, fen, formatFen } from '@huike/shared/quantities'
import { CouponTemplatesService, versionKey } from '../../coupons/coupon-templates.service.js'
import type { PackTemplate } from '../../packs/pack-template.entity.js'
import {
  PackTemplatesService,
  packKey,
  packLimitsOf,
  whenInWords,
  type PackSaved,
} from '../../packs/pack-templates.service.js'
import type { PayFinding } from '../../packs/pay-finding.entity.js'
import { PayFindingsService } from '../../packs/pay-findings.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { nextOf, placeOf } from './pages.js'

/** Two requests may meet at the key; the later then finds what the earlier wrote. */
const RACES_MAX = 3

type PackShown = { ok: true; pack: PackTemplateView } | Refusal

/** Coupon packs in the console: what is sold, and what does not agree about money. */
@Injectable()
export class PacksPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly packs: PackTemplatesService,
    private readonly findings: PayFindingsService,
    private readonly coupons: CouponTemplatesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  templates(query: PageQuery): Promise<PackTemplatesPage> {
    const { beforeId, limit } = placeOf(query)
    return this.database.read(async (rx) => {
      const rows = await this.packs.page(rx, { beforeId, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return { packs: await this.#views(rx, shown), nextCursor: nextOf(rows, limit) }
    })
  }

  /** One pack. Refuses `not_found`. */
  template(id: string): Promise<PackShown> {
    return this.database.read(async (rx) => {
      const found = await this.packs.byId(rx, id)
      const [pack] = found ? await this.#views(rx, [found]) : []
      return pack ? { ok: true as const, pack } : refuse('not_found')
    })
  }

  /** Refuses as `PackTemplatesService.create` does. */
  create(by: ActingStaff, draft: PackDraft): Promise<PackShown> {
    return this.#publish(by, 'pack.created', (tx, publisher) =>
      this.packs.create(tx, draft, publisher),
    )
  }

  /** Refuses as `PackTemplatesService.change` does. */
  change(by: ActingStaff, id: string, draft: PackChange): Promise<PackShown> {
    return this.#publish(by, 'pack.changed', (tx, publisher) =>
      this.packs.change(tx, id, draft, publisher),
    )
  }

  findingsPage({ state, ...query }: PayFindingsQuery): Promise<PayFindingsPage> {
    const { beforeId, limit } = placeOf(query)
    return this.database.read(async (rx) => {
      const isOpen = state === 'open'
      const rows = await this.findings.page(rx, { isOpen, beforeId, limit: limit + 1 })
      return {
        findings: await this.#findingViews(rx, rows.slice(0, limit)),
        nextCursor: nextOf(rows, limit),
        comparedTo: await this.findings.comparedTo(rx),
      }
    })
  }

  /** Somebody saw to it. Refuses `not_found`, of one that was settled too. */
  settle(
    by: ActingStaff,
    id: string,
    { note }: SettleFinding,
  ): Promise<{ ok: true; finding: PayFindingView } | Refusal> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const settled = await this.findings.settle(tx, id, { staffId: by.id, note, nowMs })
      if (!settled.ok) return settled
      await this.audit.append(tx, {
        ...{ staffId: by.id, action: 'pack.finding_settled', subjectId: id },
        ...{ detail: note, atMs: nowMs },
      })
      const [finding] = await this.#findingViews(tx, [settled.finding])
      return finding ? { ok: true as const, finding } : refuse('not_found')
    })
  }

  async #publish(
    by: ActingStaff,
    action: 'pack.created' | 'pack.changed',
    work: (tx: Tx, publisher: { staffId: string; nowMs: number }) => Promise<PackSaved>,
  ): Promise<PackShown> {
    const nowMs = this.clock.nowMs()
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write(async (tx) => {
          const published = await work(tx, { staffId: by.id, nowMs })
          if (!published.ok) return published
          const [pack] = await this.#views(tx, [published.pack])
          if (!pack) throw new Error(`pack ${published.pack.id} has no version`)
          const { title, priceFen } = pack.terms
          if (published.isFresh)
            await this.audit.append(tx, {
              ...{ staffId: by.id, action, subjectId: pack.id, atMs: nowMs },
              detail: `${title}，${formatFen(priceFen)}，第 ${String(pack.version)} 版`,
            })
          return { ok: true as const, pack }
        })
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #views(rx: Statements, packs: readonly PackTemplate[]): Promise<PackTemplateView[]> {
    const keys = packs.map(({ id, version }) => ({ packId: id, version }))
    const termsOf = await this.packs.termsOf(rx, keys)
    const items = [...termsOf.values()].flatMap((terms) => terms.items)
    const couponTerms = await this.coupons.termsOf(rx, items)
    return packs.flatMap((pack) => {
      const terms = termsOf.get(packKey({ packId: pack.id, version: pack.version }))
      if (!terms) return []
      return [
        {
          ...{ id: pack.id as PackId, version: pack.version, sold: pack.sold },
          terms: packTermsSchema.parse({
            ...terms,
            items: terms.items.map(({ version: _version, ...item }) => item),
          }),
          limits: packLimitsOf(pack),
          contents: terms.items.map((item) => {
            const promised = couponTerms.get(versionKey(item))
            const name = promised ? `${promised.name}（${couponHeadline(promised)}）` : ''
            return `${name} × ${String(item.count)}，${whenInWords(item.when, item.count)}`
          }),
          createdAtMs: epochMs(pack.createdAtMs),
        },
      ]
    })
  }

  async #findingViews(rx: Statements, rows: readonly PayFinding[]): Promise<PayFindingView[]> {
    const names = await this.staff.namesOf(
      rx,
      rows.flatMap(({ settledBy }) => (settledBy === null ? [] : [settledBy])),
    )
    return rows.map((row) => ({
      id: row.id as PayFindingId,
      kind: row.kind as PayFindingView['kind'],
      ...{ number: row.number, detail: row.detail, note: row.note },
      ourFen: row.ourFen === null ? null : fen(row.ourFen),
      theirFen: row.theirFen === null ? null : fen(row.theirFen),
      foundAtMs: epochMs(row.foundAtMs),
      settledAtMs: row.settledAtMs === null ? null : epochMs(row.settledAtMs),
      settledBy: row.settledBy === null ? null : (names.get(row.settledBy) ?? '员工'),
    }))
  }
}
