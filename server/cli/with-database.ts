import { schema } from '../migrations/schema.js'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { openDatabase } from '../platform/open-database.js'

/** Opens the database alone for the time of `work`. */
export async function withDatabase<T>(
  config: Config,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(config.databaseUrl, schema)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
