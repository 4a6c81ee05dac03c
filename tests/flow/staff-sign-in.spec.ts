import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { ownAccountSchema, RECOVERY_CODES } from '@huike/shared/contracts/console-access'
import { consoleSessionSchema } from '@huike/shared/contracts/console'
import type { StaffRole } from '@huike/shared/permissions'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { authenticatorCode, STEP_MS } from '../rig/authenticator.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { startTestServer, type Reply, type TestServer } from '../rig/server.js'

// Signing in to the console, and what somebody tries who should not get in: guessing, guessing many
// times at once, from many addresses, with a code seen over a shoulder, with a stolen session.

const PASSWORD = 'correct horse'
const WRONG = 'wrong horse'
const FREE_ATTEMPTS = 5
const ADDRESS_FREE_ATTEMPTS = 20
const FIRST_WAIT_MS = 30_000
const FIRST_ADDRESS_WAIT_MS = 60_000
/** What another server process may still believe of a session. */
const CACHED_MS = 5_000
const keyring = newKeyringJson()

describeEachDatabase('signing in to the console', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let people = 0
  let username: string
  let staffId: string

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened, { HUIKE_KEYRING: keyring })
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })
  beforeEach(async () => {
    people += 1
    username = `somebody${String(people)}`
    staffId = await add(username, 'cashier')
  })

  function add(name: string, role: StaffRole): Promise<string> {
    const staff = server.app.get(StaffService, { strict: false })
    return staff.create({ username: name, name, role, password: PASSWORD })
  }
  const signIn = (over: object = {}, headers: Record<string, string> = {}) =>
    server.fetch('/console/v1/session', {
      json: { username, password: PASSWORD, ...over },
      headers,
    })
  const tokenOf = (reply: Reply): string => {
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return consoleSessionSchema.strict().parse(reply.body).accessToken
  }
  const ask = (token: string, path: string, json?: object) =>
    server.fetch(`/console/v1/${path}`, { token, ...(json === undefined ? {} : { json }) })
  const isIn = async (token: string) => (await ask(token, 'today')).status === 200
  const me = async (token: string) => ownAccountSchema.strict().parse((await ask(token, 'me')).body)
  const deeds = (subjectId: string) =>
    server.database.read((rx) =>
      rx.rows<{ staffId: string; action: string; addressMasked: string | null }>(
        'SELECT staffId, action, addressMasked FROM staff_audit WHERE subjectId = ? ORDER BY id',
        [subjectId],
      ),
    )
  const guess = async (times: number, over: object = {}) => {
    for (let n = 0; n < times; n += 1) {
      const reply = await signIn({ password: WRONG, ...over })
      expect([reply.status, reply.body.code]).toEqual([401, 'credentials_wrong'])
    }
  }
  /** Sets a second factor; answers what an authenticator and a drawer hold afterwards. */
  async function setFactor(token: string) {
    const begun = await ask(token, 'me/second-factor', { password: PASSWORD })
    expect(begun.status).toBe(200)
    const { secret } = begun.body as { secret: string; uri: string }
    const code = authenticatorCode(secret, server.clock.nowMs())
    const confirmed = await ask(token, 'me/second-factor/confirm', { code })
    expect(confirmed.status).toBe(200)
    server.clock.advance(STEP_MS)
    return { secret, recoveryCodes: confirmed.body.recoveryCodes as string[] }
  }
  const codeNow = (secret: string) => authenticatorCode(secret, server.clock.nowMs())

  it('keeps passwords as OWASP asks for argon2id', async () => {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ passwordHash: string }>('SELECT passwordHash FROM staff WHERE id = ?', [staffId]),
    )
    expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('lets nobody in who guesses, and the right password not either while one has to wait', async () => {
    await guess(FREE_ATTEMPTS)
    const locked = await signIn()
    expect([locked.status, locked.body.code]).toEqual([429, 'sign_in_locked'])
    expect(locked.body.detail).toBe('尝试次数太多，请 30 秒后再试')
    server.clock.advance(FIRST_WAIT_MS - 1)
    expect((await signIn()).body.code).toBe('sign_in_locked')
    server.clock.advance(1)
    await guess(1)
    expect((await signIn()).body.detail).toBe('尝试次数太多，请 1 分钟后再试')
    server.clock.advance(2 * FIRST_WAIT_MS)
    tokenOf(await signIn())
    await guess(FREE_ATTEMPTS - 1)
    tokenOf(await signIn())
    expect((await deeds(staffId)).map(({ action }) => action)).toEqual([
      'session.locked',
      'session.locked',
      'session.started',
      'session.started',
    ])
  })

  it('tells of a name nobody has what it tells of one somebody has', async () => {
    const told = async (name: string) => {
      const replies: unknown[] = []
      for (let n = 0; n <= FREE_ATTEMPTS; n += 1) {
        const { status, body } = await signIn({ username: name, password: WRONG })
        replies.push([status, { ...body, requestId: '' }])
      }
      return replies
    }
    expect(await told(`nobody${String(people)}`)).toEqual(await told(username))
    await add(`stopped${String(people)}`, 'cashier')
    await server.database.write((tx) =>
      tx.run("UPDATE staff SET state = 'stopped' WHERE username = ?", [`stopped${String(people)}`]),
    )
    const stopped = await signIn({ username: `stopped${String(people)}` })
    expect(stopped.body.code).toBe('credentials_wrong')
  })

  it('counts guesses that come all at once', async () => {
    const many = await Promise.all(
      Array.from({ length: FREE_ATTEMPTS * 3 }, () => signIn({ password: WRONG })),
    )
    const codes = many.map(({ body }) => body.code as string)
    expect(codes.filter((code) => code === 'credentials_wrong')).toHaveLength(FREE_ATTEMPTS)
    expect(codes.filter((code) => code === 'sign_in_locked')).toHaveLength(FREE_ATTEMPTS * 2)
  })

  it('shows a session, ends it, and ends all of them', async () => {
    const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
    const first = tokenOf(await signIn({}, { 'user-agent': chrome }))
    server.clock.advance(1_000)
    const second = tokenOf(await signIn())
    const { sessions } = await me(second)
    expect(sessions).toMatchObject([
      { device: '未知设备', addressMasked: '127.0.*.*', isThis: true },
      { device: 'Windows · Chrome', addressMasked: '127.0.*.*', isThis: false },
    ])
    const [, other] = sessions
    expect((await ask(second, `me/sessions/${other?.id ?? ''}/end`, {})).status).toBe(204)
    expect([await isIn(first), await isIn(second)]).toEqual([false, true])
    expect((await ask(second, `me/sessions/${other?.id ?? ''}/end`, {})).status).toBe(404)
    const third = tokenOf(await signIn())
    expect((await ask(third, 'me/sessions/end', {})).status).toBe(204)
    expect([await isIn(second), await isIn(third)]).toEqual([false, false])
    const fourth = tokenOf(await signIn())
    expect((await ask(fourth, 'session/end', {})).status).toBe(204)
    expect(await isIn(fourth)).toBe(false)
  })

  it('ends nobody else’s session', async () => {
    const mine = tokenOf(await signIn())
    username = `${username}b`
    await add(username, 'owner')
    const theirs = tokenOf(await signIn())
    const [session] = (await me(theirs)).sessions
    expect((await ask(mine, `me/sessions/${session?.id ?? ''}/end`, {})).status).toBe(404)
    expect((await ask(mine, `me/sessions/${freshId()}/end`, {})).status).toBe(404)
    expect(await isIn(theirs)).toBe(true)
  })

  it('says when a session was last seen, and forgets it when its time is over', async () => {
    const token = tokenOf(await signIn())
    server.clock.advance(600_000)
    expect(await isIn(token)).toBe(true)
    const [session] = (await me(token)).sessions
    expect(session?.lastSeenAtMs).toBe(server.clock.nowMs())
    server.clock.advance(3_000_000)
    expect((await ask(token, 'today')).body.code).toBe('token_expired')
    expect((await me(tokenOf(await signIn()))).sessions).toHaveLength(1)
  })

  it('changes one’s own password for who knows the old one, and ends the other sessions', async () => {
    const thief = tokenOf(await signIn())
    const token = tokenOf(await signIn())
    const change = (current: string, next: string) => ask(token, 'me/password', { current, next })
    expect((await change(WRONG, 'a new and long one')).body.code).toBe('password_wrong')
    expect((await change(PASSWORD, 'short')).status).toBe(422)
    expect((await change(PASSWORD, PASSWORD)).body.code).toBe('input_invalid')
    expect((await change(PASSWORD, 'a new and long one')).status).toBe(204)
    expect([await isIn(thief), await isIn(token)]).toEqual([false, true])
    expect((await signIn()).body.code).toBe('credentials_wrong')
    tokenOf(await signIn({ password: 'a new and long one' }))
  })

  it('does not let a stolen session guess the password', async () => {
    const token = tokenOf(await signIn())
    for (let n = 0; n < FREE_ATTEMPTS; n += 1)
      await ask(token, 'me/password', { current: WRONG, next: 'the thief’s password' })
    const right = await ask(token, 'me/password', {
      current: PASSWORD,
      next: 'the thief’s password',
    })
    expect(right.body.code).toBe('sign_in_locked')
  })

  it('asks for the second factor once it was shown to work, and not before', async () => {
    const token = tokenOf(await signIn())
    expect((await ask(token, 'me/second-factor', { password: WRONG })).body.code).toBe(
      'password_wrong',
    )
    const begun = await ask(token, 'me/second-factor', { password: PASSWORD })
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\/.*secret=/)
    tokenOf(await signIn())
    const wrong = await ask(token, 'me/second-factor/confirm', { code: '000000' })
    expect(wrong.body.code).toBe('second_factor_wrong')
    const { secret } = await setFactor(token)
    expect((await ask(token, 'me/second-factor', { password: PASSWORD })).body.code).toBe(
      'second_factor_set',
    )
    const needed = await signIn()
    expect([needed.status, needed.body.code]).toEqual([401, 'second_factor_needed'])
    tokenOf(await signIn({ code: codeNow(secret) }))
    expect((await me(token)).secondFactor).toMatchObject({
      isSet: true,
      isRequired: false,
      recoveryCodesLeft: RECOVERY_CODES,
    })
  })

  it('takes a code once, one step early or late, also when it comes twice at once', async () => {
    const { secret } = await setFactor(tokenOf(await signIn()))
    const code = codeNow(secret)
    const both = await Promise.all([signIn({ code }), signIn({ code })])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422])
    server.clock.advance(STEP_MS)
    expect((await signIn({ code })).body.code).toBe('second_factor_wrong')
    const early = authenticatorCode(secret, server.clock.nowMs() + STEP_MS)
    tokenOf(await signIn({ code: early }))
    // The code of a step before one that was used is as good as used.
    expect((await signIn({ code: codeNow(secret) })).body.code).toBe('second_factor_wrong')
    server.clock.advance(4 * STEP_MS)
    const late = authenticatorCode(secret, server.clock.nowMs() - STEP_MS)
    tokenOf(await signIn({ code: late }))
    server.clock.advance(4 * STEP_MS)
    const tooLate = authenticatorCode(secret, server.clock.nowMs() - 2 * STEP_MS)
    expect((await signIn({ code: tooLate })).body.code).toBe('second_factor_wrong')
  })

  it('locks who has the password and guesses codes, whatever they do in between', async () => {
    const { secret } = await setFactor(tokenOf(await signIn()))
    for (let n = 0; n < FREE_ATTEMPTS; n += 1) {
      // Asking without a code takes nothing back of what was counted before.
      expect((await signIn()).body.code).toBe('second_factor_needed')
      expect((await signIn({ code: '000000' })).body.code).toBe('second_factor_wrong')
    }
    expect((await signIn({ code: codeNow(secret) })).body.code).toBe('sign_in_locked')
  })

  it('takes a recovery code once, however it is written', async () => {
    const token = tokenOf(await signIn())
    const { secret, recoveryCodes } = await setFactor(token)
    expect(new Set(recoveryCodes).size).toBe(RECOVERY_CODES)
    const [first = '', second = ''] = recoveryCodes
    tokenOf(await signIn({ code: ` ${first.toUpperCase().replace('-', ' ')} ` }))
    expect((await signIn({ code: first })).body.code).toBe('second_factor_wrong')
    expect((await me(token)).secondFactor.recoveryCodesLeft).toBe(RECOVERY_CODES - 1)
    const proof = { password: PASSWORD, code: codeNow(secret) }
    const renewed = await ask(token, 'me/recovery-codes', proof)
    expect(renewed.body.recoveryCodes).toHaveLength(RECOVERY_CODES)
    expect((await signIn({ code: second })).body.code).toBe('second_factor_wrong')
    tokenOf(await signIn({ code: renewed.body.recoveryCodes[0] }))
    const kept = JSON.stringify(
      await server.database.read(async (rx) => [
        await rx.rows('SELECT * FROM staff_recovery_code'),
        await rx.rows('SELECT * FROM staff_totp'),
      ]),
    )
    for (const word of [secret, ...recoveryCodes, ...recoveryCodes.map((c) => c.replace('-', ''))])
      expect(kept).not.toContain(word)
    expect(server.log.join()).not.toContain(secret)
  })

  it('is not taken away by who has the session alone', async () => {
    const token = tokenOf(await signIn())
    const { secret } = await setFactor(token)
    const remove = (password: string, code: string) =>
      ask(token, 'me/second-factor/remove', { password, code })
    expect((await remove(WRONG, codeNow(secret))).body.code).toBe('password_wrong')
    for (let n = 1; n < FREE_ATTEMPTS; n += 1)
      expect((await remove(PASSWORD, '000000')).body.code).toBe('second_factor_wrong')
    expect((await remove(PASSWORD, codeNow(secret))).body.code).toBe('sign_in_locked')
    server.clock.advance(FIRST_WAIT_MS)
    expect((await remove(PASSWORD, codeNow(secret))).status).toBe(204)
    tokenOf(await signIn())
  })

  it('is reset by an owner for somebody else, whose sessions end, and is written down', async () => {
    const token = tokenOf(await signIn())
    await setFactor(token)
    const lost = staffId
    username = `${username}o`
    const ownerId = await add(username, 'owner')
    const owner = tokenOf(await signIn())
    const reset = (id: string) => ask(owner, `staff/${id}/second-factor/reset`, {})
    expect((await reset(ownerId)).status).toBe(403)
    expect((await reset(lost)).status).toBe(204)
    expect(await isIn(token)).toBe(false)
    username = username.slice(0, -1)
    tokenOf(await signIn())
    expect(await deeds(lost)).toContainEqual({
      staffId: ownerId,
      action: 'staff.factor_reset',
      addressMasked: '127.0.*.*',
    })
  })

  it('opens no more than one’s own account while the chain asks for a factor that is not there', async () => {
    username = `${username}r`
    await add(username, 'owner')
    const owner = tokenOf(await signIn())
    const require = (secondFactorRequired: boolean) =>
      server.fetch('/console/v1/settings/security', {
        method: 'PUT',
        token: owner,
        json: { secondFactorRequired },
      })
    expect((await require(true)).status).toBe(200)
    const stuck = await ask(owner, 'today')
    expect([stuck.status, stuck.body.code]).toEqual([403, 'second_factor_missing'])
    expect((await signIn()).body.lacksFactor).toBe(true)
    await setFactor(owner)
    expect(await isIn(owner)).toBe(true)
    username = username.slice(0, -1)
    expect(await isIn(tokenOf(await signIn()))).toBe(true)
    expect((await require(false)).status).toBe(200)
  })

  it('notices within seconds that another server ended a session', async () => {
    const token = tokenOf(await signIn())
    expect(await isIn(token)).toBe(true)
    await server.database.write((tx) =>
      tx.run('UPDATE staff_session SET revokedAtMs = 1 WHERE staffId = ?', [staffId]),
    )
    server.clock.advance(CACHED_MS + 1)
    expect(await isIn(token)).toBe(false)
  })

  it('remembers over a restart who has to wait', async () => {
    await guess(FREE_ATTEMPTS)
    const again = await startTestServer(opened, { HUIKE_KEYRING: keyring })
    again.clock.set(server.clock.nowMs())
    const reply = await again.fetch('/console/v1/session', {
      json: { username, password: PASSWORD },
    })
    await again.stop()
    expect(reply.body.code).toBe('sign_in_locked')
  })
})

