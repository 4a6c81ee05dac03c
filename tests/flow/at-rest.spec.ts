import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { memberRegisteredSchema } from '@huike/shared/contracts/agent'
import BetterSqlite3 from 'better-sqlite3'
import { placeOf, sealedColumns } from '../../server/migrations/sealed-columns.js'
import {
  Keyring,
  KeyringError,
  loadKeyring,
  newKeyringJson,
} from '../../server/platform/keyring.js'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, registration } from '../rig/events.js'
import { everySealedValue } from '../rig/keys.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { DAY_MS, newShopper, runCampaigns, startCampaign } from '../rig/manager.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import type { WechatShopper } from '../rig/wechat-shopper.js'

// A day with phone numbers in every place where one can come in. Afterwards no seeded number is in
// clear in any table, any file or any line of the log, and what is sealed opens in its place only.

const BY_TILL = '13512340001'
const BY_WECHAT = '13512340002'
const BY_SALE = '13512340003'
const IN_CONFLICT = '13512340004'
const LOOKED_UP = '13512340005'
const IN_URL = '13512340006'
const IN_BAD_BODY = '13512340007'
const IN_RECEIPT = '13512340008'
const ASSIGNED = '13512340009'
const IN_EVENT_CONFLICT = '13512340010'
const PHONES = [
  ...[BY_TILL, BY_WECHAT, BY_SALE, IN_CONFLICT, LOOKED_UP, IN_URL, IN_BAD_BODY, IN_RECEIPT],
  ...[ASSIGNED, IN_EVENT_CONFLICT],
]
const OPENID = 'openid-of-a-person-0001'
const NAME = '欧阳娜娜慕容复之子'
const BIRTHDAY = '1991-02-03'
/** Sent by the console: as a search, and within why a number is looked at. */
const SEARCHED = BY_SALE
const PERSONAL = [...PHONES, OPENID, NAME, BIRTHDAY]

/** As a sealed value looks, by itself or within some other text. */
const SEALED = /\bk\d{1,6}\.[A-Za-z0-9_-]{38}/

/** Tables a day like this leaves rows in: nothing is proved by an empty one. */
const FILLED = [
  ...['identity', 'parked_event', 'agent_event', 'purchase_line', 'event_log', 'member_profile'],
  ...['consent_state', 'message', 'campaign', 'subscription_entry', 'export_job', 'staff_audit'],
]

