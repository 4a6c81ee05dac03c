import type { MemberFilter } from '@huike/shared/contracts/console-members'
import { isUlid, type StaffId, type StoreId } from '@huike/shared/ids'
import { normalisePhone } from '@huike/shared/phone'
import { CONSENT_PURPOSES } from '@huike/shared/purposes'
import { memberStrings } from './strings.js'

// The filters of the members' list, and how they stand in the page's address, so that a link, a
// reload and the way back from a member show the same list. A whole phone number never stands
// there: addresses stay in the browser's history, and the office's browser is shared.

/** Days that the list of choices offers. */
export const BOUGHT_WITHIN_DAYS = [7, 30, 90] as const
export const INACTIVE_DAYS = [30, 60, 90, 180, 365] as const
export const SILENT_DAYS = [180, 365, 730] as const

const DAYS_MAX = 3_650
const SILENT_DAYS_MIN = 30
const PHONE = /^\d{11}$/
const LAST_4 = /^\d{4}$/
const MEMBER_NO = /^\d{12}$/

/**
 * What was typed into the search, as the server understands it: a phone of eleven digits, the last
 * four of one, or a member number of twelve. Null when it is none of them; '' when it is empty.
 */
export function readSearch(typed: string): string | null {
  const folded = typed.normalize('NFKC').replace(/[\s-]/g, '')
  if (folded === '' || LAST_4.test(folded) || MEMBER_NO.test(folded)) return folded
  return normalisePhone(typed)
}

/** The filter that an address stands for. What is not understood is left out. */
export function filterFromQuery(query: URLSearchParams): MemberFilter {
  const search = query.get('search') ?? ''
  const storeId = query.get('storeId') ?? ''
  const ownerId = query.get('ownerId') ?? ''
  const state = query.get('state')
  const consent = CONSENT_PURPOSES.find((purpose) => purpose === query.get('consent'))
  const boughtWithinDays = daysOf(query.get('boughtWithinDays'))
  const inactiveDays = daysOf(query.get('inactiveDays'))
  const silentDays = daysOf(query.get('silentDays'))
  return {
    ...(LAST_4.test(search) || MEMBER_NO.test(search) ? { search } : {}),
    ...(isUlid(storeId) ? { storeId: storeId as StoreId } : {}),
    ...(state === 'pending' || state === 'active' ? { state } : {}),
    ...(boughtWithinDays === null ? {} : { boughtWithinDays }),
    ...(inactiveDays === null ? {} : { inactiveDays }),
    ...(silentDays === null || silentDays < SILENT_DAYS_MIN ? {} : { silentDays }),
    ...(isUlid(ownerId) ? { ownerId: ownerId as StaffId } : {}),
    ...(consent === undefined ? {} : { consent }),
  }
}

/** The address of a filter, without a whole phone number. */
export function addressOfFilter(filter: MemberFilter): URLSearchParams {
  const query = queryOfFilter(filter)
  if (PHONE.test(filter.search ?? '')) query.delete('search')
  return query
}

/** The filter as the server is asked for it. */
export function queryOfFilter(filter: MemberFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined && value !== '') query.set(name, String(value))
  return query
}

/** Is anything filtered at all? */
export function isFiltered(filter: MemberFilter): boolean {
  return queryOfFilter(filter).size > 0
}

/** The filter in words: "全部会员", or "人民路店 · 超过 90 天没来". A phone is masked. */
export function filterWords(filter: MemberFilter, storeName: (id: string) => string): string {
  const { filter: words, exports } = memberStrings
  const parts = [
    filter.search === undefined ? '' : maskedSearch(filter.search),
    filter.storeId === undefined ? '' : storeName(filter.storeId),
    filter.state === undefined ? '' : stateWords(filter.state),
    filter.boughtWithinDays === undefined ? '' : words.within(filter.boughtWithinDays),
    filter.inactiveDays === undefined ? '' : words.inactive(filter.inactiveDays),
    filter.silentDays === undefined ? '' : words.silent(filter.silentDays),
    filter.ownerId === undefined ? '' : words.oneOwner,
    filter.consent === undefined ? '' : words[filter.consent],
  ].filter((part) => part !== '')
  return parts.length === 0 ? exports.all : parts.join(' · ')
}

function stateWords(state: 'pending' | 'active'): string {
  return state === 'active' ? memberStrings.filter.active : memberStrings.filter.pendingOnly
}

function maskedSearch(search: string): string {
  return PHONE.test(search) ? `${search.slice(0, 3)}****${search.slice(7)}` : search
}

function daysOf(text: string | null): number | null {
  const days = /^\d{1,4}$/.test(text ?? '') ? Number(text) : 0
  return days >= 1 && days <= DAYS_MAX ? days : null
}