describeEachDatabase('signing in from one network', (kit) => {
  it('makes who tries many names from many addresses wait, and nobody else', async () => {
    const opened = await kit.open()
    const server = await startTestServer(opened, {
      HUIKE_RATE_LIMIT_SCALE: '1',
      HUIKE_TRUST_PROXY: '1',
    })
    const staff = server.app.get(StaffService, { strict: false })
    for (const username of ['mallory', 'li'])
      await staff.create({ username, name: username, role: 'cashier', password: PASSWORD })
    const signIn = (username: string, password: string, address: string) =>
      server.fetch('/console/v1/session', {
        json: { username, password },
        headers: { 'x-forwarded-for': address },
      })
    for (let n = 0; n < ADDRESS_FREE_ATTEMPTS; n += 1) {
      const reply = await signIn(`name${String(n)}`, WRONG, `2001:db8:1:2::${String(n)}`)
      expect(reply.body.code).toBe('credentials_wrong')
      // An account of one's own gives no new guesses.
      if (n === 3) expect((await signIn('mallory', PASSWORD, '2001:db8:1:2::f')).status).toBe(200)
    }
    // What the caller writes before the proxy's word does not count.
    const locked = await signIn('li', PASSWORD, '198.51.100.7, 2001:db8:1:2::ffff')
    expect([locked.body.code, locked.body.detail]).toEqual([
      'sign_in_locked',
      '尝试次数太多，请 1 分钟后再试',
    ])
    expect((await signIn('li', PASSWORD, '2001:db8:1:3::1')).status).toBe(200)
    server.clock.advance(FIRST_ADDRESS_WAIT_MS)
    expect((await signIn('li', PASSWORD, '2001:db8:1:2::ffff')).status).toBe(200)
    await server.stop()
    await opened.drop()
  })
})
