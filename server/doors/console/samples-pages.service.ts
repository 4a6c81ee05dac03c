import { Injectable } from '@nestjs/common'
import type {
  Sample,
  SampleAsk,
  SampleFile,
  SampleItem,
  SampleSide,
  SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import { MembersService } from '../../members/members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import type { QualitySampleItem } from '../../quality/quality-sample-item.entity.js'
import { QualitySamplesService } from '../../quality/quality-samples.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { StoresService } from '../../stores/stores.service.js'
import type { ActingStaff } from '../staff-caller.js'

const MONTH_DAY_START = 5
const ITEM_NO = /^\d{1,4}$/

/** Samples as people verify them: both sides, masked, as they are in the database. */
@Injectable()
export class SamplesPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly samples: QualitySamplesService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly staff: StaffService,
  ) {}

  /** The latest samples. */
  list(): Promise<Sample[]> {
    return this.database.read((rx) => this.samples.list(rx))
  }

  /** Begins to draw one. Refuses `rate_limited`. */
  async ask(by: ActingStaff, ask: SampleAsk): Promise<{ ok: true; sample: Sample } | Refusal> {
    const who = { staffId: by.id, atMs: this.clock.nowMs() }
    const asked = await this.database.write((tx) => this.samples.ask(tx, ask, who))
    return asked.ok ? this.#one(asked.id) : asked
  }

  /** One sample with all that was drawn. Refuses `not_found`. */
  async file(id: string): Promise<{ ok: true; file: SampleFile } | Refusal> {
    return this.database.read(async (rx) => {
      const sample = await this.samples.one(rx, id)
      if (!sample) return refuse('not_found')
      const items = await this.#items(rx, await this.samples.items(rx, id))
      return { ok: true as const, file: { ...sample, items } }
    })
  }

  /** What a person found. Refuses `not_found`. */
  async judge(
    by: ActingStaff,
    item: { id: string; itemNo: string },
    verdict: SampleVerdict,
  ): Promise<{ ok: true; sample: Sample } | Refusal> {
    if (!ITEM_NO.test(item.itemNo)) return refuse('not_found')
    const which = { sampleId: item.id, itemNo: Number(item.itemNo) }
    const who = { verdict, staffId: by.id, atMs: this.clock.nowMs() }
    const judged = await this.database.write((tx) => this.samples.judge(tx, which, who))
    return judged.ok ? this.#one(item.id) : judged
  }

  async #one(id: string): Promise<{ ok: true; sample: Sample } | Refusal> {
    const sample = await this.database.read((rx) => this.samples.one(rx, id))
    return sample ? { ok: true, sample } : refuse('not_found')
  }

  async #items(statements: Statements, items: readonly QualitySampleItem[]): Promise<SampleItem[]> {
    const deciders = [...new Set(items.flatMap(({ decidedBy }) => decidedBy ?? []))]
    const names = await this.staff.namesOf(statements, deciders)
    const sides = await this.#sides(statements, [
      ...new Set(
        items.flatMap(({ memberId, otherMemberId }) => [memberId, otherMemberId ?? []].flat()),
      ),
    ])
    return items.map((item) => ({
      ...{ itemNo: item.itemNo, source: item.source },
      sides: [item.memberId, item.otherMemberId].flatMap((id) => sides.get(id ?? '') ?? []),
      verdict: item.verdict as SampleVerdict | null,
      decidedAtMs: item.decidedAtMs as SampleItem['decidedAtMs'],
      decidedBy: item.decidedBy === null ? null : (names.get(item.decidedBy) ?? null),
    }))
  }

  /** A bounded number of statements for all. */
  async #sides(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, SampleSide>> {
    const members = await this.members.rowsByIds(statements, memberIds)
    const phones = await this.members.phonesOf(statements, memberIds)
    const profiles = await this.profiles.profilesOf(statements, memberIds)
    const storeIds = members.map(({ registeredStoreId }) => registeredStoreId)
    const stores = await this.stores.namesOf(statements, storeIds)
    return new Map(
      members.map((member) => {
        const phone = phones.get(member.id)
        const { name = null, birthday = null } = profiles.get(member.id) ?? {}
        return [
          member.id,
          {
            memberId: member.id as SampleSide['memberId'],
            memberNo: member.memberNo,
            phoneMasked: phone === undefined ? '' : maskPhone(phone),
            nameMasked: name === null ? null : maskName(name),
            birthdayMonthDay: birthday?.slice(MONTH_DAY_START) ?? null,
            registeredChannel: member.registeredChannel,
            registeredStoreName: stores.get(member.registeredStoreId ?? '') ?? null,
            memberSinceMs: member.createdAtMs as SampleSide['memberSinceMs'],
            isMerged: member.mergedIntoId !== null,
          },
        ]
      }),
    )
  }
}
