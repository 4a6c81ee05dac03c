import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BoundaryRule } from './boundary-rules.js'

const PLACES = ['shared', 'server', 'pos-agent', 'miniapp']
const NOT_CRUISED = [
  '(^|/)dist/',
  '(^|/)\\.build/',
  '\\.spec\\.tsx?$',
  '\\.d\\.ts$',
  '\\.(scss|css|json|svg)$',
]

export interface Violation {
  rule: string
  from: string
  to: string
}

/** Checks the tree below `root` and returns what breaks the rules, one row per import. */
export async function findViolations(root: string, rules: BoundaryRule[]): Promise<Violation[]> {
  const places = PLACES.filter((place) => existsSync(join(root, place)))
  const { output } = await cruise(
    places,
    {
      baseDir: root,
      ruleSet: { forbidden: rules },
      validate: true,
      parser: 'tsc',
      tsPreCompilationDeps: true,
      exclude: { path: NOT_CRUISED },
      doNotFollow: { path: ['node_modules'] },
    },
    {
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      exportsFields: ['exports'],
      // The workspace's own packages are followed into their sources.
      conditionNames: ['huike-source', 'import', 'node', 'default'],
    },
  )
  const { summary } = output as ICruiseResult
  return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
}
