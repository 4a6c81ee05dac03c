import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { schema } from '../../server/migrations/schema.js'
import { readConfig } from '../../server/platform/config.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { NOBODY_ID } from '../../server/staff/staff-audit.service.js'
import { runHere as huike, runProgram } from '../rig/commands.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { startProgram } from '../rig/processes.js'
import { repositoryPath } from '../rig/repository.js'

// What the commands do is asked of them in this process. That the program an operator starts hands
// over its words and settings, both streams and the exit code is asked of it compiled.

describeEachDatabase('operator commands', (kit) => {
  let opened: OpenedDatabase
  let env: Record<string, string>
  /** What works on after its answer is run compiled on one of the two: its process must end by itself. */
  const huikeToItsEnd = kit.kind === 'sqlite' ? runProgram : huike

  beforeAll(async () => {
    opened = await kit.open()
    const keyring = join(opened.directory, '..', 'keyring.json')
    env = {
      HUIKE_DATABASE_URL: opened.url,
      HUIKE_DATA_DIR: opened.directory,
      HUIKE_KEYRING: keyring,
      HUIKE_SANDBOX: '1',
    }
    const created = await runProgram(['keyring', 'create', keyring], {})
    expect(created.code).toBe(0)
    expect(statSync(keyring).mode & 0o777).toBe(0o600)
    expect((await huike(['keyring', 'create', keyring], {})).code).toBe(1)
  })
  afterAll(async () => {
    await opened.drop()
  })

  it('migrates once, and says so', async () => {
    const first = await runProgram(['migrate'], env)
    expect(first).toMatchObject({ code: 0 })
    expect(first.output).toContain('create-purchase')
    expect((await huike(['migrate'], env)).output).toContain('数据库已是最新')
  })

  it('adds a store and a member of staff, once each, and enrols a till', async () => {
    expect((await runProgram(['store', 'add', 'S01', '人民路店'], env)).code).toBe(0)
    const again = await huike(['store', 'add', 'S01', '人民路店'], env)
    expect([again.code, again.output.trim()]).toEqual([1, '门店编号 S01 已存在'])
    expect((await huike(['staff', 'add', 'wang', '王店长'], env)).output).toMatch(
      /初始密码：\S{16}/,
    )
    const code = await huike(['terminal', 'enrol', 'S01', '01'], env)
    expect(code.output.trim()).toMatch(/^\d{8}$/)
    expect((await huike(['terminal', 'enrol', 'S99', '01'], env)).output).toContain(
      '没有编号为 S99',
    )
    expect((await huike(['terminal', 'revoke', 'S01', '01'], env)).code).toBe(0)
  })

  it('imports a file, and writes the rows it could not take where it is told to', async () => {
    const [file, rejected] = ['members.csv', 'rejected.csv'].map((name) =>
      join(opened.directory, '..', name),
    ) as [string, string]
    writeFileSync(file, '手机号,姓名\n13912340001,李雷\n12345,韩梅梅\n')
    const command = ['import', file, '--store', 'S01', '--rejected', rejected]
    const taken = await huikeToItsEnd(command, env)
    expect(taken).toMatchObject({ code: 0 })
    expect(taken.output).toMatch(/新会员\t1/)
    expect(statSync(rejected).mode & 0o777).toBe(0o600)
    const rows = readFileSync(rejected, 'utf8')
    expect(rows).toMatch(/^\uFEFF行号,原因,手机号,姓名\r?\n3,/)
    expect(rows).not.toMatch(/韩梅梅|12345/)
  })

  it('imports nothing from a file that is not there, and says so', async () => {
    const refused = await huike(['import', '/nowhere/members.csv', '--store', 'S01'], env)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.output).toContain('没有这个文件')
  })

  it('takes a lost second factor away, once, and writes that down', async () => {
    const reset = () => huike(['staff', 'reset-totp', 'wang'], env)
    const database = await openDatabase(opened.url, schema)
    try {
      const [wang] = await database.read((rx) =>
        rx.rows<{ id: string }>("SELECT id FROM staff WHERE username = 'wang'"),
      )
      await database.write((tx) =>
        tx.insert(
          'staff_totp',
          ['staffId', 'secretSealed', 'lastStep', 'createdAtMs', 'confirmedAtMs'],
          [[wang?.id ?? '', 'lost with the phone', 0, 1, 1]],
        ),
      )
      expect(await reset()).toMatchObject({ code: 0 })
      const left = await database.read((rx) => rx.rows('SELECT staffId FROM staff_totp'))
      expect(left).toEqual([])
      const again = await reset()
      expect([again.code, again.output.trim()]).toEqual([1, 'wang 没有启用动态口令'])
      const deeds = await database.read((rx) =>
        rx.rows("SELECT staffId, subjectId FROM staff_audit WHERE action = 'staff.factor_reset'"),
      )
      expect(deeds).toEqual([{ staffId: NOBODY_ID, subjectId: wang?.id }])
    } finally {
      await database.close()
    }
    const nobody = await huike(['staff', 'reset-totp', 'nobody'], env)
    expect([nobody.code, nobody.output.trim()]).toEqual([1, '没有账号 nobody'])
    expect((await huike(['staff', 'reset-totp'], env)).code).toBe(2)
  })

  it('seeds a living demo, once', async () => {
    const seeded = await huikeToItsEnd(['seed'], env)
    expect(seeded.output).toMatch(/2 家店、24 位会员、360 笔消费/)
    expect((await huike(['seed'], env)).output).toContain('演示数据已存在')
    const database = await openDatabase(opened.url, schema)
    const rows = <T>(sql: string) => database.read((rx) => rx.rows<T>(sql))
    const counts = await rows<{ state: string; n: number | string }>(
      'SELECT state, COUNT(*) AS n FROM coupon GROUP BY state ORDER BY state',
    )
    const byState = Object.fromEntries(counts.map(({ state, n }) => [state, Number(n)]))
    expect(byState).toEqual({ expired: 24, issued: expect.any(Number), redeemed: 5 })
    const [campaign] = await rows<{ id: string; state: string }>('SELECT id, state FROM campaign')
    expect(campaign?.state).toBe('done')
    const given = await rows<{ state: string }>(
      `SELECT state FROM coupon WHERE givenById = '${campaign?.id ?? ''}' ORDER BY state`,
    )
    const states = given.map(({ state }) => state)
    expect(states.filter((state) => state === 'redeemed')).toHaveLength(2)
    expect(states.filter((state) => state === 'issued').length).toBeGreaterThan(1)
    expect(await rows('SELECT id FROM coupon_reservation WHERE differenceFen <> 0')).toEqual([])
    expect(await rows("SELECT id FROM pack_template WHERE state = 'open'")).toHaveLength(1)
    await database.close()
  })

  it('verifies the book, and names the row that was changed by hand', async () => {
    const good = await huike(['verify'], env)
    expect(good).toMatchObject({ code: 0 })
    expect(good.output).toContain('账本和操作记录无误')
    const database = await openDatabase(opened.url, schema)
    const [row] = await database.read((rx) =>
      rx.rows<{ id: string }>('SELECT id FROM points_transfer ORDER BY id LIMIT 1'),
    )
    await database.write((tx) =>
      tx.run('UPDATE points_transfer SET points = points + 1 WHERE id = ?', [row?.id ?? '']),
    )
    await database.close()
    const bad = await huike(['verify'], env)
    expect(bad.code).toBe(1)
    expect(bad.output).toContain(`points_transfer ${row?.id ?? ''}`)
  })

  it('checks disk, clock, keyring and database', async () => {
    const { code, output } = await huike(['doctor'], env)
    expect(code).toBe(0)
    for (const what of ['数据盘剩余', '落盘一次', '系统时间', '密钥文件仅本人可读', '已连接'])
      expect(output).toContain(what)
  })
})

