import { Injectable } from '@nestjs/common'
import type { CouponRuleKind } from '@huike/shared/contracts/console-coupon-rules'
import { CouponRuleAwardsService, type Occasion } from '../coupons/coupon-rule-awards.service.js'
import type { RuleNow } from '../coupons/coupon-rules.service.js'
import type { Member } from '../members/member.entity.js'
import { isPresent, MembersService } from '../members/members.service.js'
import { PersonService } from '../members/person.service.js'
import { MessagesService } from '../messages/messages.service.js'
import { Clock } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'

// Gives what rules promise on occasions, and tells each member in the inbox: it is a service to them,
// which rings nowhere, and no other channel carries it. Members are locked first, in the order of their
// ids, so that nobody becomes another's record meanwhile.

/** An occasion of a record, whoever answers for it by now. */
export interface Due {
  rule: RuleNow
  memberId: string
  occasion: string
}

@Injectable()
export class CouponOccasionsService {
  constructor(
    private readonly members: MembersService,
    private readonly person: PersonService,
    private readonly awards: CouponRuleAwardsService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  /**
   * The members who answer for these ids now, by id asked for, locked; who is erased is not in it.
   * Throws when somebody is merged at this very moment: the next try finds whose record it is then.
   */
  async lock(tx: Tx, ids: readonly string[]): Promise<Map<string, Member>> {
    const found = [...(await this.members.findByIds(tx, ids))]
    const here = found.filter(([, member]) => isPresent(member))
    const owners = [...new Set(here.map(([, { id }]) => id))].sort()
    const locked = owners.length === 0 ? [] : await this.members.lockPresent(tx, owners)
    const byId = new Map(locked.map((member) => [member.id, member]))
    return new Map(
      here.map(([id, { id: ownerId }]) => {
        const member = byId.get(ownerId)
        if (!member) throw new Error(`member ${ownerId} was merged or erased meanwhile`)
        return [id, member]
      }),
    )
  }

  /** All the ids a person has had. */
  idsOf(tx: Tx, memberId: string): Promise<string[]> {
    return this.person.idsOfPerson(tx, memberId)
  }

  /** Gives on these occasions of members who are locked, each once, and tells them. */
  async give(tx: Tx, due: readonly Due[]): Promise<void> {
    if (due.length === 0) return
    const personIds = new Map<string, string[]>()
    for (const { memberId } of due)
      if (!personIds.has(memberId)) personIds.set(memberId, await this.idsOf(tx, memberId))
    const occasions = due.map((one): Occasion => ({
      ...one,
      personIds: personIds.get(one.memberId) ?? [one.memberId],
    }))
    const nowMs = this.clock.nowMs()
    const given = await this.awards.award(tx, occasions, nowMs)
    if (given.length === 0) return
    const notices = given.map(({ rule, memberId, headline }) => {
      const { title, greeting } = WORDS[rule.rule.kind as keyof typeof WORDS]
      return { memberId, title, body: `${greeting}，送您「${headline}」券一张，已放进卡包。` }
    })
    await this.messages.writeNotices(tx, notices, nowMs)
  }
}

const WORDS: Readonly<
  Record<Exclude<CouponRuleKind, 'purchase'>, { title: string; greeting: string }>
> = {
  sign_up: { title: '入会礼', greeting: '感谢加入' },
  first_purchase: { title: '首次消费礼', greeting: '感谢第一次光临' },
  level_up: { title: '升级礼', greeting: '恭喜升级' },
  birthday: { title: '生日礼', greeting: '祝您生日快乐' },
}
