import type { CouponTemplateView, TemplateLimits } from '@huike/shared/contracts/console-coupons'
import type { CouponGives, CouponTerms, CouponValidity } from '@huike/shared/contracts/coupons'
import { couponHeadline } from '@huike/shared/coupon-words'
import type { StoreId } from '@huike/shared/ids'
import { instantOfLocal, localTime } from '@huike/shared/local-time'
import { epochMs, formatYuan, type BusinessDate, type Fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ALL_GOODS, goodsFormOf, goodsOf, type GoodsForm } from '../points/goods-form.js'
import { fenOf, tenthsOf, wholeOf } from '../points/typed.js'
import {
  AFTER_DAYS,
  COUNT,
  DAYS,
  ONE_FEN,
  PER_ORDER,
  ZHE_TENTHS,
  isSeveral,
  type TemplateForm,
} from './template-typed.js'

// A coupon while somebody writes it: its fields as they begin, and what is saved. The spec holds it to
// the contract.

const PRICE_TENTHS = 100
const MINUTE_CHARACTERS = 16
const TENTHS = 10

/** A new one, as it is offered first: what an ordinary discount needs beside it are two amounts. */
export const NEW_TEMPLATE: TemplateForm = {
  requestId: '',
  basedOnVersion: 0,
  basedOnLimits: null,
  name: '',
  kind: 'amount',
  ...{ least: '', amount: '', zhe: '', most: '' },
  ...{ goodsIn: ALL_GOODS, goodsOut: ALL_GOODS },
  ...{ storeIds: [], channel: 'all', levelCodes: [], buyer: 'any', weekdays: [] },
  ...{ fromTime: '', toTime: '' },
  ...{ validity: 'days', days: '30', afterDays: '0', fromDate: '', toDate: '' },
  ...{ class: 'order', stacking: 'classes', perOrder: '1', points: 'with' },
  ...{ refund: 'given_back', bearer: 'chain' },
  ...{ state: 'open', stock: '', memberMax: '', memberDayMax: '', budget: '', uses: '' },
  ...{ counterDayMax: '', claims: 'none', claimFrom: '', claimUntil: '' },
}

/** The form of a template, to be changed into its next version. */
export function formOf({
  version,
  terms,
  limits,
}: Pick<CouponTemplateView, 'version' | 'terms' | 'limits'>): TemplateForm {
  const { gives, when, validity } = terms
  const [channel = 'all', ...others] = when.channels
  return {
    ...NEW_TEMPLATE,
    ...{ basedOnVersion: version, basedOnLimits: limits },
    name: terms.name,
    kind: gives.kind,
    least: when.leastFen === 0 ? '' : yuanOf(when.leastFen),
    amount: gives.kind === 'amount' ? yuanOf(gives.amountFen) : '',
    zhe: gives.kind === 'percent' ? String((PRICE_TENTHS - gives.percentOff) / TENTHS) : '',
    most: gives.kind === 'amount' ? '' : optionalYuan(gives.mostFen),
    ...{ goodsIn: goodsFormOf(when.goods), goodsOut: goodsFormOf(when.notGoods) },
    ...{ storeIds: when.storeIds, channel: others.length > 0 ? 'all' : channel },
    ...{ levelCodes: when.levelCodes, weekdays: when.weekdays },
    buyer: when.isFirstPurchase ? 'first' : 'any',
    ...{ fromTime: when.fromTime ?? '', toTime: when.toTime ?? '' },
    ...validityFormOf(validity),
    class: terms.class === 'goods' ? 'goods' : 'order',
    stacking: terms.stacking,
    perOrder: String(terms.perOrderMax),
    points: terms.withPoints ? 'with' : 'without',
    ...{ refund: terms.refund, bearer: terms.bearer },
    ...limitFormOf(limits),
  }
}

/** The terms a form says; null while something that every coupon needs is missing. */
export function writtenTerms(form: TemplateForm): CouponTerms | null {
  const gives = givesOf(form)
  const validity = validityOf(form)
  const name = form.name.trim() === '' ? offeredName(form) : form.name.trim()
  if (gives === null || validity === null || name === null) return null
  return { name, ...unnamedTerms(form, gives), validity }
}

/** What a coupon without a name of its own is called; null while what it gives is not known. */
export function offeredName(form: TemplateForm): string | null {
  const gives = givesOf(form)
  if (gives === null) return null
  const { when } = unnamedTerms(form, gives)
  if (gives.kind === 'gift' && (when.goods?.name ?? '') === '') return null
  return couponHeadline({ gives, when })
}

/** The limits a form says. */
export function writtenLimits(form: TemplateForm, nowMs: number): TemplateLimits {
  const fromMs = instantOf(form.claimFrom) ?? nowMs
  const untilMs = instantOf(form.claimUntil)
  const isClaimed = form.claims === 'some'
  return {
    state: form.state,
    stock: wholeOf(form.stock, COUNT),
    memberMax: wholeOf(form.memberMax, COUNT),
    memberDayMax: wholeOf(form.memberDayMax, COUNT),
    counterDayMax: wholeOf(form.counterDayMax, COUNT),
    budgetFen: fenOf(form.budget, ONE_FEN),
    usesMax: wholeOf(form.uses, COUNT),
    claimFromMs: isClaimed ? epochMs(fromMs) : null,
    claimUntilMs: isClaimed && untilMs !== null ? epochMs(untilMs) : null,
  }
}

