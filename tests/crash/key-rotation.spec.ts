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

describeEachDatabase('a change of the sealing key', (kit) => {
  let opened: OpenedDatabase
  let database: Database
  let firstJson: string
  let keyringPath: string
  let huike: KeyCommands

  beforeAll(async () => {
    opened = await kit.open()
    firstJson = newKeyringJson()
    keyringPath = keyringFileOf(opened, firstJson)
    huike = keyCommands(opened, keyringPath)
    database = await openDatabase(opened.url, schema)
    await database.migrate()
    await writeMembers(database, new Keyring(firstJson), MEMBERS)
  }, 120_000)
  afterAll(async () => {
    await database.close()
    await opened.drop()
  })

  const ring = () => loadKeyring(keyringPath)
  const phones = async () => {
    const values = (await everySealedValue(database, ring())).get('identity.valueSealed') ?? []
    return new Set(values.map(({ text }) => text)).size
  }
  const keyStates = () =>
    database.read((rx) =>
      rx.rows<{ id: string; state: string }>('SELECT id, state FROM sealing_key ORDER BY id'),
    )
  const openRotations = () =>
    database.read((rx) => rx.rows("SELECT id FROM key_rotation WHERE openMark = 'open'"))

  it(
    'is made whole by the next run, wherever it was killed',
    async () => {
      const points = sharedOut(KEY_CRASH_POINTS, opened.kind).map((label) =>
        label.endsWith('-batch') ? `${label}:2` : label,
      )
      for (const [index, label] of points.entries()) {
        const killed = await huike.run(['rotate'], { HUIKE_CRASH_AT: label })
        expect([label, killed.signal]).toEqual([label, 'SIGKILL'])
        // Whatever it left: everything opens with the keyring as it is.
        expect([label, await phones()]).toEqual([label, MEMBERS])
        const again = await huike.run(['rotate'])
        expect([label, again.code, again.output]).toEqual([
          label,
          0,
          expect.stringContaining(`已换成 k${String(index + 2)}`),
        ])
        await expectSealedWith(database, ring(), `k${String(index + 2)}`)
        expect([label, await phones()]).toEqual([label, MEMBERS])
      }
      const keys = await keyStates()
      expect(keys.length).toBe(points.length + 1)
      expect(keys.filter(({ state }) => state === 'active').length).toBe(1)
      expect(await openRotations()).toEqual([])
      const names = readdirSync(dirname(keyringPath))
      expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
    },
    STORY_MS_MAX,
  )

  it(
    'leaves what does not open as it is, names it, and keeps the key it may need',
    async () => {
      const before = ring().active
      await database.write((tx) =>
        tx.insert(
          'parked_event',
          ['eventId', 'terminalId', 'code', 'payloadSealed', 'receivedAtMs'],
          [['torn', 'x', 'receipt_conflict', `${before}.${'A'.repeat(60)}`, 1]],
        ),
      )
      const rotated = await huike.run(['rotate'])
      expect(rotated.code).toBe(1)
      expect(rotated.output).toContain('打不开：parked_event.payloadSealed torn')
      expect(rotated.output).toContain('有 1 项打不开')
      expect(await openRotations()).toEqual([])
      expect((await huike.run(['retire', before])).output).toContain('parked_event.payloadSealed')
      await database.write((tx) => tx.run("DELETE FROM parked_event WHERE eventId = 'torn'"))
    },
    STORY_MS_MAX,
  )

  it(
    'waits for a server that has not the new key, and goes on when it has',
    async () => {
      const before = ring()
      const held = JSON.stringify(before.fingerprints())
      const columns = ['id', 'label', 'keysHeld', 'sealsWith', 'beats', 'startedAtMs', 'seenAtMs']
      const row = ['elsewhere', 'another-machine 7', held, before.active, 0, 1, 1]
      await database.write((tx) => tx.insert('key_server', columns, [row]))
      let isCopied = false
      const beating = setInterval(() => {
        const now = isCopied ? ring() : before
        void database.write(async (tx) => {
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
        const waited = await huike.run(['rotate', '--wait', '0.05'])
        expect(waited.code).toBe(1)
        expect(waited.output).toContain('another-machine 7')
        const [fresh] = (await keyStates()).filter(({ state }) => state === 'published')
        expect(fresh?.id).toBeDefined()
        // Nobody seals with it: the other server could not open that.
        expect(keyringFileContent(keyringPath).active).toBe(before.active)
        await expectSealedWith(database, ring(), before.active)

        isCopied = true
        await pause(1_000)
        const done = await huike.run(['rotate'])
        expect([done.code, done.output]).toEqual([
          0,
          expect.stringContaining(`已换成 ${fresh?.id ?? ''}`),
        ])
        await expectSealedWith(database, ring(), fresh?.id ?? '')
      } finally {
        clearInterval(beating)
        await pause(500)
        await database.write((tx) => tx.run("DELETE FROM key_server WHERE id = 'elsewhere'"))
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
