import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { KeyWatch } from '../../server/platform/key-watch.js'
import { keyringFileContent } from '../../server/platform/keyring-file.js'
import {
  Keyring,
  KeyringError,
  loadKeyring,
  newKeyringJson,
} from '../../server/platform/keyring.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import {
  expectSealedWith,
  everySealedValue,
  keyCommands,
  keyringFileOf,
  writeMembers,
  type KeyCommands,
} from '../rig/keys.js'
import { openShop, startReceiver, type Receiver } from '../rig/open.js'
import { repositoryPath } from '../rig/repository.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'
import { startTraffic, type Traffic } from '../rig/traffic.js'
import { newWechatShopper } from '../rig/wechat-shopper.js'

// The sealing key is changed while the shop runs, the change killed in the middle and taken up again;
// no request fails, nothing is left under the old key, and only then can it be done away with.

const MEMBERS = 1_500
const STORY_MS_MAX = 240_000
/** A key is settled a minute after the change. */
const MINUTE_MS = 60_000

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

describeEachDatabase('changing the sealing key', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let receiver: Receiver
  let firstJson: string
  let keyringPath: string
  let huike: KeyCommands
  let startOneTraffic: () => Traffic

  beforeAll(async () => {
    opened = await kit.open()
    firstJson = newKeyringJson()
    keyringPath = keyringFileOf(opened, firstJson)
    huike = keyCommands(opened, keyringPath)
    server = await startTestServer(opened, { HUIKE_KEYRING: keyringPath }, { time: 'system' })
    receiver = await startReceiver()
    await writeMembers(server.database, new Keyring(firstJson), MEMBERS)
    const till = await enrolTill(server)
    const shop = await openShop(server)
    const hook = { url: `${receiver.url}/hook`, eventTypes: ['purchase.recorded'] }
    expect((await shop.call('POST', 'webhooks', hook)).status).toBe(200)
    const owner = await signInAs(server, 'owner')
    const shopper = await newWechatShopper(server)
    startOneTraffic = () => startTraffic({ server, till, shop, owner, shopper })
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await receiver.close()
    await opened.drop()
  })

  const watch = () => server.app.get(KeyWatch)
  const ring = () => loadKeyring(keyringPath)
  const states = async () => {
    const rows = await server.database.read((rx) =>
      rx.rows<{ id: string; state: string }>('SELECT id, state FROM sealing_key ORDER BY id'),
    )
    return Object.fromEntries(rows.map(({ id, state }) => [id, state]))
  }
  const copies = () =>
    readdirSync(dirname(keyringPath)).filter((name) => name.startsWith('keyring.json.'))

  it(
    'fails no request: killed in the middle, taken up again by one of two, and finished',
    async () => {
      const before = await everySealedValue(server.database, ring())
      const traffic = startOneTraffic()
      const killed = await huike.run(['rotate'], { HUIKE_CRASH_AT: 'keys.after-batch:4' })
      expect(killed).toMatchObject({ signal: 'SIGKILL' })
      expect(await states()).toEqual({ k1: 'old', k2: 'active' })
      // The shop goes on between the two keys for as long as it takes.
      await pause(1_000)
      const both = [huike.start(['rotate']), huike.start(['rotate'])]
      const exits = await Promise.all(both.map(({ exited }) => exited))
      await pause(500)
      await traffic.stop()

      expect(traffic.failures).toEqual([])
      for (const kind of ['sale', 'sign-in', 'profile', 'pages', 'console', 'export', 'order'])
        expect([kind, (traffic.counts[kind] ?? 0) > 0]).toEqual([kind, true])
      expect(exits.map(({ code }) => code).sort()).toEqual([0, 1])
      const refused = both[exits.findIndex(({ code }) => code === 1)]
      expect(refused?.output()).toContain('另一个进程正在轮换密钥')
      const finished = both[exits.findIndex(({ code }) => code === 0)]
      expect(finished?.output()).toMatch(/已换成 k2，重新密封 [1-9]/)

      await expectSealedWith(server.database, ring(), 'k2')
      const after = await everySealedValue(server.database, ring())
      for (const [place, values] of before)
        if (!place.startsWith('member_profile'))
          expect(after.get(place)?.map(({ text }) => text)).toEqual(
            expect.arrayContaining(values.map(({ text }) => text)),
          )
      expect(server.log.filter((line) => line.includes('"level":50'))).toEqual([])
    },
    STORY_MS_MAX,
  )

  it('has both keys in the file that its owner alone may read, and what it was before beside it', () => {
    const { active, keys } = keyringFileContent(keyringPath)
    expect([active, Object.keys(keys)]).toEqual(['k2', ['k1', 'k2']])
    expect(copies().length).toBe(2)
    for (const name of ['keyring.json', ...copies()])
      expect(statSync(join(dirname(keyringPath), name)).mode & 0o777).toBe(0o600)
    const oldest = copies().sort()[0] ?? ''
    expect(readFileSync(join(dirname(keyringPath), oldest), 'utf8')).toBe(firstJson)
  })

  it('lists what each key seals', async () => {
    const { code, output } = await huike.here(['list'])
    expect(code).toBe(0)
    expect(output).toMatch(/k1 {2}只解不封，密封着 0 项/)
    expect(output).toMatch(/k2 {2}使用中，密封着 [1-9]/)
    expect(output).toContain('identity.valueSealed')
    expect(output).toMatch(/运行中 {2}\S+ \d+，用 k2 密封/)
  })

  it('keeps the old key while a row or a file needs it, and says where', async () => {
    expect((await huike.here(['retire', 'k2'])).output).toContain('正在使用')
    expect((await huike.here(['retire', 'k9'])).output).toContain('没有编号为 k9')
    const old = new Keyring(firstJson)
    const sealed = old.seal('{}', 'parked_event.payloadSealed|old')
    await server.database.write((tx) =>
      tx.insert(
        'parked_event',
        ['eventId', 'terminalId', 'code', 'payloadSealed', 'receivedAtMs'],
        [['old', 'x', 'receipt_conflict', sealed, 1]],
      ),
    )
    const byRow = await huike.here(['retire', 'k1'])
    expect([byRow.code, byRow.output]).toEqual([
      1,
      expect.stringMatching(/k1 还密封着 1 项，不能停用：\s+parked_event.payloadSealed 1 项/),
    ])
    await server.database.write((tx) =>
      tx.run('DELETE FROM parked_event WHERE payloadSealed = ?', [sealed]),
    )
    const file = join(opened.directory, 'kept.sealed')
    writeFileSync(file, old.seal('a file', 'file'))
    const byFile = await huike.here(['retire', 'k1'])
    expect([byFile.code, byFile.output]).toEqual([1, expect.stringContaining('文件 . 1 项')])
    rmSync(file)
    expect(await states()).toEqual({ k1: 'old', k2: 'active' })
  })

  it('does away with the old key when nothing needs it, and serves on', async () => {
    // A minute has passed since the change.
    await server.database.write((tx) =>
      tx.run('UPDATE sealing_key SET activatedAtMs = activatedAtMs - ? WHERE id = ?', [
        MINUTE_MS,
        'k2',
      ]),
    )
    const done = await huike.run(['retire', 'k1'])
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('k1 已停用')])
    expect(await states()).toEqual({ k1: 'retired', k2: 'active' })
    expect(Object.keys(keyringFileContent(keyringPath).keys)).toEqual(['k2'])
    expect((await huike.here(['retire', 'k1'])).code).toBe(0)
    await watch().look()
    const traffic = startOneTraffic()
    await pause(1_000)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect((await server.fetch('/readyz')).status).toBe(200)
  })

  it('starts no server with the keyring of before', async () => {
    await expect(startTestServer(opened, { HUIKE_KEYRING: firstJson })).rejects.toThrow(
      KeyringError,
    )
  })

  it('says that a key is missing, to whoever asks', async () => {
    await server.database.write((tx) =>
      tx.insert(
        'sealing_key',
        ['id', 'fingerprint', 'state', 'publishedAtMs'],
        [['k99', 'of another', 'published', 1]],
      ),
    )
    await watch().look()
    const ready = await server.fetch('/readyz')
    expect([ready.status, ready.body]).toEqual([503, { status: 'sealing keys missing: k99' }])
    expect((await huike.here(['list'])).output).toContain('密钥环里没有它')
    await server.database.write((tx) => tx.run("DELETE FROM sealing_key WHERE id = 'k99'"))
    await watch().look()
    expect((await server.fetch('/readyz')).status).toBe(200)
  })
})
