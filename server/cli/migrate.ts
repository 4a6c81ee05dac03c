import type { Config } from '../platform/config.js'
import { withDatabase } from './with-database.js'

/** Applies pending migrations and says which. */
export async function migrate(
  config: Config,
  _words: string[],
  say: (line: string) => void,
): Promise<number> {
  const applied = await withDatabase(config, (database) => database.migrate())
  for (const name of applied) say(`已执行 ${name}`)
  say(applied.length === 0 ? '数据库已是最新' : `共执行 ${String(applied.length)} 项`)
  return 0
}
