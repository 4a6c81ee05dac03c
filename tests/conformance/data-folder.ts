import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Real data with known answers lies beside the repository, not in it. Where it is absent the tests
// that need it say that they were skipped; with TEST_REQUIRE containing `data` they fail instead.

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The folder of the data, whether or not it exists. */
export const dataFolder = join(repository, '..', 'shared', 'data')

/** Is the data there? Throws when it is not and TEST_REQUIRE asks for it. */
export function hasData(): boolean {
  if (existsSync(join(dataFolder, 'pos'))) return true
  if ((process.env.TEST_REQUIRE ?? '').split(/[,\s]+/).includes('data'))
    throw new Error('TEST_REQUIRE asks for data, and there is none in ../shared/data')
  return false
}
