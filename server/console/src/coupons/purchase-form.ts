import type { PurchaseRule } from '@huike/shared/contracts/console-coupon-rules'
import type { StoreId } from '@huike/shared/ids'
import { formatYuan, type Fen } from '@huike/shared/quantities'
import { fenOf, wholeOf } from '../points/typed.js'

// For which purchases a rule gives, while somebody writes it. The spec holds its ends to the contract.

export const CLAIM_HOURS = { least: 1, most: 720 }
export const MEMBER_COUNT = { least: 1, most: 100 }
export const PERIODS = ['day', 'week', 'month', 'ever'] as const

/** The fields as they are typed. */
export interface PurchaseForm {
  least: string
  storeIds: readonly StoreId[]
  channel: 'all' | 'pos' | 'online' | 'fetched'
  weekdays: readonly number[]
  fromTime: string
  toTime: string
  how: 'claim' | 'direct'
  hours: string
  /** '' sets no limit. */
  most: string
  per: (typeof PERIODS)[number]
}

/** What is wrong, by field. */
export type PurchaseFault = 'least' | 'hours' | 'most' | 'toTime'

/** A coupon for the next visit, to be taken within three days, once a day. */
export const NEW_PURCHASE: PurchaseForm = {
  ...{ least: '', storeIds: [], channel: 'all', weekdays: [], fromTime: '', toTime: '' },
  ...{ how: 'claim', hours: '72', most: '1', per: 'day' },
}

export function purchaseFormOf(rule: PurchaseRule): PurchaseForm {
  const { leastFen, storeIds, channels, weekdays, fromTime, toTime, claimHours, memberMax } = rule
  const [channel = 'all', ...others] = channels
  return {
    least: leastFen === 0 ? '' : formatYuan(leastFen).replace(/\.00$/, ''),
    ...{ storeIds, weekdays },
    channel: rule.fetched === true ? 'fetched' : others.length > 0 ? 'all' : channel,
    ...{ fromTime: fromTime ?? '', toTime: toTime ?? '' },
    how: claimHours === null ? 'direct' : 'claim',
    hours: claimHours === null ? NEW_PURCHASE.hours : String(claimHours),
    most: memberMax === null ? '' : String(memberMax.count),
    per: memberMax?.per ?? NEW_PURCHASE.per,
  }
}

/** What is missing or wrong. */
export function purchaseFaults(form: PurchaseForm): readonly PurchaseFault[] {
  const { least, how, hours, most, fromTime, toTime } = form
  return [
    ...(isBlank(least) || fenOf(least, 0) !== null ? [] : ['least' as const]),
    ...(how === 'direct' || wholeOf(hours, CLAIM_HOURS) !== null ? [] : ['hours' as const]),
    ...(isBlank(most) || wholeOf(most, MEMBER_COUNT) !== null ? [] : ['most' as const]),
    ...(fromTime !== '' && toTime !== '' && toTime <= fromTime ? ['toTime' as const] : []),
  ]
}

/** What is sent of it; null while something is missing or wrong. */
export function purchaseOf(form: PurchaseForm): PurchaseRule | null {
  if (purchaseFaults(form).length > 0) return null
  const count = wholeOf(form.most, MEMBER_COUNT)
  return {
    leastFen: fenOf(form.least, 0) ?? (0 as Fen),
    storeIds: [...form.storeIds],
    channels: form.channel === 'all' || form.channel === 'fetched' ? [] : [form.channel],
    ...(form.channel === 'fetched' ? { fetched: true } : {}),
    weekdays: [...form.weekdays].sort((one, other) => one - other),
    fromTime: form.fromTime === '' ? null : form.fromTime,
    toTime: form.toTime === '' ? null : form.toTime,
    claimHours: form.how === 'claim' ? wholeOf(form.hours, CLAIM_HOURS) : null,
    memberMax: count === null ? null : { count, per: form.per },
  }
}

function isBlank(typed: string): boolean {
  return typed.trim() === ''
}
