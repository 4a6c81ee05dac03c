import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { schema } from '../../server/migrations/schema.js'
import { KEY_CRASH_POINTS } from '../../server/platform/crash-points.js'
import type { Database } from '../../server/platform/database.js'
import { keyringFileContent } from '../../server/platform/keyring-file.js'
import { Keyring, loadKeyring, newKeyringJson } from '../../server/platform/keyring.js'
import { openDatabase } from '../../server/platform/open-database.js'
import {
  describeEachDatabase,
  openDatabase as openTestDatabase,
  type DatabaseKit,
  type OpenedDatabase,
} from '../rig/databases.js'
import {
  everySealedValue,
  expectSealedWith,
  keyCommands,
  keyringFileOf,
  writeMembers,
  type KeyCommands,
} from '../rig/keys.js'
import { sharedOut } from '../rig/long.js'
import { repositoryPath } from '../rig/repository.js'

// The change of the sealing key is killed at every step, and each time the next run makes it whole.
// And it waits: for a server that has not the new key, and for a secret that only a person can change.

const MEMBERS = 700
const STORY_MS_MAX = 240_000

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

/** A database with members, its keyring in a file beside it, and the commands over both. */
class Place {
  readonly huike: KeyCommands
  readonly #keyringPath: string

  private constructor(
    private readonly opened: OpenedDatabase,
    readonly database: Database,
    firstJson: string,
  ) {
    this.#keyringPath = keyringFileOf(opened, firstJson)
    this.huike = keyCommands(opened, this.#keyringPath)
  }

  static async open(kit: DatabaseKit): Promise<Place> {
    const opened = await kit.open()
    const firstJson = newKeyringJson()
    const database = await openDatabase(opened.url, schema)
    await database.migrate()
    await writeMembers(database, new Keyring(firstJson), MEMBERS)
    return new Place(opened, database, firstJson)
  }

  ring(): Keyring {
    return loadKeyring(this.#keyringPath)
  }

  /** The key that the file says is in use. */
  activeInFile(): string {
    return keyringFileContent(this.#keyringPath).active
  }

  filesBeside(): string[] {
    return readdirSync(dirname(this.#keyringPath))
  }

  async phones(): Promise<number> {
    const sealed = await everySealedValue(this.database, this.ring())
    const values = sealed.get('identity.valueSealed') ?? []
    return new Set(values.map(({ text }) => text)).size
  }

  keyStates(): Promise<{ id: string; state: string }[]> {
    return this.database.read((rx) => rx.rows('SELECT id, state FROM sealing_key ORDER BY id'))
  }

  openRotations(): Promise<unknown[]> {
    return this.database.read((rx) =>
      rx.rows("SELECT id FROM key_rotation WHERE openMark = 'open'"),
    )
  }

  async close(): Promise<void> {
    await this.database.close()
    await this.opened.drop()
  }
}

/** One change after the other: each is killed at its point, and made whole. */
async function changeAndKill(place: Place, points: readonly string[]): Promise<void> {
  const { huike, database } = place
  for (const [index, label] of points.entries()) {
    const killed = await huike.run(['rotate'], { HUIKE_CRASH_AT: label })
    expect([label, killed.signal]).toEqual([label, 'SIGKILL'])
    // Whatever it left: everything opens with the keyring as it is.
    expect([label, await place.phones()]).toEqual([label, MEMBERS])
    const again = await huike.run(['rotate'])
    expect([label, again.code, again.output]).toEqual([
      label,
      0,
      expect.stringContaining(`已换成 k${String(index + 2)}`),
    ])
    await expectSealedWith(database, place.ring(), `k${String(index + 2)}`)
    expect([label, await place.phones()]).toEqual([label, MEMBERS])
  }
  const keys = await place.keyStates()
  expect(keys.length).toBe(points.length + 1)
  expect(keys.filter(({ state }) => state === 'active').length).toBe(1)
  expect(await place.openRotations()).toEqual([])
  expect(place.filesBeside().filter((name) => name.endsWith('.part'))).toEqual([])
}

describeEachDatabase('a change of the sealing key', (kit) => {
  /** Whoever goes on waits for the dead one to stay silent: two databases are waited for at once. */
  let places: readonly Place[]
  let place: Place

  beforeAll(async () => {
    place = await Place.open(kit)
    places = [place, await Place.open(kit)]
  }, 120_000)
  afterAll(async () => {
    for (const one of places) await one.close()
  })

  it(
    'is made whole by the next run, wherever it was killed',
    async () => {
      const points = sharedOut(KEY_CRASH_POINTS, kit.kind).map((label) =>
        label.endsWith('-batch') ? `${label}:2` : label,
      )
      const shareOf = (of: number) => points.filter((_, n) => n % places.length === of)
      expect(places.flatMap((_, n) => shareOf(n)).sort()).toEqual([...points].sort())
      // All of them are waited for, or one that failed would leave a program behind.
      const ends = await Promise.allSettled(places.map((one, n) => changeAndKill(one, shareOf(n))))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
    STORY_MS_MAX,
  )

  it(
    'leaves what does not open as it is, names it, and keeps the key it may need',
    async () => {
      const before = place.ring().active
      await place.database.write((tx) =>
        tx.insert(
          'parked_event',
          ['eventId', 'terminalId', 'code', 'payloadSealed', 'receivedAtMs'],
          [['torn', 'x', 'receipt_conflict', `${before}.${'A'.repeat(60)}`, 1]],
        ),
      )
      const rotated = await place.huike.run(['rotate'])
      expect(rotated.code).toBe(1)
      expect(rotated.output).toContain('打不开：parked_event.payloadSealed torn')
      expect(rotated.output).toContain('有 1 项打不开')
      expect(await place.openRotations()).toEqual([])
      expect((await place.huike.run(['retire', before])).output).toContain(
        'parked_event.payloadSealed',
      )
      await place.database.write((tx) => tx.run("DELETE FROM parked_event WHERE eventId = 'torn'"))
    },
    STORY_MS_MAX,
  )

  it(
    'waits for a server that has not the new key, and goes on when it has',
    async () => {
      const before = place.ring()
      const held = JSON.stringify(before.fingerprints())
      const columns = ['id', 'label', 'keysHeld', 'sealsWith', 'beats', 'startedAtMs', 'seenAtMs']
      const row = ['elsewhere', 'another-machine 7', held, before.active, 0, 1, 1]
      await place.database.write((tx) => tx.insert('key_server', columns, [row]))
      let isCopied = false
      const beating = setInterval(() => {
        const now = isCopied ? place.ring() : before
        void place.database.write(async (tx) => {
          const [active] = await tx.rows<{ id: string }>(
            "SELECT id FROM sealing_key WHERE state = 'active'",
          )
          await tx.run(
            "UPDATE key_server SET keysHeld = ?, sealsWith = ?, beats = beats + 1 WHERE id = 'elsewhere'",
            [JSON.stringify(now.fingerprints()), active?.id ?? ''],
          )
        })
      }, 300)
      try {
        const waited = await place.huike.run(['rotate', '--wait', '0.05'])
        expect(waited.code).toBe(1)
        expect(waited.output).toContain('another-machine 7')
        const [fresh] = (await place.keyStates()).filter(({ state }) => state === 'published')
        expect(fresh?.id).toBeDefined()
        // Nobody seals with it: the other server could not open that.
        expect(place.activeInFile()).toBe(before.active)
        await expectSealedWith(place.database, place.ring(), before.active)

        isCopied = true
        await pause(1_000)
        const done = await place.huike.run(['rotate'])
        expect([done.code, done.output]).toEqual([
          0,
          expect.stringContaining(`已换成 ${fresh?.id ?? ''}`),
        ])
        await expectSealedWith(place.database, place.ring(), fresh?.id ?? '')
      } finally {
        clearInterval(beating)
        await pause(500)
        await place.database.write((tx) => tx.run("DELETE FROM key_server WHERE id = 'elsewhere'"))
      }
    },
    STORY_MS_MAX,
  )
})

describe('a keyring that is a secret in the environment', () => {
  it(
    'is changed by a person, and then sealed with anew without a restart',
    async () => {
      const opened = await openTestDatabase('sqlite')
      const firstJson = newKeyringJson()
      const huike = keyCommands(opened, firstJson)
      const database = await openDatabase(opened.url, schema)
      try {
        await database.migrate()
        await writeMembers(database, new Keyring(firstJson), 300)
        const refused = await huike.run(['rotate'])
        expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('什么都没有做')])
        const rotations = await database.read((rx) => rx.rows('SELECT id FROM key_rotation'))
        expect(rotations).toEqual([])

        const added = await huike.run(['secret', '--add'])
        const secondJson = added.output.trim()
        const second = new Keyring(secondJson)
        expect([second.active, Object.keys(second.fingerprints())]).toEqual(['k1', ['k1', 'k2']])
        const withSecond = { HUIKE_KEYRING: secondJson }
        expect((await huike.run(['secret', '--add'], withSecond)).output.trim()).toBe(secondJson)
        const rotated = await huike.run(['rotate'], withSecond)
        expect([rotated.code, rotated.output]).toEqual([0, expect.stringContaining('已换成 k2')])
        await expectSealedWith(database, second, 'k2')
        await database.write((tx) =>
          tx.run("UPDATE sealing_key SET activatedAtMs = 1 WHERE id = 'k2'"),
        )
        expect((await huike.run(['retire', 'k1'], withSecond)).code).toBe(0)
        const third = new Keyring((await huike.run(['secret'], withSecond)).output.trim())
        expect([third.active, Object.keys(third.fingerprints())]).toEqual(['k2', ['k2']])
        await expectSealedWith(database, third, 'k2')
        expect((await huike.run(['list'], { HUIKE_KEYRING: firstJson })).code).toBe(1)
      } finally {
        await database.close()
        await opened.drop()
      }
    },
    STORY_MS_MAX,
  )
})
