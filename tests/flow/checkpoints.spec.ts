import { createPublicKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from '@jest/globals'
import { isSigned } from '../../server/points/checkpoint-statement.js'
import { transferHash } from '../../server/points/chain.js'
import type { PointsCheckpoint } from '../../server/points/points-checkpoint.entity.js'
import { PointsCheckpointsService } from '../../server/points/points-checkpoints.service.js'
import type { PointsTransfer } from '../../server/points/points-transfer.entity.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { verifyCheckpoints } from '../../server/points/verify-checkpoints.js'
import { CONFIG, type Config } from '../../server/platform/config.js'
import type { SqlRow } from '../../server/platform/database.js'
import { newKeyringJson, Keyring } from '../../server/platform/keyring.js'
import { runHere } from '../rig/commands.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'

// Checkpoints: whoever has the whole database, and writes a chain anew as a whole, is found out.

const DAY_MS = 86_400_000
const KEYRING = newKeyringJson()
const PHONES = ['13920000001', '13920000002', '13920000003']

describeEachDatabase('checkpoints of the points book', (kit) => {
  let server: TestServer
  let opened: OpenedDatabase
  let till: TestTill
  let service: PointsCheckpointsService

  shareServer(
    kit,
    async (started, database) => {
      server = started
      opened = database
      till = await enrolTill(server)
      service = server.app.get(PointsCheckpointsService, { strict: false })
      for (const phone of PHONES) await shopper.register(till, phone)
    },
    { HUIKE_KEYRING: KEYRING },
  )
  afterEach(async () => {
    expect((await verify()).findings).toEqual([])
  })

  const keyringOf = () => server.app.get<Config>(CONFIG).keyring
  const verify = (kept: PointsCheckpoint[] = []) =>
    verifyCheckpoints(server.database, keyringOf(), { kept })
  const buy = async (n: number) => {
    const who = { by: 'phone' as const, phone: PHONES[n] ?? '' }
    expect((await till.sendOne(checkout(till, { who }))).status).toBe('accepted')
  }
  const all = () =>
    server.database.read((rx) =>
      rx.rows<PointsCheckpoint>('SELECT * FROM points_checkpoint ORDER BY number'),
    )
  /** What verifying finds while `sql` has been done, which `back` takes back. */
  const whileDone = async (
    [sql, parameters]: [string, unknown[]],
    [back, itsParameters]: [string, unknown[]],
  ) => {
    await server.database.write((tx) => tx.run(sql, parameters as string[]))
    const { findings } = await verify()
    await server.database.write((tx) => tx.run(back, itsParameters as string[]))
    return findings.map(({ table, row, what }) => `${table} ${row}: ${what}`)
  }

  it('are taken once a day, over what has moved since, each following the one before', async () => {
    await buy(0)
    await buy(1)
    await service.drain()
    await service.drain()
    expect((await all()).map(({ number, heads }) => [number, heads])).toEqual([
      [0, 0],
      [1, 2],
    ])
    server.clock.advance(DAY_MS)
    await buy(1)
    await service.drain()
    server.clock.advance(DAY_MS)
    await service.drain()
    const taken = await all()
    expect(taken.map(({ heads }) => heads)).toEqual([0, 2, 1, 0])
    expect(taken.slice(1).map(({ previousRoot }) => previousRoot)).toEqual(
      taken.slice(0, -1).map(({ root }) => root),
    )
    expect(await verify()).toMatchObject({ checkpoints: 3, takenAtMs: taken.at(-1)?.takenAtMs })
  })

  it('taken by two servers at once are one', async () => {
    await buy(2)
    const before = (await all()).length
    const both = await Promise.all([service.take(), service.take(), service.take()])
    expect(both.filter((one) => one !== null).length).toBeGreaterThanOrEqual(1)
    const taken = (await all()).slice(before)
    expect(taken.map(({ heads }) => heads).reduce((sum, heads) => sum + heads, 0)).toBe(1)
  })

  it('go on from what a server that died had gathered', async () => {
    await buy(0)
    const number = (await all()).length
    const [account] = await server.database.read((rx) =>
      rx.rows<SqlRow>('SELECT * FROM points_account ORDER BY memberId LIMIT 1'),
    )
    const { memberId, headSeq, headHash } = account ?? {}
    await server.database.write((tx) =>
      tx.insert(
        'points_checkpoint_head',
        ['memberId', 'headSeq', 'headHash', 'number'],
        [[memberId ?? '', headSeq ?? 0, headHash ?? '', number]],
      ),
    )
    expect(await service.take()).toMatchObject({ number, heads: 1 })
  })

  it('find a chain that was written anew with its account, which the book alone cannot', async () => {
    const [last] = await server.database.read((rx) =>
      rx.rows<PointsTransfer>(
        `SELECT t.* FROM points_transfer t JOIN points_account a
           ON a.memberId = t.memberId AND a.headSeq = t.seq WHERE t.reason = 'purchase' LIMIT 1`,
      ),
    )
    if (!last) throw new Error('somebody has points')
    const forged = { ...last, explanation: '实付 ¥21.32，另送一份' }
    const write = (row: PointsTransfer, hash: string) =>
      server.database.write(async (tx) => {
        await tx.run('UPDATE points_transfer SET explanation = ?, hash = ? WHERE id = ?', [
          row.explanation,
          hash,
          row.id,
        ])
        await tx.run('UPDATE points_account SET headHash = ? WHERE memberId = ?', [
          hash,
          row.memberId,
        ])
      })
    await write(forged, transferHash(forged))
    const [book, checkpoints] = [await verifyBook(server.database), await verify()]
    await write(last, last.hash)
    expect(book.findings).toEqual([])
    expect(checkpoints.findings).toEqual([
      {
        table: 'points_transfer',
        row: `${last.memberId} ${String(last.seq)}`,
        what: 'is not what the checkpoint signed',
      },
    ])
  })

  it('are found when any value of them, or of a head, was changed', async () => {
    const [, checkpoint] = await all()
    for (const [column, value] of Object.entries(checkpoint ?? {})) {
      const other = typeof value === 'number' ? value + 1_000 : `0${value.slice(1, -1)}A`
      const key = column === 'number' ? other : 1
      const found = await whileDone(
        [`UPDATE points_checkpoint SET ${column} = ? WHERE number = 1`, [other]],
        [`UPDATE points_checkpoint SET ${column} = ? WHERE number = ?`, [value, key]],
      )
      expect([column, found.length]).not.toEqual([column, 0])
    }
    const [head] = await server.database.read((rx) =>
      rx.rows<SqlRow>('SELECT * FROM points_checkpoint_head WHERE number = 1 LIMIT 1'),
    )
    const key = [head?.['memberId'], head?.['headSeq']]
    const found = await whileDone(
      ['UPDATE points_checkpoint_head SET number = 2 WHERE memberId = ? AND headSeq = ?', key],
      ['UPDATE points_checkpoint_head SET number = 1 WHERE memberId = ? AND headSeq = ?', key],
    )
    expect(found.map((one) => one.split(':')[0])).toEqual([
      'points_checkpoint 1',
      'points_checkpoint 2',
    ])
  })

  it('of another keyring are nobody’s', async () => {
    const report = await verifyCheckpoints(server.database, new Keyring(newKeyringJson()))
    expect(report.findings.every(({ what }) => what === 'its signature is not right')).toBe(true)
    expect(report.findings).toHaveLength(report.checkpoints)
  })

  it('are kept elsewhere as a file that anybody can check, and that tells when the last are gone', async () => {
    const file = join(opened.directory, 'checkpoints.json')
    const env = {
      HUIKE_DATABASE_URL: opened.url,
      HUIKE_DATA_DIR: opened.directory,
      HUIKE_KEYRING: KEYRING,
      HUIKE_SANDBOX: '1',
    }
    expect((await runHere(['checkpoint'], env)).code).toBe(2)
    expect((await runHere(['checkpoint', 'export', file], env)).code).toBe(0)
    const copy = JSON.parse(readFileSync(file, 'utf8')) as {
      publicKey: string
      checkpoints: PointsCheckpoint[]
    }
    const publicKey = createPublicKey(copy.publicKey)
    expect(copy.checkpoints.every((one) => isSigned(publicKey, one))).toBe(true)
    const whole = await runHere(['verify', '--checkpoint', file], env)
    expect(whole.output).toContain(`积分账本检查点 ${String(copy.checkpoints.length)} 个`)
    expect(whole.code).toBe(0)
    expect((await runHere(['checkpoint', 'take'], env)).output).toMatch(
      /^第 \d+ 个检查点：0 个账户/,
    )
    const last = copy.checkpoints.at(-1)
    if (!last) throw new Error('there are some')
    copy.checkpoints.push({ ...last, number: last.number + 2 })
    writeFileSync(file, JSON.stringify(copy))
    const gone = await runHere(['verify', '--checkpoint', file], env)
    expect(gone.output).toContain('is not the one of the copy')
    expect(gone.code).toBe(1)
    writeFileSync(file, '{}')
    expect((await runHere(['verify', '--checkpoint', file], env)).output).toContain(
      '不是检查点的副本',
    )
  })
})