describe('the program of the commands', () => {
  it.each([
    ['asked for nothing', [], 0],
    ['asked for help', ['help'], 0],
    ['given a word that it does not know', ['--version'], 2],
  ])('tells what it can do when %s', async (_what, words, code) => {
    const told = await runProgram(words, {})
    expect(told).toMatchObject({ code, output: expect.stringContaining('migrate') })
  })

  it('names the setting that it misses', async () => {
    const refused = await runProgram(['doctor'], {})
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('HUIKE_DATA_DIR') })
  })
})

describe('a server that must not start', () => {
  const folder = repositoryPath('.build')

  it.each([
    ['nothing set', {}, 'HUIKE_DATABASE_URL'],
    ['no keyring', { HUIKE_DATABASE_URL: 'sqlite:x.db', HUIKE_DATA_DIR: folder }, 'HUIKE_KEYRING'],
    [
      'a keyring file that is not there',
      {
        HUIKE_DATABASE_URL: 'sqlite:x.db',
        HUIKE_DATA_DIR: folder,
        HUIKE_KEYRING: '/nowhere/keyring.json',
        HUIKE_SANDBOX: '1',
      },
      'no keyring at',
    ],
    [
      'the sandbox in production',
      {
        HUIKE_DATABASE_URL: 'sqlite:x.db',
        HUIKE_DATA_DIR: folder,
        HUIKE_KEYRING: '{}',
        HUIKE_SANDBOX: '1',
        NODE_ENV: 'production',
      },
      'HUIKE_SANDBOX',
    ],
    [
      'no WeChat credentials',
      { HUIKE_DATABASE_URL: 'sqlite:x.db', HUIKE_DATA_DIR: folder, HUIKE_KEYRING: '{}' },
      'WECHAT_APPID',
    ],
    [
      'an unknown kind of database',
      { HUIKE_DATABASE_URL: 'postgres://x', HUIKE_DATA_DIR: folder, HUIKE_KEYRING: '{}' },
      'HUIKE_DATABASE_URL',
    ],
  ])('says which setting is wrong: %s', (_what, env, named) => {
    expect(() => readConfig(env)).toThrow(named)
  })

  it('ends at once, and tells why', async () => {
    mkdirSync(folder, { recursive: true })
    const program = startProgram({
      args: [repositoryPath('server/dist/main.js')],
      env: {
        ...{ HUIKE_DATABASE_URL: 'sqlite:x.db', HUIKE_DATA_DIR: folder, HUIKE_KEYRING: '{}' },
        ...{ HUIKE_SANDBOX: '1', NODE_ENV: 'production' },
      },
    })
    expect((await program.exited).code).toBe(1)
    expect(program.output()).toMatch(/^Huike did not start\. HUIKE_SANDBOX/m)
  })
})
