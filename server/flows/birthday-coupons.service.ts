import { Inject, Injectable } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Logger } from 'pino'
import { CouponRulesService, isGivenOn, type RuleNow } from '../coupons/coupon-rules.service.js'
import { BirthdaysService } from '../members/birthdays.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock, localDate } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { CouponOccasionsService } from './coupon-occasions.service.js'

// Coupons for birthdays, each night. A rule's row is locked while a page of its people is given, and
// how far it has come moves in the same commit: any number of servers may look, and one that dies
// goes on where it was. Only who was born on the day is read. A server that was down for some nights
// makes up for them, and for no more.

const LOOK_EVERY_MS = 60_000
const PEOPLE_PER_PAGE = 100
const INDEXED_PER_STEP = 200
/** Nights that are made up for. */
const CATCH_UP_DAYS = 3
const DAY_MS = 86_400_000
const DATE_CHARACTERS = 10
const YEAR_CHARACTERS = 4

@Injectable()
export class BirthdayCouponsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: CouponRulesService,
    private readonly birthdays: BirthdaysService,
    private readonly occasions: CouponOccasionsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'coupons for birthdays', LOOK_EVERY_MS)
  }

  /** Gives to a page of people of each rule; false when today is done. */
  protected async step(): Promise<boolean> {
    const rules = await this.database.read((rx) => this.rules.on(rx, ['birthday']))
    if (rules.length === 0) return false
    if (await this.database.write((tx) => this.birthdays.indexSome(tx, INDEXED_PER_STEP)))
      return true
    let isMore = false
    for (const { rule } of rules) {
      if (this.isStopping) return false
      isMore = (await this.#walk(rule.id)) || isMore
    }
    return isMore
  }

  /** One that fails must not hold up the others. */
  async #walk(ruleId: string): Promise<boolean> {
    try {
      return await this.database.write((tx) => this.#givePage(tx, ruleId))
    } catch (error) {
      this.logger.warn({ err: error, ruleId }, 'coupons for birthdays could not be given')
      return false
    }
  }

  async #givePage(tx: Tx, ruleId: string): Promise<boolean> {
    const today = localDate(this.clock.nowMs(), CHAIN_TIME_ZONE)
    const now = await this.rules.lockOn(tx, ruleId)
    const place = now && placeOf(now, today)
    if (!place) return false
    const { day, after } = place
    const birthday = daysAfter(day, now.terms.daysBefore)
    const ids = isGivenOn(now.terms, day)
      ? await this.birthdays.bornOn(tx, monthDaysOf(birthday), { after, limit: PEOPLE_PER_PAGE })
      : []
    const members = await this.occasions.lock(tx, ids)
    const { levelCodes } = now.terms
    const due = [...new Map([...members.values()].map((one) => [one.id, one])).values()].filter(
      ({ levelCode }) => levelCodes.length === 0 || levelCodes.includes(levelCode),
    )
    const occasion = birthday.slice(0, YEAR_CHARACTERS)
    await this.occasions.give(
      tx,
      due.map(({ id }) => ({ rule: now, memberId: id, occasion })),
    )
    const isDone = ids.length < PEOPLE_PER_PAGE
    await this.rules.walked(tx, ruleId, day, isDone ? null : (ids.at(-1) ?? null))
    return true
  }
}

/** Where a rule goes on: which day's people, after whom; null when today is done. */
function placeOf({ rule, terms }: RuleNow, today: string): { day: string; after: string } | null {
  const { walkedDate, walkedUpTo } = rule
  const earliest = daysAfter(today, 1 - CATCH_UP_DAYS)
  if (walkedDate === null) return { day: today, after: '' }
  // A clock that was set back gives nothing anew.
  if (walkedDate > today) return null
  if (walkedUpTo !== null && walkedDate >= earliest) return { day: walkedDate, after: walkedUpTo }
  if (walkedDate === today) return null
  const next = [daysAfter(walkedDate, 1), earliest, terms.fromDate].sort().at(-1) ?? today
  return { day: next > today ? today : next, after: '' }
}

/** Who was born on the 29th of February has their day on the 28th of other years. */
function monthDaysOf(birthday: string): string[] {
  const monthDay = birthday.slice(YEAR_CHARACTERS + 1)
  const isLast = monthDay === '02-28' && daysAfter(birthday, 1).endsWith('03-01')
  return isLast ? [monthDay, '02-29'] : [monthDay]
}

function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, DATE_CHARACTERS)
}
