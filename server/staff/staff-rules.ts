import { CHAIN_ROLES, rolesGivenBy, type StaffRole } from '@huike/shared/permissions'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { ActingStaff } from './staff.service.js'

// Who may do what to whom among staff, as pure functions. An owner may do all but lose the last
// owner; a manager has the cashiers of their own stores, and those only; nobody stops or demotes
// themselves. What somebody may not see is not there for them.

/** A person as others see them. */
export interface StaffFacts {
  id: string
  name: string
  role: StaffRole
  state: 'active' | 'stopped'
  /** Empty for the roles that act for every store. */
  storeIds: readonly string[]
}

/** What is to be different; what is absent stays. */
export interface WantedChange {
  name?: string | undefined
  role?: StaffRole | undefined
  storeIds?: readonly string[] | undefined
  state?: 'active' | 'stopped' | undefined
  password?: string | undefined
}

/** May `by` see this person? */
export function maySee(by: ActingStaff, person: Pick<StaffFacts, 'id' | 'storeIds'>): boolean {
  if (by.storeIds === null || by.id === person.id) return true
  const own = new Set(by.storeIds)
  return person.storeIds.some((id) => own.has(id))
}

/** A new person: the stores they get, or why not: `forbidden`, `input_invalid`. */
export function decideNew(
  by: ActingStaff,
  fresh: { role: StaffRole; storeIds: readonly string[] },
): { ok: true; storeIds: string[] } | Refusal {
  if (!rolesGivenBy(by.role).includes(fresh.role))
    return refuse('forbidden', '店长只能新建店员账号')
  return storesFor(by, fresh.role, fresh.storeIds)
}

/**
 * A change: the person as they will be, or why not: `not_found` for people one may not see,
 * `forbidden`, `input_invalid`. `ownersLeft` counts the active owners besides this person.
 */
export function decideChange(
  by: ActingStaff,
  before: StaffFacts,
  wanted: WantedChange,
  ownersLeft: number,
): { ok: true; after: StaffFacts } | Refusal {
  if (!maySee(by, before)) return refuse('not_found')
  const role = wanted.role ?? before.role
  const state = wanted.state ?? before.state
  const isSelf = by.id === before.id
  const moves = role !== before.role || state !== before.state || wanted.storeIds !== undefined
  if (isSelf && by.role !== 'owner' && moves)
    return refuse('forbidden', '不能更改自己的角色、门店或状态')
  if (isSelf && (role !== before.role || state !== before.state))
    return refuse('forbidden', '不能停用自己或更改自己的角色')
  if (!isSelf && !maySteer(by, before)) return refuse('forbidden')
  if (role !== before.role && !rolesGivenBy(by.role).includes(role)) return refuse('forbidden')
  const wasOwner = before.role === 'owner' && before.state === 'active'
  if (wasOwner && (role !== 'owner' || state !== 'active') && ownersLeft === 0)
    return refuse('forbidden', '至少要保留一位在用的总部账号')
  const name = wanted.name ?? before.name
  if (isSelf && by.role !== 'owner') return { ok: true, after: { ...before, name } }
  const stores = storesFor(by, role, wanted.storeIds ?? before.storeIds)
  if (!stores.ok) return stores
  return { ok: true, after: { id: before.id, name, role, state, storeIds: stores.storeIds } }
}

/** A manager steers people of the roles a manager gives, whose stores are all their own. */
function maySteer(by: ActingStaff, person: StaffFacts): boolean {
  if (by.role === 'owner') return true
  const own = new Set(by.storeIds ?? [])
  return rolesGivenBy(by.role).includes(person.role) && person.storeIds.every((id) => own.has(id))
}

function storesFor(
  by: ActingStaff,
  role: StaffRole,
  wanted: readonly string[],
): { ok: true; storeIds: string[] } | Refusal {
  if (CHAIN_ROLES.includes(role)) return { ok: true, storeIds: [] }
  const storeIds = [...new Set(wanted)].sort()
  if (storeIds.length === 0) return refuse('input_invalid', '请至少选择一家门店')
  const { storeIds: own } = by
  if (own !== null && !storeIds.every((id) => own.includes(id)))
    return refuse('forbidden', '只能选择自己负责的门店')
  return { ok: true, storeIds }
}
