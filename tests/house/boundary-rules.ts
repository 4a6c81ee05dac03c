// Who may import whom: the table of the design as rules for dependency-cruiser. A rule is written
// as what a place may import; everything else is refused, so a new folder has to be thought about.
// Specs are not cruised: a test may reach for anything.

export interface BoundaryRule {
  name: string
  severity: 'error'
  from: { path: string[]; pathNot?: string[] }
  to: {
    path?: string[]
    pathNot?: string[]
    circular?: boolean
    reachable?: boolean
    couldNotResolve?: boolean
    dependencyTypes?: ('core' | 'npm-no-pkg' | 'npm-unknown' | 'npm-dev')[]
    dependencyTypesNot?: ('core' | 'type-only')[]
    viaOnly?: { dependencyTypesNot: 'type-only'[] }
  }
}

/** The domain modules, downhill: each may use those before it. */
export const DOMAIN_MODULES = [
  'stores',
  'integrations',
  'staff',
  'members',
  'consent',
  'rights',
  'purchases',
  'pickups',
  'points',
  'reviews',
  'referrals',
  'levels',
  'coupons',
  'packs',
  'mall',
  'segments',
  'messages',
  'campaigns',
  'service',
  'reports',
  'quality',
  'imports',
] as const

/** Files something outside the code starts: a command, a bundler, a thread, a child process. */
export const ENTRY_POINTS = [
  '/main\\.tsx?$',
  '/vite\\.config\\.ts$',
  '\\.worker\\.ts$',
  '^miniapp/config/',
  '^miniapp/babel\\.config\\.js$',
  '^miniapp/src/app\\.(tsx|config\\.ts)$',
  '^miniapp/src/.*/index\\.(tsx|config\\.ts)$',
  // Held by tests of the mini-program and of the till: started from there.
  '^pos-agent/simulator/',
]

const ANY_PACKAGE = '(^|/)node_modules/'
const OWN_CODE = '^(shared|server|pos-agent|miniapp|tests)/'
const SHARED = '^shared/'
const PLATFORM = '^server/platform/'
const ANY_MODULE = `^server/(${DOMAIN_MODULES.join('|')})/`
// A module is met through its service; its NestJS module has to be named to get at the service.
const MODULE_FACE = `^server/(${DOMAIN_MODULES.join('|')})/[^/]+\\.(service|module)\\.ts$`

/** Matches a package by name, installed anywhere, or by its bare name where it is not. */
function npm(name: string): string {
  return `(^|node_modules/)${name}(/|$)`
}

/** `from` may import these of our own files, and any package or Node module. */
function mayUse(name: string, from: string | string[], to: string[], pathNot?: string[]) {
  const rule: BoundaryRule = {
    name,
    severity: 'error',
    from: { path: [from].flat(), ...(pathNot ? { pathNot } : {}) },
    to: { path: [OWN_CODE], pathNot: [...to, ANY_PACKAGE] },
  }
  return rule
}

/** `from` may import these and nothing else: no other package, no other Node module. */
function mayUseOnly(name: string, from: string, to: string[]): BoundaryRule {
  return { name, severity: 'error', from: { path: [from] }, to: { path: [''], pathNot: to } }
}

function onlyImporter(packages: string[], importers: string[]): BoundaryRule {
  return {
    name: `single-importer: ${packages[0] ?? ''}`,
    severity: 'error',
    from: { path: [OWN_CODE], pathNot: ['^tests/', ...importers] },
    to: { path: packages.map(npm) },
  }
}

const DOMAIN_RULES = DOMAIN_MODULES.flatMap((module, index) => {
  const own = `^server/${module}/`
  const uphill = DOMAIN_MODULES.slice(index + 1).map((later) => `^server/${later}/`)
  return [
    mayUse(`module: ${module}`, own, [own, ANY_MODULE, PLATFORM, SHARED]),
    ...(uphill.length === 0 ? [] : [refuse(`downhill: ${module}`, [own], uphill)]),
    throughTheService(module, [own], [own]),
  ]
})

function refuse(name: string, from: string[], to: string[], toNot: string[] = []): BoundaryRule {
  const pathNot = toNot.length > 0 ? { pathNot: toNot } : {}
  return { name, severity: 'error', from: { path: from }, to: { path: to, ...pathNot } }
}

// The type of what a service returns may be named; the class itself, and helpers, may not.
function throughTheService(who: string, from: string[], own: string[]): BoundaryRule {
  const rule = refuse(`through-the-service: ${who}`, from, [ANY_MODULE], [...own, MODULE_FACE])
  return { ...rule, to: { ...rule.to, dependencyTypesNot: ['type-only'] } }
}

