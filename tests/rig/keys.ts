// The key commands as an operator runs them, and a database that holds something sealed in every
// column there is.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { MembersService } from '../../server/members/members.service.js'
import { contextIn, placeOf, sealedColumns } from '../../server/migrations/sealed-columns.js'
import type { Config } from '../../server/platform/config.js'
import type { Database } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import type { Keyring } from '../../server/platform/keyring.js'
import { runHere, type Ran } from './commands.js'
import type { OpenedDatabase } from './databases.js'
import { startProgram, type Program } from './processes.js'
import { repositoryPath } from './repository.js'

const MEMBERS_PER_INSERT = 500

export interface KeyCommands {
  /** `keys` with these words in this process, for what no other process has to be there for. */
  here(words: readonly string[]): Promise<Ran>
  /** `keys` with these words, in a process of its own. */
  start(words: readonly string[], env?: Record<string, string | undefined>): Program
  /** The same, run to its end. */
  run(
    words: readonly string[],
    env?: Record<string, string | undefined>,
  ): Promise<{ code: number | null; signal: string | null; output: string }>
}

/** Commands over `opened`, with its keyring in the file at `keyringPath`. */
export function keyCommands(opened: OpenedDatabase, keyringPath: string): KeyCommands {
  const settings = {
    HUIKE_DATABASE_URL: opened.url,
    HUIKE_DATA_DIR: opened.directory,
    HUIKE_KEYRING: keyringPath,
    HUIKE_SANDBOX: '1',
  }
  const start: KeyCommands['start'] = (words, env = {}) =>
    startProgram({
      args: [repositoryPath('server/dist/cli/main.js'), 'keys', ...words],
      env: { ...settings, HUIKE_CRASH_AT: undefined, NODE_ENV: undefined, ...env },
    })
  return {
    here: (words) => runHere(['keys', ...words], settings),
    start,
    run: async (words, env) => {
      const program = start(words, env)
      const { code, signal } = await program.exited
      return { code, signal, output: program.output() }
    },
  }
}

/** Where a test keeps a keyring file. */
export function keyringFileOf(opened: OpenedDatabase, json: string): string {
  const path = join(opened.directory, '..', 'keyring.json')
  writeFileSync(path, json)
  chmodSync(path, 0o600)
  return path
}

/** Writes `count` members with a phone number each, from 13900000000 on. */
export async function writeMembers(
  database: Database,
  keyring: Keyring,
  count: number,
): Promise<void> {
  const members = new MembersService({ keyring } as Config)
  const nowMs = Date.now()
  for (let from = 0; from < count; from += MEMBERS_PER_INSERT) {
    const people = Array.from({ length: Math.min(MEMBERS_PER_INSERT, count - from) }, (_, n) => ({
      member: members.newMember({
        ...{ id: mintId(nowMs), state: 'active', mergedIntoId: null, nowMs },
        ...{ registeredStoreId: null, registeredChannel: 'wechat' },
      }),
      phone: String(13_900_000_000 + from + n),
    }))
    await database.write(async (tx) => {
      await members.insertMembers(
        tx,
        people.map(({ member }) => member),
      )
      const identities = people.map(({ member, phone }) => ({
        ...{ memberId: member.id, kind: 'phone' as const, namespace: 'cn', value: phone },
        ...{ assurance: 'verified' as const, source: 'test', nowMs },
      }))
      await members.insertIdentities(tx, identities)
    })
  }
}

/** Every sealed value there is, by place: opened in its own row. Throws for one that does not open. */
export async function everySealedValue(
  database: Database,
  keyring: Keyring,
): Promise<Map<string, { sealed: string; text: string }[]>> {
  const found = new Map<string, { sealed: string; text: string }[]>()
  for (const column of sealedColumns()) {
    const rows = await database.read((rx) =>
      rx.rows<Record<string, string | null>>(`SELECT * FROM ${column.table}`),
    )
    const values = rows.flatMap((row) => {
      const sealed = row[column.column]
      if (sealed === null || sealed === undefined) return []
      const key = column.key.map((name) => String(row[name]))
      return [{ sealed, text: keyring.open(sealed, contextIn(column, key)) }]
    })
    found.set(placeOf(column), values)
  }
  return found
}

/** Every sealed value is sealed with this key. */
export async function expectSealedWith(
  database: Database,
  keyring: Keyring,
  keyId: string,
): Promise<void> {
  for (const [place, values] of await everySealedValue(database, keyring))
    expect([place, values.filter(({ sealed }) => !sealed.startsWith(`${keyId}.`))]).toEqual([
      place,
      [],
    ])
}