describeEachDatabase('personal data at rest', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let keyringJson: string
  let refreshToken: string
  let written: WechatShopper[]

  beforeAll(async () => {
    opened = await kit.open()
    keyringJson = newKeyringJson()
    server = await startTestServer(opened, { HUIKE_KEYRING: keyringJson })
    const till = await enrolTill(server)
    await tillDay(till)
    refreshToken = await wechatDay(server)
    written = await messageDay(server, till)
    await managerDay(server)
    await badDay(server, till)
    await server.drain()
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  async function tables(): Promise<string[]> {
    const sql =
      server.database.dialect === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()'
    const rows = await server.database.read((rx) => rx.rows<{ name: string }>(sql))
    return rows.map(({ name }) => name)
  }

  async function everyRow(): Promise<{ table: string; text: string }[]> {
    const found: { table: string; text: string }[] = []
    for (const table of await tables()) {
      const rows = await server.database.read((rx) => rx.rows(`SELECT * FROM ${table}`))
      found.push(...rows.map((row) => ({ table, text: JSON.stringify(row) })))
    }
    return found
  }

  it('has no number, openid or refresh token in any column of any table', async () => {
    const rows = await everyRow()
    const filled = new Set(rows.map(({ table }) => table))
    for (const table of FILLED) expect(filled).toContain(table)
    const theirs = written.flatMap(({ phone, openid }) => [phone, openid])
    const secrets = [...PERSONAL, ...theirs, refreshToken]
    const shown = rows.filter(({ text }) => secrets.some((secret) => text.includes(secret)))
    expect(shown).toEqual([])
  })

  it('has none in any file either, before and after the log is written back', async () => {
    const folder = kit.kind === 'sqlite' ? dirname(opened.directory) : opened.directory
    if (kit.kind === 'sqlite')
      expect(readdirSync(folder).some((name) => name.endsWith('-wal'))).toBe(true)
    expect(findInFiles(folder, PERSONAL)).toEqual([])
    if (kit.kind === 'sqlite') checkpoint(join(folder, 'huike.sqlite'))
    expect(findInFiles(folder, PERSONAL)).toEqual([])
  })

  it('has none in the log, even at debug level', () => {
    expect(server.log.length).toBeGreaterThan(20)
    const told = server.log.filter((line) =>
      [...PERSONAL, refreshToken].some((secret) => line.includes(secret)),
    )
    expect(told).toEqual([])
  })

  it('cannot be guessed: no stored hash is a plain one of an event with its number', async () => {
    // Mainland numbers are few: whoever may read a plain hash of one may try them all.
    const event = memberRegisteredSchema.parse(lastRegistration)
    const hashes = [JSON.stringify(event), event.phone].map((text) =>
      createHash('sha256').update(text).digest('hex'),
    )
    const rows = await everyRow()
    expect(rows.filter(({ text }) => hashes.some((hash) => text.includes(hash)))).toEqual([])
  })

  it('is sealed in the columns that a change of the key knows, and nowhere else', async () => {
    const known = new Map(sealedColumns().map((column) => [placeOf(column), column]))
    const sealed = await everySealedValue(server.database, new Keyring(keyringJson))
    expect([...sealed.values()].flat().length).toBeGreaterThan(PHONES.length)
    const elsewhere: string[] = []
    for (const table of await tables())
      for (const row of await server.database.read((rx) => rx.rows(`SELECT * FROM ${table}`)))
        for (const [column, value] of Object.entries(row))
          if (!known.has(`${table}.${column}`) && SEALED.test(String(value)))
            elsewhere.push(`${table}.${column}`)
    expect(elsewhere).toEqual([])
  })

  it('opens in its own row only, and with its own keyring only', async () => {
    const keyring = new Keyring(keyringJson)
    const identities = await server.database.read((rx) =>
      rx.rows<{ id: string; valueSealed: string }>(
        "SELECT id, valueSealed FROM identity WHERE kind = 'phone' ORDER BY id",
      ),
    )
    const [one, two] = identities
    if (!one || !two) throw new Error('two identities are needed')
    expect(PHONES).toContain(keyring.open(one.valueSealed, `identity.valueSealed|${one.id}`))
    expect(() => keyring.open(one.valueSealed, `identity.valueSealed|${two.id}`)).toThrow(
      KeyringError,
    )
    const other = new Keyring(newKeyringJson())
    expect(() => other.open(one.valueSealed, `identity.valueSealed|${one.id}`)).toThrow(
      KeyringError,
    )
  })

  it('does not start serving with the keyring of another installation', async () => {
    await expect(startTestServer(opened, { HUIKE_KEYRING: newKeyringJson() })).rejects.toThrow(
      KeyringError,
    )
  })

  it('is found by indexes that tell nothing of one another', async () => {
    const rows = await server.database.read((rx) =>
      rx.rows<{ valueIndex: string; last4Index: string | null }>(
        'SELECT valueIndex, last4Index FROM identity',
      ),
    )
    const whole = new Set(rows.map(({ valueIndex }) => valueIndex))
    expect(whole.size).toBe(rows.length)
    // Two numbers may end alike; the end of one never looks like the whole of another.
    expect(rows.filter(({ last4Index }) => last4Index !== null && whole.has(last4Index))).toEqual(
      [],
    )
    const keyring = new Keyring(keyringJson)
    expect(keyring.blindIndex('phone|cn', BY_TILL)).not.toBe(keyring.blindIndex('email', BY_TILL))
    expect(keyring.blindIndex('ab', 'c')).not.toBe(keyring.blindIndex('a', 'bc'))
  })

  it('needs a keyring file that its owner alone may read', () => {
    const path = join(opened.directory, 'keyring.json')
    writeFileSync(path, keyringJson, { mode: 0o600 })
    expect(loadKeyring(path)).toBeInstanceOf(Keyring)
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(path, mode)
      expect(() => loadKeyring(path)).toThrow(KeyringError)
    }
    chmodSync(path, 0o600)
  })
})

/** Writes the write-ahead log back into the database file. */
function checkpoint(path: string): void {
  const handle = new BetterSqlite3(path)
  handle.pragma('wal_checkpoint(FULL)')
  handle.close()
}

let lastRegistration: object = {}

/** Registrations, sales with a number, a conflict with one, receipts that print one. */
async function tillDay(till: TestTill): Promise<void> {
  // Some tills call their employees by phone number.
  lastRegistration = { ...registration(till, BY_TILL), cashier: IN_RECEIPT }
  await till.send([
    lastRegistration,
    registration(till, BY_SALE),
    registration(till, LOOKED_UP),
    registration(till, ASSIGNED),
  ])
  const sale = checkout(till, { who: { by: 'phone', phone: BY_SALE } })
  const unowned = checkout(till)
  await till.send([
    sale,
    unowned,
    refundOf(till, sale.receipt.receiptNo, 500),
    assignment(till, unowned.eventId, { by: 'phone', phone: ASSIGNED }),
    checkout(till, {
      who: { by: 'phone', phone: BY_SALE },
      receipt: {
        cashier: IN_RECEIPT,
        lines: [
          {
            name: `会员 ${IN_RECEIPT} 折扣`,
            code: null,
            quantityMilli: 1000,
            unitPriceFen: null,
            amountFen: 2132,
          },
        ],
      },
    }),
  ])
  const conflict = checkout(till, {
    who: { by: 'phone', phone: IN_CONFLICT },
    receipt: { receiptNo: sale.receipt.receiptNo, totalFen: 9_900 },
  })
  expect((await till.sendOne(conflict)).code).toBe('receipt_conflict')
  const other = { ...sale, who: { by: 'phone', phone: IN_EVENT_CONFLICT } }
  expect((await till.sendOne(other)).code).toBe('event_conflict')
}

