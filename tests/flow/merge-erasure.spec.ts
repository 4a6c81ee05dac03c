import { expect, it } from '@jest/globals'
import { pairPageSchema } from '@huike/shared/contracts/console-identity'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { DuplicatePairsService } from '../../server/members/duplicate-pairs.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { aKnownShopper, eraseNow, memberState } from '../rig/erasure.js'
import { enrolTill, type TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'

// One person, two records, and then nobody: what a merge kept for its undoing goes with the person.

const LOSING_NAME = '被覆盖的旧名字'
const PHONE = '13477770001'

describeEachDatabase('a merged person who is forgotten', (kit) => {
  let server: TestServer
  shareServer(kit, (running) => {
    server = running
  })

  it('leaves no losing value behind, and nobody can take the merge back', async () => {
    const till = await enrolTill(server)
    const merging = server.app.get(MergeMembersService, { strict: false })
    const profiles = server.app.get(ProfilesService, { strict: false })
    const survivor = await aKnownShopper(server, till)
    const absorbedId = await shopper.register(till, PHONE)
    const nowMs = server.clock.nowMs()
    await server.database.write((tx) =>
      profiles.change(tx, absorbedId, { name: LOSING_NAME }, nowMs, 'staff'),
    )
    const order = {
      ...{ survivorId: survivor.memberId, absorbedId, moveHistory: true, pairId: null, by: null },
      ...{ how: 'chosen' as const, idempotency: null, nowMs },
    }
    const merged = await merging.merge(order)
    if (!merged.ok) throw new Error(merged.code)
    expect(await keptValues()).toBe(1)
    await eraseNow(server, survivor)
    expect(await memberState(server, survivor.memberId)).toBe('erased')
    expect(await keptValues()).toBe(0)
    const undo = { mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() }
    expect(await merging.undo(undo)).toMatchObject({ ok: false, code: 'member_not_found' })
    expect(await merging.previewUndo(undo)).toMatchObject({ ok: false, code: 'member_not_found' })
    // The number is nobody's: whoever buys under it is not known, and no record comes back.
    const sale = checkout(till, { who: { by: 'phone', phone: PHONE } } as object)
    expect(await till.sendOne(sale)).toMatchObject({ status: 'accepted', memberId: null })
    const other = await shopper.register(till, '13477770002')
    expect(await merging.merge({ ...order, absorbedId: other })).toMatchObject({
      ...{ ok: false, code: 'member_not_found' },
    })
    await server.drain()
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('are in no queue any more with somebody they may have been', async () => {
    const till = await enrolTill(server)
    const gone = await aKnownShopper(server, till)
    const other = await shopper.register(till, '13477770003')
    const pairs = server.app.get(MergePairsService, { strict: false })
    const reasons = { name: '姓名相同' }
    const atMs = server.clock.nowMs()
    await server.database.write((tx) => pairs.raise(tx, [gone.memberId, other], { reasons, atMs }))
    const inQueue = async () =>
      (await pairsPageOf(await signInAs(server, 'owner'))).flatMap(({ sides }) =>
        sides.map(({ memberId }) => memberId),
      )
    expect(await inQueue()).toContain(gone.memberId)
    await eraseNow(server, gone)
    expect(await inQueue()).not.toContain(gone.memberId)
    const found = { recordA: gone.memberId, recordB: other, scoreMillibits: 9_000 }
    const seen = { ...found, verdict: 'merge' as const, reasons: {} }
    await server.database.write((tx) => tx.run('DELETE FROM duplicate_pair'))
    const kept = server.app.get(DuplicatePairsService, { strict: false })
    expect(await server.database.write((tx) => kept.keep(tx, [seen], atMs))).toBe(0)
  })

  async function pairsPageOf(owner: ConsolePerson) {
    return pairPageSchema.parse((await owner.get('identity/pairs')).body).pairs
  }

  async function keptValues(): Promise<number> {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ n: number }>(
        'SELECT COUNT(*) AS n FROM member_merge_step WHERE valueSealed IS NOT NULL',
      ),
    )
    return Number(row?.n)
  }
})
