// A database with a big chain in it, seeded as the operator's command does.
import { seed } from '../../server/cli/seed.js'
import { readConfig, type Config } from '../../server/platform/config.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { createDatabase, type BenchDatabase, type DatabaseKind } from './bench-server.js'

/** How many members and purchases; each other one is somebody's, and gives points. */
export interface Scale {
  members: number
  purchases: number
}

/** A seeded database for as long as `work` runs; `keyring` opens it. */
export async function withSeeded(
  kind: DatabaseKind,
  { members, purchases }: Scale,
  work: (at: BenchDatabase, config: Config, keyring: string) => Promise<void>,
): Promise<void> {
  const at = await createDatabase(kind)
  try {
    const keyring = newKeyringJson()
    const config = readConfig({
      HUIKE_DATABASE_URL: at.url,
      HUIKE_DATA_DIR: at.directory,
      HUIKE_KEYRING: keyring,
      HUIKE_PORT: '0',
      HUIKE_SANDBOX: '1',
      HUIKE_LOG_LEVEL: 'silent',
    })
    const words = ['--members', String(members), '--purchases', String(purchases)]
    const code = await seed(config, words, (line) => process.stderr.write(`${line}\n`))
    if (code !== 0) throw new Error('the database was not seeded')
    await work(at, config, keyring)
  } finally {
    await at.drop()
  }
}
