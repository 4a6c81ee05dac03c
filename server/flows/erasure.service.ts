import { Injectable } from '@nestjs/common'
import type { Phone } from '@huike/shared/phone'
import { CouponOwnersService } from '../coupons/coupon-owners.service.js'
import { MallOwnersService } from '../mall/mall-owners.service.js'
import { PackOwnersService } from '../packs/pack-owners.service.js'
import { ConsentService } from '../consent/consent.service.js'
import { MemberSessionsService } from '../members/member-sessions.service.js'
import { isPresent, MembersService, PHONE_NAMESPACE } from '../members/members.service.js'
import { MergeJournalService } from '../members/merge-journal.service.js'
import { PersonService } from '../members/person.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { MessagesService } from '../messages/messages.service.js'
import { SubscriptionCreditsService } from '../messages/subscription-credits.service.js'
import { Clock } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { PurchaseOwnersService } from '../purchases/purchase-owners.service.js'
import { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import { ReviewsService } from '../reviews/reviews.service.js'
import { ReferralBondsService } from '../referrals/referral-bonds.service.js'
import { CopiesService } from '../rights/copies.service.js'
import type { DeletionRequest } from '../rights/deletion-request.entity.js'
import { DeletionsService } from '../rights/deletions.service.js'
import { ParkedEventsService } from '../stores/parked-events.service.js'

// Erases a person and keeps the books. One transaction takes away everything that says who somebody
// was: numbers and accounts, name and birthday, sessions, consents as they stand, messages that wait,
// what tills sent with the number in it, what they said of what they bought. Purchases, points and the facts that prove a consent stay
// under an id that stands for nobody; what the chain owes in points is what it was before.
// All the ids one person has had go together, whichever of them asked.

@Injectable()
export class ErasureService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly deletions: DeletionsService,
    private readonly copies: CopiesService,
    private readonly members: MembersService,
    private readonly person: PersonService,
    private readonly profiles: ProfilesService,
    private readonly journal: MergeJournalService,
    private readonly sessions: MemberSessionsService,
    private readonly consents: ConsentService,
    private readonly messages: MessagesService,
    private readonly coupons: CouponOwnersService,
    private readonly packs: PackOwnersService,
    private readonly mall: MallOwnersService,
    private readonly credits: SubscriptionCreditsService,
    private readonly parked: ParkedEventsService,
    private readonly purchases: PurchaseOwnersService,
    private readonly strays: StrayPurchasesService,
    private readonly reviews: ReviewsService,
    private readonly referrals: ReferralBondsService,
  ) {}

  /** Does what is due about one request: erases, or sweeps up after an erasure. */
  async carryOut(due: DeletionRequest): Promise<void> {
    await this.database.write((tx) => this.#carryOut(tx, due))
  }

  async #carryOut(tx: Tx, due: DeletionRequest): Promise<void> {
    const nowMs = this.clock.nowMs()
    const survivor = (await this.members.findByIds(tx, [due.memberId])).get(due.memberId)
    // Members first, then the request: taking it back locks in the same order.
    const ids = survivor ? await this.person.idsOfPerson(tx, survivor.id) : []
    const locked = await this.members.lockPresent(tx, ids)
    const request = await this.deletions.locked(tx, due.id)
    if (!request || request.nextAtMs > nowMs) return
    if (request.state === 'waiting') {
      if (survivor && isPresent(survivor) && !locked.some(({ id }) => id === survivor.id))
        throw new Error(`member ${survivor.id} was merged while being erased`)
      await this.#forget(tx, ids, nowMs)
      await this.deletions.erased(tx, request, ids, nowMs)
    } else {
      await this.#forget(tx, ids, nowMs)
      await this.deletions.swept(tx, request.id)
    }
  }

  async #forget(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
    if (ids.length === 0) return
    const identities = await this.person.identitiesOf(tx, ids)
    const phones = identities.flatMap(({ kind, value }) => (kind === 'phone' ? [value] : []))
    if (phones.length > 0) await this.parked.forget(tx, phones)
    const names = phones.map((phone) => this.members.phoneIndex(phone as Phone))
    await this.strays.forget(
      tx,
      names.map((valueIndex) => ({ kind: 'phone', namespace: PHONE_NAMESPACE, valueIndex })),
    )
    const identityIds = await this.person.forget(tx, ids, nowMs)
    if (identityIds.length > 0) await this.credits.forget(tx, identityIds)
    await this.profiles.forget(tx, ids)
    await this.journal.forget(tx, ids)
    await this.purchases.forgetNames(tx, ids)
    await this.reviews.forget(tx, ids, nowMs)
    await this.referrals.forget(tx, ids, { phones, nowMs })
    await this.copies.forget(tx, ids)
    await this.sessions.forget(tx, ids)
    await this.consents.forget(tx, ids)
    await this.messages.forget(tx, ids, nowMs)
    await this.packs.forget(tx, ids)
    await this.mall.forget(tx, ids, nowMs)
    await this.coupons.forget(tx, ids, nowMs)
  }
}
