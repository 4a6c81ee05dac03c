import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { repositoryRoot } from '../rig/repository.js'
import { BOUNDARY_RULES } from './boundary-rules.js'
import { findViolations, type Violation } from './cruise.js'

describe('the tree', () => {
  let violations: Violation[] = []
  const found = (isAbout: (rule: string) => boolean) =>
    violations
      .filter(({ rule }) => isAbout(rule))
      .map(({ rule, from, to }) => `${rule}: ${from}${from === to ? '' : ` → ${to}`}`)

  beforeAll(async () => {
    violations = await findViolations(repositoryRoot(), BOUNDARY_RULES)
  })

  it('imports only what the design allows', () => {
    expect(found((rule) => rule !== 'no cycles' && rule !== 'no orphans')).toEqual([])
  })

  it('has no cycles', () => {
    expect(found((rule) => rule === 'no cycles')).toEqual([])
  })

  it('has no file that no program uses', () => {
    expect(found((rule) => rule === 'no orphans')).toEqual([])
  })
})

// Negative control: the same rules over a tree that breaks each of them, and keeps each of them.
describe('the rules', () => {
  const broken: [rule: string, from: string, to: string][] = [
    ['shared', 'shared/points.ts', 'server/platform/clock.ts'],
    ['shared', 'shared/ids.ts', 'node:crypto'],
    ['shared', 'shared/dates.ts', 'pino'],
    ['platform', 'server/platform/clock.ts', 'server/members/members.service.ts'],
    ['sandbox', 'server/sandbox/wechat.ts', 'server/members/members.service.ts'],
    ['downhill: members', 'server/members/members.service.ts', 'server/points/points.service.ts'],
    ['through-the-service: points', 'server/points/a.ts', 'server/members/member.entity.ts'],
    ['through-the-service: flows and doors', 'server/doors/a.ts', 'server/staff/staff.entity.ts'],
    ['module: coupons', 'server/coupons/a.ts', 'server/flows/take-checkout.ts'],
    ['flows', 'server/flows/take-checkout.ts', 'server/doors/agent.controller.ts'],
    ['server', 'server/cli/seed.ts', 'pos-agent/store/outbox.ts'],
    ['console', 'server/console/src/app.tsx', 'server/platform/money.ts'],
    ['pos-agent', 'pos-agent/service/run.ts', 'server/platform/money.ts'],
    ['cashier page', 'pos-agent/cashier/src/app.tsx', 'pos-agent/store/outbox.ts'],
    ['miniapp', 'miniapp/src/money.ts', 'server/platform/money.ts'],
    ['pages run in browsers', 'miniapp/src/files.ts', 'node:fs'],
    ['sources apart', 'pos-agent/sources/serial.ts', 'pos-agent/uplink/send.ts'],
    ['uplink apart', 'pos-agent/uplink/send.ts', 'pos-agent/sources/folder.ts'],
    ['cashier apart', 'pos-agent/service/cashier-api.ts', 'pos-agent/uplink/send.ts'],
    ['store below', 'pos-agent/store/outbox.ts', 'pos-agent/uplink/send.ts'],
    ['parse is pure', 'pos-agent/parse/escpos.ts', 'node:fs'],
    ['tap stands alone', 'pos-agent/tap/listen.ts', 'pino'],
    ['tap stands alone', 'pos-agent/tap/spool.ts', 'pos-agent/store/outbox.ts'],
    ['simulator apart', 'pos-agent/simulator/till.ts', 'pos-agent/tap/listen.ts'],
    ['single-importer: wechatpay-node-v3', 'server/platform/pay.ts', 'wechatpay-node-v3'],
    ['single-importer: jsonwebtoken', 'server/doors/login.ts', 'jsonwebtoken'],
    ['single-importer: mysql2', 'server/flows/fast.ts', 'mysql2/promise'],
    ['single-importer: mysql2', 'pos-agent/store/rows.ts', 'better-sqlite3'],
    ['single-importer: mysql2', 'server/staff/a.ts', 'typeorm/driver/mysql/MysqlDriver.js'],
  ]
  const kept: [from: string, to: string][] = [
    ['shared/phone.ts', 'zod'],
    ['server/points/points.service.ts', 'server/members/members.service.ts'],
    ['server/reports/reports.service.ts', 'server/staff/staff.service.ts'],
    ['server/flows/refund.ts', 'server/points/points.service.ts'],
    ['server/doors/member.ts', 'server/flows/refund.ts'],
    ['server/platform/auth.ts', 'jsonwebtoken'],
    ['server/platform/database.mysql.ts', 'mysql2/promise'],
    ['pos-agent/store/database.ts', 'better-sqlite3'],
    ['pos-agent/sources/print.ts', 'pos-agent/store/inbox.ts'],
    ['pos-agent/service/main.ts', 'pos-agent/uplink/quiet.ts'],
    ['pos-agent/tap/write.ts', 'node:fs'],
    ['pos-agent/simulator/paper.ts', 'pos-agent/parse/document.ts'],
    ['miniapp/src/coupon.ts', 'shared/phone.ts'],
  ]
  // Naming the type of what a service returns is no more than using the service.
  const typeOnly = { from: 'server/flows/typed.ts', to: 'server/staff/typed.entity.ts' }
  const tree = realpathSync(mkdtempSync(join(tmpdir(), 'huike-boundaries-')))
  let violations: Violation[] = []

  beforeAll(async () => {
    writeTree(tree, [...broken.map(([, from, to]): [string, string] => [from, to]), ...kept])
    writeTree(tree, [
      ['server/stores/a-cycle.ts', 'server/stores/b-cycle.ts'],
      ['server/stores/b-cycle.ts', 'server/stores/a-cycle.ts'],
    ])
    writeFileSync(ready(tree, typeOnly.to), 'export class Staff {}\n')
    const source = `import type { Staff } from '${relativeSpecifier(typeOnly.from, typeOnly.to)}'`
    writeFileSync(ready(tree, typeOnly.from), `${source}\nexport type Mine = Staff\n`)
    violations = await findViolations(tree, BOUNDARY_RULES)
  })
  afterAll(() => {
    rmSync(tree, { recursive: true })
  })

  it.each(broken)('refuse by "%s" that %s imports %s', (rule, from, to) => {
    const found = violations.filter((violation) => violation.from === from)
    expect(found.map((violation) => violation.rule)).toContain(rule)
    expect(found.map((violation) => `node:${violation.to} ${violation.to}`).join()).toContain(to)
  })

  it.each(kept)('allow that %s imports %s', (from, to) => {
    const found = violations.filter(
      (violation) => violation.from === from && to.includes(violation.to),
    )
    expect(found).toEqual([])
  })

  it('allow flows to name the type of another module', () => {
    const found = violations.filter(({ from, to }) => from === typeOnly.from && to === typeOnly.to)
    expect(found).toEqual([])
  })

  it('see a cycle', () => {
    const cycles = violations.filter((violation) => violation.rule === 'no cycles')
    expect(cycles.map((violation) => violation.from)).toContain('server/stores/a-cycle.ts')
  })

  it('see a file nothing leads to, and not one an entry point leads to', () => {
    const orphans = violations.filter((violation) => violation.rule === 'no orphans')
    const paths = orphans.map((violation) => violation.to)
    expect(paths).toContain('server/members/members.service.ts')
    expect(paths).not.toContain('pos-agent/uplink/quiet.ts')
    expect(paths).not.toContain('pos-agent/service/main.ts')
  })
})

/** Writes both ends of every import; a file that imports several things has a line for each. */
function writeTree(tree: string, imports: [from: string, to: string][]) {
  for (const [from, to] of imports) {
    const inTree = /\.tsx?$/.test(to)
    if (inTree) writeFileSync(ready(tree, to), '', { flag: 'a' })
    const specifier = inTree ? relativeSpecifier(from, to) : to
    writeFileSync(ready(tree, from), `import * as used from '${specifier}'\nused\n`, { flag: 'a' })
  }
}

function ready(tree: string, file: string): string {
  const path = join(tree, file)
  mkdirSync(dirname(path), { recursive: true })
  return path
}

function relativeSpecifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.tsx?$/, '.js')
  return path.startsWith('.') ? path : `./${path}`
}