const SERVER_RULES = [
  mayUse('platform', PLATFORM, [PLATFORM, SHARED]),
  // The list of entities stands with the migrations: a test compares the two.
  mayUse('migrations', '^server/migrations/', [
    ...['^server/migrations/', '\\.entity\\.ts$', PLATFORM, SHARED],
  ]),
  mayUse('sandbox', '^server/sandbox/', ['^server/sandbox/', PLATFORM, SHARED]),
  ...DOMAIN_RULES,
  mayUse('flows', '^server/flows/', ['^server/flows/', ANY_MODULE, PLATFORM, SHARED]),
  mayUse('doors', '^server/doors/', [
    ...['^server/doors/', '^server/flows/', ANY_MODULE, PLATFORM, SHARED],
  ]),
  throughTheService('flows and doors', ['^server/flows/', '^server/doors/'], []),
  mayUse('server', '^server/(?!console/)', ['^server/(?!console/)', SHARED]),
  mayUse('console', '^server/console/', ['^server/console/', SHARED]),
]

const AGENT_RULES = [
  mayUse('pos-agent', '^pos-agent/(?!cashier/)', ['^pos-agent/(?!cashier/)', SHARED]),
  mayUse('cashier page', '^pos-agent/cashier/', ['^pos-agent/cashier/', SHARED]),
  refuse('sources apart', ['^pos-agent/sources/'], ['^pos-agent/(uplink|service)/']),
  refuse('uplink apart', ['^pos-agent/uplink/'], ['^pos-agent/(sources|service)/']),
  refuse('cashier apart', ['^pos-agent/service/cashier'], ['^pos-agent/(sources|uplink)/']),
  refuse('store below', ['^pos-agent/store/'], ['^pos-agent/(sources|uplink|service)/']),
  mayUseOnly('parse is pure', '^pos-agent/parse/', [
    '^pos-agent/parse/',
    SHARED,
    'node_modules/(zod|csv-parse)/',
  ]),
  {
    name: 'tap stands alone',
    severity: 'error',
    from: { path: ['^pos-agent/tap/'] },
    to: { path: [''], pathNot: ['^pos-agent/tap/'], dependencyTypesNot: ['core'] },
  } satisfies BoundaryRule,
  refuse('simulator apart', ['^pos-agent/simulator/'], ['^pos-agent/(?!parse/|simulator/)']),
]

const PAGE_RULES = [
  mayUse('miniapp', '^miniapp/', ['^miniapp/', SHARED]),
  {
    name: 'pages run in browsers',
    severity: 'error',
    from: { path: ['^(server/console|pos-agent/cashier|miniapp)/src/'] },
    to: { dependencyTypes: ['core'] },
  } satisfies BoundaryRule,
]

const DATABASE_GATES = [
  '^server/platform/database[^/]*\\.ts$',
  '^server/migrations/',
  '^pos-agent/store/database\\.ts$',
]

const SINGLE_IMPORTERS = [
  onlyImporter(['wechatpay-node-v3'], ['^server/platform/wechat-pay\\.ts$']),
  onlyImporter(
    ['jsonwebtoken'],
    ['^server/platform/auth\\.ts$', '^pos-agent/uplink/device-token\\.ts$'],
  ),
  onlyImporter(['mysql2', 'better-sqlite3', 'typeorm/driver'], DATABASE_GATES),
]

// A cycle of types alone is gone before anything runs; a cycle of values crashes decorated classes.
const SHAPE_RULES: BoundaryRule[] = [
  {
    name: 'no cycles',
    severity: 'error',
    from: { path: [OWN_CODE] },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'no orphans',
    severity: 'error',
    from: { path: ENTRY_POINTS },
    to: {
      path: ['^(server|pos-agent|miniapp)/'],
      pathNot: [...ENTRY_POINTS, ANY_PACKAGE],
      reachable: false,
    },
  },
  {
    // What bundlers are configured with may use the tools of the root.
    name: 'declared packages',
    severity: 'error',
    from: { path: [OWN_CODE], pathNot: ['^tests/', '^miniapp/config/'] },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
]

/** Every rule, in the order they are reported. */
export const BOUNDARY_RULES: BoundaryRule[] = [
  mayUseOnly('shared', SHARED, [SHARED, npm('zod'), npm('ulid')]),
  ...SERVER_RULES,
  ...AGENT_RULES,
  ...PAGE_RULES,
  ...SINGLE_IMPORTERS,
  ...SHAPE_RULES,
]
