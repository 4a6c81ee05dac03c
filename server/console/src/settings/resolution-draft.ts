import type { ResolutionChange, ResolutionShown } from '@huike/shared/contracts/console-resolution'
import type { IdentityGroup } from '@huike/shared/identities'
import { isPlatformCode, NUMBER_QUIET_DAYS_MAX, NUMBER_QUIET_DAYS_MIN } from '../limits.js'
import { fenOfYuan, yuanOfFen } from './yuan.js'

// How people are recognised, as it is typed and as the server takes it. What a platform appends is
// never told: a platform that has it keeps it unless another is typed.

export interface DraftSalt {
  /** Tells rows apart while their platform is being typed. */
  key: string
  platform: string
  /** null: what is set already stays. */
  salt: string | null
  isKnown: boolean
}

/** The fields as they are typed. */
export interface Draft {
  order: readonly IdentityGroup[]
  days: string
  yuan: string
  salts: readonly DraftSalt[]
}

export function draftOf({ order, quietDays, reviewFromFen, platforms }: ResolutionShown): Draft {
  return {
    order,
    days: String(quietDays),
    yuan: reviewFromFen === null ? '' : yuanOfFen(reviewFromFen),
    salts: platforms.map((platform) => ({ key: platform, platform, salt: null, isKnown: true })),
  }
}

/** What the fields say; null while they say nothing the server takes. */
export function changeOf(draft: Draft): ResolutionChange | null {
  const { days, yuan, salts } = draft
  if (!isQuietDays(days) || !isReviewFrom(yuan)) return null
  if (salts.some((one) => one.salt === '' || !isOwnPlatform(one, salts))) return null
  return {
    order: [...draft.order],
    quietDays: Number(days),
    reviewFromFen: fenOfYuan(yuan),
    salts: salts.map(({ platform, salt }) => ({ platform, salt })),
  }
}

export function isQuietDays(text: string): boolean {
  const days = Number(text)
  return /^\d{1,4}$/.test(text) && days >= NUMBER_QUIET_DAYS_MIN && days <= NUMBER_QUIET_DAYS_MAX
}

/** An amount, or nothing: then nobody is looked at first. */
export function isReviewFrom(text: string): boolean {
  return text === '' || fenOfYuan(text) !== null
}

/** A platform's short name that no other row has. */
export function isOwnPlatform({ key, platform }: DraftSalt, all: readonly DraftSalt[]): boolean {
  return (
    isPlatformCode(platform) && all.every((one) => one.key === key || one.platform !== platform)
  )
}

/** The order with the group at `place` one step further up (-1) or down (1). */
export function moved(
  order: readonly IdentityGroup[],
  place: number,
  step: -1 | 1,
): IdentityGroup[] {
  const group = order[place]
  const next = order.filter((_, index) => index !== place)
  if (group !== undefined) next.splice(Math.max(0, place + step), 0, group)
  return next
}
