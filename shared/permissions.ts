// Who may do what in the console. One table, asked by the server for every call and by the pages
// to leave out what would be refused. Managers and cashiers act within the stores they were given.

/**
 * owner: everything. operations: campaigns, imports and data quality of the chain, masked. manager:
 * a store's manager. cashier: looks one member up. analyst: figures, no people. auditor: reads what
 * was done and by whom, changes nothing. Owner, operations, analyst and auditor act for the whole
 * chain; managers and cashiers for the stores they were given.
 */
export const STAFF_ROLES = [
  'owner',
  'operations',
  'manager',
  'cashier',
  'analyst',
  'auditor',
] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/** What a role is called on every screen. */
export const STAFF_ROLE_NAMES: Readonly<Record<StaffRole, string>> = {
  owner: '总部',
  operations: '运营',
  manager: '店长',
  cashier: '店员',
  analyst: '分析',
  auditor: '审计',
}

/** Roles that act for every store there is. */
export const CHAIN_ROLES: readonly StaffRole[] = ['owner', 'operations', 'analyst', 'auditor']

/** Roles whose second factor a chain may ask for: they see the whole chain, or all that was done. */
export const SECOND_FACTOR_ROLES: readonly StaffRole[] = ['owner', 'operations', 'auditor']

export const PERMISSIONS = [
  'today.view',
  'statistics.view',
  'sources.view',
  /** What waits for a person in a store: receipts nobody could take, and reviews. */
  'parked.settle',
  'stores.manage',
  'terminals.manage',
  'staff.view',
  'staff.manage',
  /** Taking away the second factor of somebody who lost it. */
  'staff.second_factor',
  'members.view',
  /** One member's full phone number; every view is written down. */
  'members.phone',
  'members.export',
  /** Saying who of the staff looks after a member. */
  'members.assign',
  /** The queue of pairs that may be one person, and what a merge would change. */
  'identity.view',
  /** Deciding a pair, merging, undoing a merge. */
  'identity.merge',
  'imports.view',
  'imports.run',
  'quality.view',
  /** Thresholds, verdicts of a sample, the clean-up list. */
  'quality.manage',
  'consents.view',
  'audit.view',
  /** The rules of earning. */
  'points.view',
  /** Publishing them. */
  'points.manage',
  'coupons.view',
  /** What a coupon promises, and how many there are. */
  'coupons.manage',
  /** Giving one to a member. */
  'coupons.give',
  /** Coupon packs, their orders, and what does not agree with WeChat Pay's bill. */
  'packs.view',
  'packs.manage',
  /** What is in the points mall. */
  'mall.view',
  'mall.manage',
  /** Finding what a member exchanged by its code or their phone, and handing it over. */
  'mall.hand_over',
  /** The list of all that waits, and cancelling. */
  'mall.settle',
  /** Orders that are fetched in a store: finding them, making them ready, handing them over. */
  'pickups.handle',
  /** Money back for what nobody used of a pack. */
  'packs.refund',
  'campaigns.view',
  'campaigns.send',
  'settings.view',
  'settings.manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const GRANTS: Record<StaffRole, readonly Permission[]> = {
  owner: PERMISSIONS,
  operations: [
    'today.view',
    'statistics.view',
    'sources.view',
    'parked.settle',
    'members.view',
    'members.export',
    'members.assign',
    'identity.view',
    'identity.merge',
    'imports.view',
    'imports.run',
    'quality.view',
    'quality.manage',
    'consents.view',
    'points.view',
    'coupons.view',
    'coupons.manage',
    'coupons.give',
    'packs.view',
    'packs.manage',
    'mall.view',
    'mall.manage',
    'mall.hand_over',
    'mall.settle',
    'pickups.handle',
    'packs.refund',
    'campaigns.view',
    'campaigns.send',
    'settings.view',
  ],
  manager: [
    'today.view',
    'statistics.view',
    'sources.view',
    'parked.settle',
    'terminals.manage',
    'staff.view',
    'staff.manage',
    'members.view',
    'members.phone',
    'members.export',
    'members.assign',
    'consents.view',
    'points.view',
    'coupons.view',
    'coupons.give',
    'mall.view',
    'mall.hand_over',
    'mall.settle',
    'pickups.handle',
    'campaigns.view',
    'campaigns.send',
    'settings.view',
  ],
  cashier: ['today.view', 'members.view', 'mall.hand_over', 'pickups.handle'],
  analyst: [
    'today.view',
    'statistics.view',
    'quality.view',
    'points.view',
    'coupons.view',
    'mall.view',
    'campaigns.view',
  ],
  auditor: [
    'today.view',
    'statistics.view',
    'sources.view',
    'staff.view',
    'identity.view',
    'imports.view',
    'quality.view',
    'consents.view',
    'audit.view',
    'points.view',
    'coupons.view',
    'packs.view',
    'mall.view',
    'campaigns.view',
    'settings.view',
  ],
}

/** True when `role` may do `permission`, within the stores of the person. */
export function may(role: StaffRole, permission: Permission): boolean {
  return GRANTS[role].includes(permission)
}

/** Roles that `role` may give to others: an owner any, a manager cashiers of their own stores. */
export function rolesGivenBy(role: StaffRole): readonly StaffRole[] {
  switch (role) {
    case 'owner':
      return STAFF_ROLES
    case 'manager':
      return ['cashier']
    case 'operations':
    case 'cashier':
    case 'analyst':
    case 'auditor':
      return []
  }
}
