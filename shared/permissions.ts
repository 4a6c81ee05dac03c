// Who may do what in the console. One table, asked by the server for every call and by the pages
// to leave out what would be refused. Managers and cashiers act within the stores they were given.

/** owner: the whole chain. manager and cashier: the stores they were given. */
export const STAFF_ROLES = ['owner', 'manager', 'cashier'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

export const PERMISSIONS = [
  'today.view',
  'statistics.view',
  'sources.view',
  'parked.settle',
  'stores.manage',
  'terminals.manage',
  'staff.manage',
  'members.view',
  /** One member's full phone number; every view is written down. */
  'members.phone',
  'members.export',
  'campaigns.view',
  'campaigns.send',
  'settings.manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const GRANTS: Record<StaffRole, readonly Permission[]> = {
  owner: PERMISSIONS,
  manager: [
    'today.view',
    'statistics.view',
    'sources.view',
    'parked.settle',
    'terminals.manage',
    'staff.manage',
    'members.view',
    'members.phone',
    'members.export',
    'campaigns.view',
    'campaigns.send',
  ],
  cashier: ['today.view', 'members.view'],
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
    case 'cashier':
      return []
  }
}
