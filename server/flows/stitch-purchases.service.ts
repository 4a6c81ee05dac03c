import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { PHONE_HASHES, saltOf } from '@huike/shared/phone-hash'
import type { Phone } from '@huike/shared/phone'
import type { Logger } from 'pino'
import { MembersService, PHONE_NAMESPACE, type IdentityValue } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { ProvenIdentitiesService } from '../members/proven-identities.service.js'
import { Clock } from '../platform/clock.js'
import {
  BusyError,
  Database,
  UniqueViolation,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { mintId } from '../platform/ids.js'
import { LOGGER } from '../platform/tokens.js'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PointsRulesService } from '../points/points-rules.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import type { StrayPurchase } from '../purchases/stray-purchase.entity.js'
import { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import { IngestState } from './ingest-state.js'
import { giveToMember } from './take-checkout.js'

// What somebody bought before they were known is theirs once they sign in: purchases on which a
// number, or a platform's hash of it, was named that nobody had. Only a proven number claims them,
// each once, and none older than the rest a number has before it is given to somebody else: what its
// holder of before bought stays nobody's.

/** Carriers let a number rest ninety days. */
const CLAIMABLE_MS = 90 * 86_400_000
const PURCHASES_PER_CLAIM_MAX = 200
const ACTOR = 'system:sign_in'

/** What waits, by what of somebody it waits for. */
interface Waiting {
  phone: Phone
  value: IdentityValue
  strays: StrayPurchase[]
}

@Injectable()
export class StitchPurchasesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly identities: ProvenIdentitiesService,
    private readonly strays: StrayPurchasesService,
    private readonly inbox: TerminalInboxService,
    private readonly purchases: PurchasesService,
    private readonly rules: PointsRulesService,
    private readonly holds: PointsHoldsService,
    private readonly coupons: CouponReservationsService,
    private readonly settings: ChainSettingsService,
    private readonly eventLog: EventLogService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Gives a member who has just signed in what waited for their proven numbers. What cannot be done
   * now waits for the next time: nobody is kept from signing in by it.
   */
  async stitch(memberId: string): Promise<void> {
    try {
      const waiting = await this.database.read((rx) => this.#waiting(rx, memberId))
      if (waiting.length === 0) return
      await this.database.write((tx) => this.#give(tx, memberId))
      this.eventLog.appended()
    } catch (error) {
      const isPassing = error instanceof BusyError || error instanceof UniqueViolation
      if (!isPassing) throw error
      this.logger.warn({ err: error, memberId }, 'purchases of somebody who signed in wait on')
    }
  }

  async #waiting(statements: Statements, memberId: string): Promise<Waiting[]> {
    const found: Waiting[] = []
    const phones = await this.identities.provenPhones(statements, memberId)
    if (phones.length === 0) return []
    const { salts } = await this.settings.resolution(statements)
    const since = { sinceMs: this.clock.nowMs() - CLAIMABLE_MS, limit: PURCHASES_PER_CLAIM_MAX }
    const hashed = await this.#hashes(statements)
    for (const phone of phones) {
      const values: IdentityValue[] = [
        { kind: 'phone', namespace: PHONE_NAMESPACE, value: phone },
        ...hashed.map(({ kind, algorithm, namespace }) => {
          const hash = createHash(algorithm).update(phone + saltOf(salts, namespace))
          return { kind, namespace, value: hash.digest('hex') }
        }),
      ]
      for (const value of values) {
        const { kind, namespace } = value
        const valueIndex = this.members.indexOf(kind, namespace, value.value)
        const name = { kind, namespace, valueIndex }
        const strays = await this.strays.waiting(statements, name, since)
        if (strays.length > 0) found.push({ phone, value, strays })
      }
    }
    return found
  }

  async #hashes(statements: Statements) {
    const found = []
    for (const hash of PHONE_HASHES)
      for (const namespace of await this.strays.namespacesOf(statements, hash.kind))
        found.push({ ...hash, namespace })
    return found
  }

  async #give(tx: Tx, memberId: string): Promise<void> {
    const nowMs = this.clock.nowMs()
    const { members, profiles, purchases, inbox, strays, holds, coupons, settings } = this
    const waiting = await this.#waiting(tx, memberId)
    const ids = waiting.flatMap((one) => one.strays.map(({ purchaseId }) => purchaseId))
    const phones = waiting.map(({ phone }) => phone)
    const earning = await this.rules.published(tx)
    const services = {
      members,
      profiles,
      purchases,
      inbox,
      strays,
      holds,
      coupons,
      settings,
      earning,
    }
    const state = await IngestState.gatherGiving(tx, services, { phones, purchaseIds: ids })
    for (const { phone, value, strays: those } of waiting) {
      const named = state.named({ by: 'phone', phone })
      // The number may be another member's by now.
      if (named?.member.id !== memberId) continue
      for (const { purchaseId } of those) {
        const purchase = state.purchaseById(purchaseId)
        if (purchase?.memberId !== null) continue
        const giving = { actor: ACTOR, nowMs, eventId: mintId(nowMs) }
        giveToMember(state, purchase, { ...named, ...giving })
      }
      await this.#learn(tx, { memberId, value, viaId: named.underId, nowMs })
    }
    await strays.settle(tx, ids)
    await state.writePurchases(tx, nowMs)
    await this.eventLog.append(tx, state.events, nowMs)
  }

  /** The next order that names this hash finds its member at once. */
  async #learn(
    tx: Tx,
    of: { memberId: string; value: IdentityValue; viaId: string; nowMs: number },
  ): Promise<void> {
    const { value, ...as } = of
    const known = await this.identities.standing(tx, [value])
    if (known.size > 0) return
    const source = 'sign_in'
    await this.members.insertIdentities(tx, [{ ...value, ...as, assurance: 'verified', source }])
  }
}