/** Do these terms say the same, in whatever order? */
export function isSameTerms(one: CouponTerms, other: CouponTerms): boolean {
  const said = (terms: CouponTerms) => JSON.stringify(inOrder(terms))
  return said(one) === said(other)
}

/** `2026-06-03T14:05` by the chain's clock, as the field of a moment has it. */
export function momentOf(atMs: number): string {
  return localTime(atMs, CHAIN_TIME_ZONE).slice(0, MINUTE_CHARACTERS)
}

/** The instant of a moment that was typed; null for none. */
export function instantOf(moment: string): number | null {
  return moment === '' ? null : instantOfLocal(`${moment}:00`, CHAIN_TIME_ZONE)
}

/** What is called goods: a gift has to be some. */
export function goodsInOf({ kind, goodsIn }: TemplateForm): GoodsForm {
  return kind === 'gift' ? { ...goodsIn, goods: 'some' } : goodsIn
}

function unnamedTerms(
  form: TemplateForm,
  gives: CouponGives,
): Omit<CouponTerms, 'name' | 'validity'> {
  return {
    gives,
    class: classOf(form),
    stacking: form.stacking,
    perOrderMax: isSeveral(form) ? (wholeOf(form.perOrder, PER_ORDER) ?? 1) : 1,
    withPoints: form.points === 'with',
    when: {
      leastFen: fenOf(form.least, 0) ?? (0 as Fen),
      goods: goodsOf(goodsInOf(form)),
      notGoods: goodsOf(form.goodsOut),
      storeIds: sorted(form.storeIds),
      channels: form.channel === 'all' ? [] : [form.channel],
      levelCodes: sorted(form.levelCodes),
      isFirstPurchase: form.buyer === 'first',
      weekdays: sorted(form.weekdays),
      fromTime: form.fromTime === '' ? null : form.fromTime,
      toTime: form.toTime === '' ? null : form.toTime,
    },
    ...{ refund: form.refund, bearer: form.bearer },
  }
}

function givesOf(form: TemplateForm): CouponGives | null {
  const { kind } = form
  const mostFen = fenOf(form.most, ONE_FEN)
  switch (kind) {
    case 'amount': {
      const amountFen = fenOf(form.amount, ONE_FEN)
      return amountFen === null ? null : { kind, amountFen }
    }
    case 'percent': {
      const tenths = tenthsOf(form.zhe, ZHE_TENTHS)
      return tenths === null ? null : { kind, percentOff: PRICE_TENTHS - tenths, mostFen }
    }
    case 'gift':
    case 'shipping':
      return { kind, mostFen }
  }
}

function classOf({ kind, class: chosen }: TemplateForm): CouponTerms['class'] {
  if (kind === 'shipping') return 'shipping'
  return kind === 'gift' ? 'goods' : chosen
}

function validityOf(form: TemplateForm): CouponValidity | null {
  if (form.validity === 'dates') {
    const [fromDate, toDate] = [form.fromDate as BusinessDate, form.toDate as BusinessDate]
    return { kind: 'dates', fromDate, toDate }
  }
  const days = wholeOf(form.days, DAYS)
  const afterDays = wholeOf(form.afterDays, AFTER_DAYS)
  return days === null || afterDays === null ? null : { kind: 'days', afterDays, days }
}

function validityFormOf(validity: CouponValidity): Partial<TemplateForm> {
  if (validity.kind === 'dates') {
    const { fromDate, toDate } = validity
    return { validity: 'dates', fromDate, toDate }
  }
  const { afterDays, days } = validity
  return { validity: 'days', afterDays: String(afterDays), days: String(days) }
}

function limitFormOf(limits: TemplateLimits): Partial<TemplateForm> {
  const whole = (value: number | null) => (value === null ? '' : String(value))
  const moment = (atMs: number | null) => (atMs === null ? '' : momentOf(atMs))
  return {
    state: limits.state,
    ...{ stock: whole(limits.stock), memberMax: whole(limits.memberMax) },
    ...{ memberDayMax: whole(limits.memberDayMax), uses: whole(limits.usesMax) },
    counterDayMax: whole(limits.counterDayMax),
    budget: optionalYuan(limits.budgetFen),
    claims: limits.claimFromMs === null ? 'none' : 'some',
    ...{ claimFrom: moment(limits.claimFromMs), claimUntil: moment(limits.claimUntilMs) },
  }
}

/** Lists in one order, and keys as the form writes them. */
function inOrder({ when, ...terms }: CouponTerms) {
  const lists = {
    storeIds: sorted<StoreId>(when.storeIds),
    ...{ levelCodes: sorted(when.levelCodes), weekdays: sorted(when.weekdays) },
    channels: when.channels.length > 1 ? [] : when.channels,
  }
  const { name, gives, class: of, stacking, perOrderMax, withPoints, ...rest } = terms
  return [
    ...[name, Object.entries(gives).sort(), of, stacking, perOrderMax, withPoints, rest.refund],
    ...[rest.bearer, Object.entries(rest.validity).sort()],
    ...[when.leastFen, when.goods, when.notGoods, when.isFirstPurchase],
    ...[when.fromTime, when.toTime, lists],
  ]
}

function sorted<Value extends string | number>(values: readonly Value[]): Value[] {
  return values.toSorted((one, other) => (one < other ? -1 : Number(one > other)))
}

function optionalYuan(amountFen: Fen | null): string {
  return amountFen === null ? '' : yuanOf(amountFen)
}

function yuanOf(amountFen: Fen): string {
  return formatYuan(amountFen).replace(/\.00$/, '')
}
