import { expect, it } from '@jest/globals'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import {
  aKnownShopper,
  askDeletion as ask,
  COOLING_OFF_DAYS,
  deletionOf,
  drainErasures,
  eraseNow,
  memberState,
} from '../rig/erasure.js'
import { checkout } from '../rig/events.js'
import { DAY_MS, runCampaigns, startCampaign } from '../rig/manager.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import type { WechatShopper } from '../rig/wechat-shopper.js'

// Being forgotten while something else is under way: a campaign, a merge, an export, a sale, and
// another server that carries it out as well.

const HOUR_MS = 3_600_000
let server: TestServer
let till: TestTill

const knownShopper = () => aKnownShopper(server, till)
const erase = (shopper: WechatShopper) => eraseNow(server, shopper)
const drain = () => drainErasures(server)
const stateOf = (memberId: string) => memberState(server, memberId)
const rowsOf = <Row>(sql: string, parameters: readonly string[] = []) =>
  server.database.read((rx) => rx.rows<Row>(sql, parameters))

describeEachDatabase('an erasure', (kit) => {
  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })

  it('stops a campaign that is under way from writing to them', async () => {
    const shopper = await knownShopper()
    const staying = await knownShopper()
    server.clock.advance(61 * DAY_MS)
    const owner = await signInAs(server, 'owner')
    const later = server.clock.nowMs() + 20 * DAY_MS
    await startCampaign(owner, { sendAtMs: later, channels: ['wechat', 'sms', 'inbox'] })
    await runCampaigns(server)
    await erase(shopper)
    server.clock.advance(6 * DAY_MS)
    await runCampaigns(server)
    const sentTo = async (memberId: string) =>
      (await rowsOf("SELECT 1 FROM message WHERE memberId = ? AND state = 'sent'", [memberId]))
        .length
    expect(await sentTo(staying.memberId)).toBe(1)
    expect(await sentTo(shopper.memberId)).toBe(0)
  })

  it('takes back what a campaign has already written down for them', async () => {
    const shopper = await knownShopper()
    const nowMs = server.clock.nowMs()
    await server.database.write((tx) =>
      tx.run('DELETE FROM message WHERE memberId = ?', [shopper.memberId]),
    )
    const id = `0000000000${shopper.memberId.slice(10)}`
    const row = {
      ...{ id, memberId: shopper.memberId, contentId: id, campaignId: null, purpose: 'marketing' },
      ...{ channels: 'inbox', channel: null, state: 'waiting', reason: null, attempts: 0 },
      ...{ nextAtMs: nowMs + 90 * DAY_MS, unlessBoughtAfterMs: null, createdAtMs: nowMs },
      ...{ changedAtMs: nowMs, sentAtMs: null, readAtMs: null, providerId: null },
    }
    await server.database.write((tx) =>
      tx.insert('message', Object.keys(row), [Object.values(row)]),
    )
    await erase(shopper)
    expect(await rowsOf('SELECT state, reason FROM message WHERE id = ?', [id])).toEqual([
      { state: 'skipped', reason: 'no_consent' },
    ])
  })

  it('follows a merge: all the ids one person has had go together', async () => {
    const absorbed = await knownShopper()
    const survivor = await knownShopper()
    await ask(absorbed)
    const merged = await server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: true },
      ...{ how: 'chosen', pairId: null, by: null, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    expect(merged).toMatchObject({ ok: true })
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await drain()
    expect(await stateOf(survivor.memberId)).toBe('erased')
    expect(await stateOf(absorbed.memberId)).toBe('merged')
    for (const { memberId } of [absorbed, survivor]) {
      expect(await rowsOf('SELECT 1 FROM identity WHERE memberId = ?', [memberId])).toEqual([])
      const told = await rowsOf('SELECT 1 FROM erased_member WHERE memberId = ?', [memberId])
      expect(told).toHaveLength(1)
    }
  })

  it('asked for under a record that was merged since is the survivor’s to see and to take back', async () => {
    const absorbed = await knownShopper()
    const survivor = await knownShopper()
    const asked = await ask(absorbed)
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: true },
      ...{ how: 'rule', pairId: null, by: null, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    expect(merged).toMatchObject({ ok: true })
    const { dueAtMs } = asked
    expect(await deletionOf(survivor)).toMatchObject({ state: 'waiting', dueAtMs })
    expect((await survivor.get('me')).body).toMatchObject({ deletionDueAtMs: dueAtMs })
    const { policyVersion } = PURPOSE_TEXTS.marketing
    const grant = { purpose: 'marketing', isGranted: true, policyVersion }
    expect((await survivor.send('consents', grant)).body.code).toBe('deletion_waiting')
    expect((await survivor.send('deletion', undefined, 'DELETE')).status).toBe(200)
    expect(await deletionOf(survivor)).toMatchObject({ state: 'none' })
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await drain()
    expect(await stateOf(survivor.memberId)).toBe('active')
  })

  it('sweeps up what was on its way in while it was carried out', async () => {
    const shopper = await knownShopper()
    await erase(shopper)
    const row = {
      ...{ id: shopper.memberId, memberId: shopper.memberId, openidSealed: 'k1.late' },
      ...{ refreshSha256: shopper.memberId, usedRefreshSha256: null, createdAtMs: 1 },
      ...{ expiresAtMs: 1, revokedAtMs: null },
    }
    await server.database.write((tx) =>
      tx.insert('member_session', Object.keys(row), [Object.values(row)]),
    )
    server.clock.advance(600_000)
    await drain()
    const left = await rowsOf('SELECT 1 FROM member_session WHERE memberId = ?', [shopper.memberId])
    expect(left).toEqual([])
  })

  it('is carried out once by two servers that look at the same moment', async () => {
    const shopper = await knownShopper()
    await ask(shopper)
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await Promise.all([drain(), drain()])
    const told = await rowsOf('SELECT 1 FROM erased_member WHERE memberId = ?', [shopper.memberId])
    expect(told).toHaveLength(1)
  })

  it('and a sale at the same moment leave books that agree, whichever comes first', async () => {
    for (let round = 0; round < 3; round += 1) {
      const shopper = await knownShopper()
      await ask(shopper)
      server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
      const sale = checkout(till, { who: { by: 'phone', phone: shopper.phone } as never })
      const [result] = await Promise.all([till.sendOne(sale), drain()])
      expect(result.status).toBe('accepted')
      expect(await stateOf(shopper.memberId)).toBe('erased')
    }
    await server.drain()
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('leaves them out of an export that was asked for before and is written after', async () => {
    const shopper = await knownShopper()
    const [member] = await rowsOf<{ memberNo: string }>(
      'SELECT memberNo FROM member WHERE id = ?',
      [shopper.memberId],
    )
    await ask(shopper)
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    const owner = await signInAs(server, 'owner')
    // Asked for by a clock that is ahead, so that nobody writes it yet.
    server.clock.advance(HOUR_MS)
    const asked = await owner.post('members/exports')
    server.clock.advance(-HOUR_MS)
    expect(asked.status).toBe(200)
    await drain()
    server.clock.advance(HOUR_MS)
    await server.app.get(ExportWorkerService, { strict: false }).drain()
    const file = await owner.get(`members/exports/${String(asked.body.id)}/file`)
    expect(file.status).toBe(200)
    const ids = await rowsOf<{ memberNo: string }>('SELECT memberNo FROM member WHERE id = ?', [
      shopper.memberId,
    ])
    for (const no of [member?.memberNo, ids[0]?.memberNo])
      expect(file.body).not.toContain(no ?? 'no member')
  })
})
