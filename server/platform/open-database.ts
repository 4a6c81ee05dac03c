import type { Database } from './database.js'
import { openMysql } from './database.mysql.js'
import { openSqlite } from './database.sqlite.js'
import type { Migrations } from './database.typeorm.js'

/** Opens the database that `url` names: `sqlite:PATH` or `mysql://user:password@host:port/name`. */
export function openDatabase(url: string, schema: Migrations): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), schema)
  if (url.startsWith('mysql://')) return openMysql(url, schema)
  throw new Error('HUIKE_DATABASE_URL must be sqlite:PATH or mysql://user:password@host:port/name')
}
