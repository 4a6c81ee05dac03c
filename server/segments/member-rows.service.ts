import { Injectable } from '@nestjs/common'
import type { MemberRow } from '@huike/shared/contracts/console-members'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { maskPhone } from '@huike/shared/phone'
import { fen, points, type EpochMs } from '@huike/shared/quantities'
import { ConsentService } from '../consent/consent.service.js'
import { LevelSchemesService } from '../levels/level-schemes.service.js'
import type { Member } from '../members/member.entity.js'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { inList, listParameter, type Rx } from '../platform/database.js'
import { StoresService } from '../stores/stores.service.js'
import { MemberMetricsService } from './member-metrics.service.js'

// Members as staff read them, in lists and exports: one statement for each kind of thing, however
// many members. A phone number or a name leaves here masked only.

@Injectable()
export class MemberRowsService {
  constructor(
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly consents: ConsentService,
    private readonly metrics: MemberMetricsService,
    private readonly stores: StoresService,
    private readonly levels: LevelSchemesService,
  ) {}

  /** The rows of these members, in their order: seven statements. */
  async rowsOf(rx: Rx, members: readonly Member[]): Promise<MemberRow[]> {
    if (members.length === 0) return []
    const ids = members.map(({ id }) => id)
    const phones = await this.members.phonesOf(rx, ids)
    const profiles = await this.profiles.profilesOf(rx, ids)
    const stats = await this.metrics.memberStats(rx, ids)
    const balances = await balancesOf(rx, ids)
    const consents = await this.consents.statesOf(rx, ids, ['marketing'])
    const stores = await this.stores.namesOf(rx, [
      ...members.map(({ registeredStoreId }) => registeredStoreId),
      ...[...stats.values()].map(({ lastStoreId }) => lastStoreId),
    ])
    const levelName = await this.levels.names(rx)
    return members.map((member) => {
      const phone = phones.get(member.id)
      const name = profiles.get(member.id)?.name ?? null
      const stat = stats.get(member.id)
      return {
        memberId: member.id as MemberId,
        memberNo: member.memberNo,
        phoneMasked: phone === undefined ? '' : maskPhone(phone),
        nameMasked: name === null ? null : maskName(name),
        state: member.state === 'pending' ? ('pending' as const) : ('active' as const),
        levelName: levelName(member.levelCode),
        balancePoints: points(balances.get(member.id) ?? 0),
        purchaseCount: Math.max(0, stat?.purchaseCount ?? 0),
        totalFen: fen(Math.max(0, stat?.totalFen ?? 0)),
        lastPurchaseAtMs: (stat?.lastPurchaseAtMs ?? null) as EpochMs | null,
        lastStoreName: stores.get(stat?.lastStoreId ?? '') ?? null,
        registeredStoreName: stores.get(member.registeredStoreId ?? '') ?? null,
        memberSinceMs: member.createdAtMs as EpochMs,
        mayMarket: consents.get(member.id)?.get('marketing') === 'granted',
      }
    })
  }
}

async function balancesOf(rx: Rx, memberIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await rx.rows<{ memberId: string; balancePoints: number }>(
    `SELECT memberId, balancePoints FROM points_account WHERE memberId IN ${inList(rx)}`,
    [listParameter(rx, memberIds)],
  )
  return new Map(rows.map(({ memberId, balancePoints }) => [memberId, balancePoints]))
}
