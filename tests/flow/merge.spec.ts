import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { verifyBook } from '../../server/points/verify-book.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import type { MergeOrder, Merged } from '../../server/flows/merge-work.js'
import type { Unmerged } from '../../server/flows/undo-merge-work.js'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ProfilesService, type ProfileSource } from '../../server/members/profiles.service.js'
import { countsExpected, countsWritten } from '../rig/counts.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, registration, undo } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import * as shopper from '../rig/shopper.js'

// Two records of one person become one, and two again: nothing is lost, nobody gets what is another's,
// and the book balances all the while.

const EARNED = 21

describeEachDatabase('merging two records of one person', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let merging: MergeMembersService
  let phones = 0

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    merging = server.app.get(MergeMembersService, { strict: false })
  })
  afterAll(async () => {
    await server.drain()
    const report = await verifyBook(server.database)
    const written = await countsWritten(server.database)
    const expected = await countsExpected(server.database)
    await server.stop()
    await opened.drop()
    expect(report.findings).toEqual([])
    expect(report.memberPoints + report.programmePoints).toBe(0)
    expect(written).toEqual(expected)
  })

  interface Person {
    id: string
    phone: string
  }
  /** A new member; with a WeChat account where `asked` wants the member active. */
  async function person(): Promise<Person> {
    phones += 1
    const phone = String(13_400_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  async function buys({ phone }: Person, receipt = {}) {
    const sale = checkout(till, { who: { by: 'phone', phone }, receipt } as object)
    const result = await till.sendOne(sale)
    expect(result.status).toBe('accepted')
    return { sale, purchaseId: result.purchaseId, memberId: result.memberId }
  }
  function order(survivor: Person, absorbed: Person, over: Partial<MergeOrder> = {}): MergeOrder {
    return {
      ...{ survivorId: survivor.id, absorbedId: absorbed.id, moveHistory: true, how: 'chosen' },
      ...{ pairId: null, by: null, idempotency: null, nowMs: server.clock.nowMs() },
      ...over,
    }
  }
  async function merge(survivor: Person, absorbed: Person, over: Partial<MergeOrder> = {}) {
    const outcome = await merging.merge(order(survivor, absorbed, over))
    if (!outcome.ok) throw new Error(outcome.code)
    return outcome satisfies Merged
  }
  async function unmerge({ merge: { id } }: Merged): Promise<Unmerged> {
    const outcome = await merging.undo({ mergeId: id, by: null, nowMs: server.clock.nowMs() })
    if (!outcome.ok) throw new Error(outcome.code)
    return outcome
  }
  const rows = <Row>(sql: string, parameters: (string | number)[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  async function balanceOf({ id }: Person): Promise<number> {
    const [row] = await rows<{ balancePoints: number }>(
      'SELECT balancePoints FROM points_account WHERE memberId = ?',
      [id],
    )
    return Number(row?.balancePoints)
  }
  async function purchasesOf({ id }: Person): Promise<string[]> {
    const found = await rows<{ id: string }>('SELECT id FROM purchase WHERE memberId = ?', [id])
    return found.map((row) => row.id).sort()
  }
  async function holderOf({ phone }: Person): Promise<string | null> {
    const reply = await server.fetch('/agent/v1/lookup', {
      token: await till.token(),
      json: { by: 'phone', phone },
    })
    return reply.body.member?.memberId ?? null
  }

  it('moves identities, purchases and points, and answers for the absorbed id', async () => {
    const [a, b] = [await person(), await person()]
    await buys(a)
    await buys(a)
    const { purchaseId } = await buys(b)
    const { changes } = await merge(b, a)
    expect(changes).toMatchObject({
      identities: [{ kind: 'phone', count: 1 }],
      ...{ aliases: 1, messages: 0, sessions: 0 },
      purchases: { moved: 2, left: 0, movedFen: 4264 },
      points: { survivorBefore: EARNED, absorbedBefore: 2 * EARNED, survivorAfter: 3 * EARNED },
    })
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 3 * EARNED])
    expect(await purchasesOf(a)).toEqual([])
    expect(await purchasesOf(b)).toHaveLength(3)
    expect(await purchasesOf(b)).toContain(purchaseId)
    expect(await holderOf(a)).toBe(b.id)
    const byId = await server.fetch('/agent/v1/lookup', {
      token: await till.token(),
      json: { by: 'member', memberId: a.id },
    })
    expect(byId.body.member).toMatchObject({ memberId: b.id, balancePoints: 3 * EARNED })
    expect((await buys(a)).memberId).toBe(b.id)
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('gives everything back to whose it was, and what was bought since to whom it was made under', async () => {
    const [a, b] = [await person(), await person()]
    const before = await buys(a)
    const own = await buys(b)
    const merged = await merge(b, a)
    const [sinceA, sinceB] = [await buys(a), await buys(b)]
    const { changes } = await unmerge(merged)
    expect(changes).toMatchObject({
      purchases: { back: 1, since: 1 },
      points: {
        ...{ moved: EARNED, since: EARNED, survivorBefore: 4 * EARNED },
        ...{ survivorAfter: 2 * EARNED, absorbedAfter: 2 * EARNED },
      },
    })
    expect(await purchasesOf(a)).toEqual([before.purchaseId, sinceA.purchaseId].sort())
    expect(await purchasesOf(b)).toEqual([own.purchaseId, sinceB.purchaseId].sort())
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([2 * EARNED, 2 * EARNED])
    expect([await holderOf(a), await holderOf(b)]).toEqual([a.id, b.id])
    expect((await buys(a)).memberId).toBe(a.id)
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('changes nothing in a dry run, and tells exactly what the merge then does', async () => {
    const [a, b] = [await person(), await person()]
    await buys(a)
    const previewed = await merging.previewMerge(order(b, a))
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([EARNED, 0])
    expect(await holderOf(a)).toBe(a.id)
    const merged = await merge(b, a)
    expect(previewed).toMatchObject({ ok: true, changes: merged.changes })
    const undoing = { mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() }
    const undoPreviewed = await merging.previewUndo(undoing)
    expect(await holderOf(a)).toBe(b.id)
    expect(undoPreviewed).toMatchObject({ ok: true, changes: (await unmerge(merged)).changes })
  })

  it('leaves earlier purchases where they were when asked to, and their refunds find the points', async () => {
    const [a, b] = [await person(), await person()]
    const { sale, purchaseId } = await buys(a)
    const merged = await merge(b, a, { moveHistory: false })
    expect(merged.changes.purchases).toMatchObject({ moved: 0, left: 1 })
    expect(await purchasesOf(a)).toEqual([purchaseId])
    expect(await balanceOf(b)).toBe(EARNED)
    const refunded = await till.sendOne(
      refundOf(till, sale.receipt.receiptNo, sale.receipt.totalFen),
    )
    expect(refunded).toMatchObject({ status: 'accepted', points: -EARNED, balancePoints: 0 })
    const { changes } = await unmerge(merged)
    expect(changes.points).toMatchObject({ moved: EARNED, since: -EARNED, absorbedAfter: 0 })
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 0])
  })

  it('lets a refund since be borne by whose sale it was', async () => {
    const [a, b] = [await person(), await person()]
    const { sale } = await buys(a)
    const merged = await merge(b, a)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, sale.receipt.totalFen))
    expect(await balanceOf(b)).toBe(0)
    await unmerge(merged)
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 0])
    const again = await merge(a, b)
    expect(again.changes.points.survivorAfter).toBe(0)
  })

  it('verifies a purchase that is given to whom it was with for as long as two records were one', async () => {
    const [a, b] = [await person(), await person()]
    const sale = checkout(till, { receipt: { totalFen: 5_000 } })
    const wrong = assignment(till, sale.eventId, { by: 'phone', phone: b.phone })
    await till.send([sale, wrong])
    await unmerge(await merge(a, b))
    expect(await till.sendOne(undo(till, wrong.eventId))).toMatchObject({ status: 'accepted' })
    server.clock.advance(7 * 86_400_000)
    const right = assignment(till, sale.eventId, { by: 'phone', phone: a.phone })
    expect(await till.sendOne(right)).toMatchObject({ points: 50 })
    const findings = async () => (await verifyBook(server.database)).findings
    expect(await findings()).toEqual([])
    const swap = 'UPDATE purchase SET memberId = ? WHERE memberId = ?'
    await server.database.write((tx) => tx.run(swap, [b.id, a.id]))
    const what = `its points are with member ${a.id}`
    expect(await findings()).toContainEqual(expect.objectContaining({ table: 'purchase', what }))
    await server.database.write((tx) => tx.run(swap, [a.id, b.id]))
  })

  it('refunds a purchase after its merge was undone from whom it is now', async () => {
    const [a, b] = [await person(), await person()]
    const merged = await merge(b, a)
    const { sale } = await buys(a)
    await unmerge(merged)
    expect(await balanceOf(a)).toBe(EARNED)
    expect(
      await till.sendOne(refundOf(till, sale.receipt.receiptNo, sale.receipt.totalFen)),
    ).toMatchObject({
      memberId: a.id,
      points: -EARNED,
    })
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 0])
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('takes back a giving that was made before, under and after a merge', async () => {
    const [a, b] = [await person(), await person()]
    const given = async () => {
      const sale = checkout(till)
      await till.sendOne(sale)
      const giving = assignment(till, sale.eventId, { by: 'phone', phone: a.phone })
      await till.sendOne(giving)
      return giving
    }
    const [first, second] = [await given(), await given()]
    const merged = await merge(b, a)
    expect(await till.sendOne(undo(till, first.eventId))).toMatchObject({
      ...{ status: 'accepted', memberId: b.id, points: -EARNED },
    })
    const third = await given()
    await unmerge(merged)
    expect(await balanceOf(a)).toBe(2 * EARNED)
    expect(await till.sendOne(undo(till, second.eventId))).toMatchObject({ points: -EARNED })
    // Told that it went to the survivor, the till is told now that it is another's.
    expect(await till.sendOne(undo(till, third.eventId))).toMatchObject({
      code: 'receipt_already_claimed',
    })
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([EARNED, 0])
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('re-points aliases of aliases, and returns each to whom it answered with', async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    const minted = registration(till, a.phone)
    await till.sendOne(minted)
    const first = await merge(b, a)
    const second = await merge(c, b)
    const answer = async (memberId: string) =>
      (
        await server.fetch('/agent/v1/lookup', {
          token: await till.token(),
          json: { by: 'member', memberId },
        })
      ).body.member.memberId
    for (const id of [a.id, b.id, minted.memberId]) expect(await answer(id)).toBe(c.id)
    const refused = await merging.undo({
      ...{ mergeId: first.merge.id, by: null, nowMs: server.clock.nowMs() },
    })
    expect(refused).toMatchObject({ ok: false, code: 'merge_has_later' })
    expect(JSON.stringify(refused)).toContain(second.merge.id)
    await unmerge(second)
    expect(await answer(minted.memberId)).toBe(b.id)
    await unmerge(first)
    expect(await answer(minted.memberId)).toBe(a.id)
  })

  it('refuses to undo an undo, to merge what is merged, and a member with itself', async () => {
    const [a, b] = [await person(), await person()]
    expect(await merging.merge(order(a, a))).toMatchObject({ code: 'input_invalid' })
    expect(await merging.merge(order(a, { id: 'nobody', phone: '' }))).toMatchObject({
      code: 'member_not_found',
    })
    const merged = await merge(b, a)
    expect(await merging.merge(order(b, a))).toMatchObject({ code: 'member_merged' })
    expect(await merging.merge(order(a, b))).toMatchObject({ code: 'member_merged' })
    await unmerge(merged)
    const again = { mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() }
    expect(await merging.undo(again)).toMatchObject({ ok: false, code: 'merge_undone' })
    expect(await merging.undo({ ...again, mergeId: a.id })).toMatchObject({ code: 'not_found' })
  })

  it('does a merge once for one key, and refuses the key for another', async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    await buys(a)
    const idempotency = { key: 'k'.repeat(64), inputSha256: 'i'.repeat(64) }
    const both = await Promise.all([
      merging.merge(order(b, a, { idempotency })),
      merging.merge(order(b, a, { idempotency })),
    ])
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    expect(new Set(both.map((one) => (one.ok ? one.merge.id : null))).size).toBe(1)
    expect(await balanceOf(b)).toBe(EARNED)
    const other = { ...idempotency, inputSha256: 'j'.repeat(64) }
    expect(await merging.merge(order(c, b, { idempotency: other }))).toMatchObject({
      code: 'idempotency_conflict',
    })
  })

  it('lets one of two merges of the same member win', async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    await buys(a)
    const outcomes = await Promise.all([merging.merge(order(b, a)), merging.merge(order(c, a))])
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ code: 'member_merged' })
    expect((await balanceOf(b)) + (await balanceOf(c))).toBe(EARNED)
    const crossed = [await person(), await person()] as const
    const round = await Promise.all([
      merging.merge(order(crossed[0], crossed[1])),
      merging.merge(order(crossed[1], crossed[0])),
    ])
    expect(round.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('loses no checkout that arrives while its member is being merged', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await person(), await person()]
      const sales = [1, 2, 3, 4].map(() =>
        till.sendOne(checkout(till, { who: { by: 'phone', phone: a.phone } })),
      )
      const [merged, ...results] = await Promise.all([merging.merge(order(b, a)), ...sales])
      expect(merged.ok).toBe(true)
      expect(results.every(({ status }) => status === 'accepted')).toBe(true)
      expect([await balanceOf(a), await balanceOf(b)]).toEqual([0, 4 * EARNED])
      expect(await purchasesOf(a)).toEqual([])
    }
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('keeps the better told value of each field and the losing one sealed, and gives it back', async () => {
    const [a, b] = [await person(), await person()]
    const profiles = server.app.get(ProfilesService, { strict: false })
    const tell = (who: Person, values: object, nowMs: number, source: ProfileSource) =>
      server.database.write((tx) => profiles.change(tx, who.id, values, nowMs, source))
    await tell(b, { name: '李雷', city: '上海' }, 10, 'import')
    await tell(b, { birthday: '1990-01-01' }, 10, 'self')
    await tell(a, { name: '李磊', birthday: '1991-01-01' }, 5, 'staff')
    await tell(a, { city: '上海 ', gender: 'male' }, 5, 'staff')
    const of = async ({ id }: Person) =>
      server.database.read(async (rx) => (await profiles.profilesOf(rx, [id])).get(id))
    const merged = await merge(b, a)
    expect(await of(b)).toMatchObject({
      ...{ name: '李磊', birthday: '1990-01-01', city: '上海', gender: 'male', email: null },
    })
    expect(merged.changes.profile).toMatchObject([
      { field: 'name', winner: 'absorbed', isKept: true },
      { field: 'birthday', winner: 'survivor', isKept: true },
      { field: 'gender', winner: 'absorbed', isKept: false },
    ])
    const stored = JSON.stringify(await rows('SELECT * FROM member_merge_step'))
    for (const value of ['李雷', '李磊', '1991']) expect(stored).not.toContain(value)
    await tell(b, { gender: 'female' }, 99, 'self')
    const { changes } = await unmerge(merged)
    expect(changes.profile).toEqual([
      { field: 'name', isRestored: true },
      { field: 'gender', isRestored: false },
    ])
    expect(await of(b)).toMatchObject({ name: '李雷', gender: 'female', birthday: '1990-01-01' })
    expect(await of(a)).toMatchObject({ name: '李磊', gender: 'male', birthday: '1991-01-01' })
  })

  it('never lets a merge revive marketing to somebody who opted out, nor its undoing', async () => {
    const consents = server.app.get(ConsentService, { strict: false })
    const says = (who: Person, state: 'granted' | 'withdrawn', occurredAtMs: number) =>
      server.database.write((tx) =>
        consents.append(tx, [
          {
            ...{ memberId: who.id, purpose: 'marketing', state, policyVersion: 't' },
            ...{ textSha256: 'a'.repeat(64), how: 'member_page', evidence: 'test' },
            ...{ occurredAtMs, recordedAtMs: occurredAtMs },
          },
        ]),
      )
    const saidBy = (who: Person) =>
      server.database.read(
        async (rx) => (await consents.saidBy(rx, who.id, ['marketing'])).get('marketing')?.state,
      )
    const [a, b, c, d] = [await person(), await person(), await person(), await person()]
    await says(a, 'withdrawn', 1)
    await says(b, 'granted', server.clock.nowMs() + 60_000)
    const merged = await merge(b, a)
    expect(await saidBy(b)).toBe('withdrawn')
    await unmerge(merged)
    expect([await saidBy(a), await saidBy(b)]).toEqual(['withdrawn', 'withdrawn'])
    await says(c, 'granted', 1)
    const silent = await merge(d, c)
    expect(await saidBy(d)).toBeUndefined()
    await says(d, 'withdrawn', server.clock.nowMs())
    await unmerge(silent)
    expect([await saidBy(c), await saidBy(d)]).toEqual(['withdrawn', 'withdrawn'])
  })
})