/** Signs in with WeChat and gives a number; answers the refresh token. */
async function wechatDay(server: TestServer): Promise<string> {
  const login = { code: server.wechat?.loginCode(OPENID) }
  const session = await server.fetch('/member/v1/session/wechat', { json: login })
  const given = await server.fetch('/member/v1/phone', {
    token: session.body.accessToken,
    json: { code: server.wechat?.phoneCode(BY_WECHAT) },
  })
  expect(given.status).toBe(200)
  return given.body.refreshToken
}

/** People told of themselves, agreed, bought, and were written to on every channel. */
async function messageDay(server: TestServer, till: TestTill): Promise<WechatShopper[]> {
  const grants = ['marketing', 'marketing_sms'] as const
  const shoppers = [
    await newShopper(server, { till, grants, credits: 1 }),
    await newShopper(server, { till, grants }),
  ]
  for (const shopper of shoppers) {
    const told = await shopper.send('profile', { name: NAME, birthday: BIRTHDAY }, 'PUT')
    expect(told.body).toMatchObject({ name: NAME, birthday: BIRTHDAY })
  }
  server.clock.advance(61 * DAY_MS)
  await startCampaign(await signInAs(server, 'owner'))
  await runCampaigns(server)
  expect(server.wechat?.delivered()).toHaveLength(1)
  expect(server.sms?.sent()).toHaveLength(1)
  return shoppers
}

/** The console looks people up by number, sees one in full, and takes a list away. */
async function managerDay(server: TestServer): Promise<void> {
  const owner = await signInAs(server, 'owner')
  const found = await owner.fetch(`members?search=${SEARCHED}`)
  expect(found.body.members).toMatchObject([{ phoneMasked: '135****0003' }])
  const memberId: string = found.body.members[0].memberId
  const shown = await owner.fetch(`members/${memberId}/phone`, { json: { why: '顾客来电核对' } })
  expect(shown.body).toEqual({ phone: SEARCHED })
  expect((await owner.fetch('members/exports', { json: { search: SEARCHED } })).status).toBe(200)
  await owner.fetch('members/exports', { json: {} })
  await server.app.get(ExportWorkerService, { strict: false }).drain()
}

/** Lookups, and requests that fail with a number in the URL, the query or the body. */
async function badDay(server: TestServer, till: TestTill): Promise<void> {
  const token = await till.token()
  const found = await server.fetch('/agent/v1/lookup', {
    token,
    json: { by: 'phone', phone: LOOKED_UP },
  })
  expect(found.body.member.phoneMasked).toBe('135****0005')
  for (const path of [
    `/member/v1/purchases/${IN_URL}`,
    `/nowhere/${IN_URL}?phone=${IN_URL}`,
    `/agent/v1/snapshot?phone=%2B86${IN_URL}`,
    `/agent/v1/snapshot?cursor=${IN_URL}`,
  ])
    await server.fetch(path, { token })
  const bad = [
    ['/agent/v1/lookup', { by: 'phone', phone: `${IN_BAD_BODY}9` }],
    ['/agent/v1/lookup', { by: IN_BAD_BODY, phone: IN_BAD_BODY }],
    ['/agent/v1/events', { events: [{ phone: IN_BAD_BODY }], [IN_BAD_BODY]: 1 }],
    ['/member/v1/session/sandbox', { phone: `${IN_BAD_BODY}x`, also: IN_BAD_BODY }],
    ['/member/v1/session/wechat', { code: IN_BAD_BODY }],
    ['/member/v1/session/refresh', { refreshToken: IN_BAD_BODY }],
  ] as const
  for (const [path, json] of bad) {
    const reply = await server.fetch(path, { token, json })
    expect([path, reply.status >= 400]).toEqual([path, true])
  }
  const torn = await server.fetch('/agent/v1/lookup', {
    method: 'POST',
    token,
    body: `{"by":"phone","phone":"${IN_BAD_BODY}`,
    headers: { 'content-type': 'application/json' },
  })
  expect(torn.status).toBe(400)
}
