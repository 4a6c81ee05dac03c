import { expect, it } from '@jest/globals'
import type { AgentMember } from '@huike/shared/contracts/agent'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import * as shopper from '../rig/shopper.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// What a till is told of a member beyond points: a masked name and what is worth a word. Never the
// name, never the date.

const NAME = '欧阳娜娜'
const BIRTHDAY = '1995-03-03'
const DAY_MS = 86_400_000

describeEachDatabase('what a cashier is told of a member', (kit) => {
  let server: TestServer
  let till: TestTill

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })

  async function lookup(memberId: string): Promise<AgentMember> {
    const token = await till.token()
    const reply = await server.fetch('/agent/v1/lookup', {
      token,
      json: { by: 'member', memberId },
    })
    return reply.body.member
  }
  async function tell(memberId: string, told: { name: string | null; birthday: string | null }) {
    const profiles = server.app.get(ProfilesService, { strict: false })
    const nowMs = server.clock.nowMs()
    await server.database.write((tx) => profiles.change(tx, memberId, told, nowMs))
  }
  async function allowProfiling(memberId: string, isGranted: boolean): Promise<void> {
    const consents = server.app.get(ConsentService, { strict: false })
    server.clock.advance(1)
    const { policyVersion } = PURPOSE_TEXTS.profiling
    const said = { purpose: 'profiling' as const, isGranted, policyVersion }
    const by = { how: 'member_page' as const, evidence: 'test', nowMs: server.clock.nowMs() }
    await server.database.write((tx) => consents.change(tx, { memberId, ...said, ...by }))
  }
  /** An online sale of the member, `daysAgo` days before now. */
  async function buyOnline(memberId: string, daysAgo: number, refundedFen = 0): Promise<void> {
    const id = `ONLINE${memberId.slice(-10)}${String(daysAgo).padStart(10, '0')}`
    const atMs = server.clock.nowMs() - daysAgo * DAY_MS
    const row = {
      ...{ id, businessKey: id, contentSha256: '0'.repeat(64), kind: 'sale', channel: 'online' },
      ...{ sourceKind: 'online', storeId: till.enrolled.storeId, terminalId: 'x'.repeat(26) },
      ...{ receiptNo: id, businessDate: '2026-03-02', printedAt: null, occurredAtMs: atMs },
      ...{ recordedAtMs: atMs, clockSuspect: 0, memberId, totalFen: 100, changeFen: null },
      ...{ refundedFen, earnedPoints: 0, reversedPoints: 0, cashier: null },
      ...{ originalReceiptNo: null, originalPurchaseId: null, lineCount: 0, firstLineName: null },
    }
    await server.database.write((tx) =>
      tx.insert('purchase', Object.keys(row), [Object.values(row)]),
    )
  }

  it('is what to ask for, of somebody who told nothing', async () => {
    const memberId = await shopper.register(till, '13700000001')
    expect(await lookup(memberId)).toMatchObject({
      ...{ nameMasked: null, hints: ['ask_name', 'ask_birthday'] },
    })
  })

  it('is a masked name and a birthday that is near, and neither name nor date', async () => {
    const memberId = await shopper.register(till, '13700000002')
    await tell(memberId, { name: NAME, birthday: BIRTHDAY })
    const member = await lookup(memberId)
    expect(member).toMatchObject({ nameMasked: '欧***', hints: ['birthday'] })
    const snapshot = await server.fetch('/agent/v1/snapshot', { token: await till.token() })
    const told = snapshot.body.members.find((one: AgentMember) => one.memberId === memberId)
    expect(told).toMatchObject({ nameMasked: '欧***', hints: ['birthday'] })
    for (const secret of [NAME, '娜', BIRTHDAY, '03-03'])
      expect(JSON.stringify([member, snapshot.body.members])).not.toContain(secret)
  })

  it('is a birthday by the calendar of the store, not of the server', async () => {
    const memberId = await shopper.register(till, '13700000003')
    await tell(memberId, { name: NAME, birthday: '1990-02-28' })
    // 15:30 UTC on 3 March is 23:30 in Shanghai; half an hour later it is 4 March there.
    server.clock.set(Date.UTC(2026, 2, 3, 15, 30))
    expect((await lookup(memberId)).hints).toEqual(['birthday'])
    server.clock.advance(1_800_000)
    expect((await lookup(memberId)).hints).toEqual([])
  })

  it('is a regular of the online shop after three sales that were kept, within 90 days', async () => {
    const memberId = await shopper.register(till, '13700000004')
    await tell(memberId, { name: NAME, birthday: '1990-09-09' })
    await allowProfiling(memberId, true)
    for (const daysAgo of [1, 89, 91]) await buyOnline(memberId, daysAgo)
    await buyOnline(memberId, 5, 100)
    expect((await lookup(memberId)).hints).toEqual([])
    await buyOnline(memberId, 30)
    expect((await lookup(memberId)).hints).toEqual(['online_regular'])
    await allowProfiling(memberId, false)
    expect((await lookup(memberId)).hints).toEqual([])
  })

  it('is nothing of what they buy where they did not allow it', async () => {
    const memberId = await shopper.register(till, '13700000005')
    await tell(memberId, { name: NAME, birthday: '1990-09-09' })
    for (const daysAgo of [1, 2, 3, 4]) await buyOnline(memberId, daysAgo)
    expect((await lookup(memberId)).hints).toEqual([])
  })
})
