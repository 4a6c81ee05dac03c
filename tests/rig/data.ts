import { describe } from '@jest/globals'
import { existsSync } from 'node:fs'
import { repositoryPath } from './repository.js'

// Real data with known answers lies beside the repository and is never copied into it.

/** The path of a file or folder of the real data: `dataPath('pos', 'receipts')`. */
export function dataPath(...parts: string[]): string {
  return repositoryPath('..', 'shared', 'data', ...parts)
}

/** A suite about the real data; skipped where the data is not there. */
export function describeData(title: string, suite: () => void): void {
  if (existsSync(dataPath())) describe(title, suite)
  else describe.skip(`${title} (skipped: no ../shared/data)`, suite)
}
