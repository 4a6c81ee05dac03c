import { expect, it } from '@jest/globals'
import {
  mergePageSchema,
  pairPageSchema,
  pairSchema,
} from '@huike/shared/contracts/console-identity'
import { MergeFoundPairsService } from '../../server/flows/merge-found-pairs.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import type { Rx } from '../../server/platform/database.js'
import { DeletionsService } from '../../server/rights/deletions.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { checked, taken } from '../rig/imports.js'
import { findPair, FOUND_REASONS, raisePair } from '../rig/pairs.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// The queue of pairs: decided one way by people, put back, and merged by rule where the owner has
// switched that on; what a person said is never touched.

describeEachDatabase('the queue of pairs', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let auditor: ConsolePerson
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    auditor = await signInAs(server, 'auditor')
  })

  async function person(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_100_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  const actionsOf = async (subjectId: string) => {
    const rows = await server.database.read((rx) =>
      rx.rows<{ action: string }>(
        'SELECT action FROM staff_audit WHERE subjectId = ? ORDER BY id',
        [subjectId],
      ),
    )
    return rows.map(({ action }) => action)
  }
  const pairOf = async (id: string) =>
    pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
  const setAlone = async (mergesAlone: boolean, valuableFromFen = 1_000_000) => {
    const json = { mergesAlone, valuableFromFen }
    const set = await owner.fetch('settings/duplicates', { method: 'PUT', json })
    expect(set.body).toEqual(json)
  }
  const mergeAlone = () => server.app.get(MergeFoundPairsService, { strict: false }).drain()

  it('takes back that two are not one person, and lists what was decided', async () => {
    const [a, b] = [await person(), await person()]
    const id = await findPair(server, [a.id, b.id])
    const idsOf = async (query: string) =>
      pairPageSchema
        .parse((await auditor.get(`identity/pairs?limit=100&${query}`)).body)
        .pairs.map((pair) => pair.id)
    expect(await idsOf(`verdict=merge&memberId=${b.id}`)).toEqual([id])
    expect(await idsOf(`memberId=${owner.id}`)).toEqual([])
    await owner.post(`identity/pairs/${id}/decide`, { verdict: 'reject' })
    expect(await idsOf('state=rejected')).toContain(id)
    expectProblem(await auditor.post(`identity/pairs/${id}/reopen`), 403, 'forbidden')
    const reopened = await owner.post(`identity/pairs/${id}/reopen`)
    expect(reopened.body).toMatchObject({ state: 'open', verdict: 'review', score: 0 })
    expect((await owner.post(`identity/pairs/${id}/reopen`)).body).toEqual(reopened.body)
    // Somebody asked for a person: no search and no rule takes that from them.
    await findPair(server, [a.id, b.id])
    expect(await pairOf(id)).toMatchObject({ state: 'open', verdict: 'review' })
    await owner.post(`identity/pairs/${id}/decide`, { verdict: 'merge', survivorId: a.id })
    expectProblem(await owner.post(`identity/pairs/${id}/reopen`), 409, 'pair_decided')
    expectProblem(await owner.post('identity/pairs/nothing/reopen'), 404, 'not_found')
    expect(await idsOf('state=merged')).toContain(id)
    const actions = await actionsOf([a.id, b.id].sort()[0] ?? '')
    expect(actions).toEqual(expect.arrayContaining(['pair.rejected', 'pair.reopened']))
  })

  it('shows a side that came from a file, with where it is known from', async () => {
    const { id: tillId } = await person()
    const storeId = till.enrolled.storeId
    const bytes = '手机号,姓名\n13100990001,王五\n'
    const { id: jobId, templateId } = await checked(server, owner, { bytes, storeId })
    expect((await taken(server, owner, jobId)).taken).toMatchObject({ newMembers: 1 })
    const source = `import:${templateId}`
    const [imported] = await server.database.read((rx) =>
      rx.rows<{ memberId: string }>('SELECT memberId FROM identity WHERE source = ?', [source]),
    )
    const id = await findPair(server, [tillId, imported?.memberId ?? ''])
    const { sides } = await pairOf(id)
    const side = sides.find(({ memberId }) => memberId === imported?.memberId)
    expect(side).toMatchObject({ registeredChannel: 'import', identities: [{ source }] })
  })

  it('decides a pair one way when two people say opposite things at the same instant', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raisePair(server, [a.id, b.id])
    const [merging, rejecting] = await Promise.all([
      owner.post(`identity/pairs/${id}/decide`, { verdict: 'merge', survivorId: a.id }),
      owner.post(`identity/pairs/${id}/decide`, { verdict: 'reject' }),
    ])
    expect([merging.status, rejecting.status].sort()).toEqual([200, 409])
    const { state } = await pairOf(id)
    expect(state).toBe(merging.status === 200 ? 'merged' : 'rejected')
    const page = mergePageSchema.parse((await owner.get(`merges?memberId=${a.id}`)).body)
    expect(page.merges).toHaveLength(state === 'merged' ? 1 : 0)
  })

  it('finds pairs by keys, in their order', async () => {
    if (kit.kind !== 'sqlite') return
    const pairs = server.app.get(MergePairsService, { strict: false })
    const page = { before: null, verdict: null, memberId: null, limit: 20, state: 'open' as const }
    const asks = [page, { ...page, verdict: 'review' as const }, { ...page, memberId: owner.id }]
    const plans = await server.database.read(async (rx) => {
      const explained: { detail: string }[][] = []
      const explaining: Rx = {
        ...{ dialect: rx.dialect, manager: rx.manager },
        rows: async (sql, parameters = []) => {
          explained.push(await rx.rows(`EXPLAIN QUERY PLAN ${sql}`, parameters))
          return []
        },
      }
      for (const ask of asks) await pairs.page(explaining, ask)
      await pairs.sure(explaining, 20)
      return explained.map((plan) => plan.map(({ detail }) => detail).join('\n'))
    })
    expect(plans[0]).toContain('ix_duplicate_pair_score')
    expect(plans[1]).toContain('ix_duplicate_pair_verdict')
    expect(plans[2]).toContain('ix_duplicate_pair_b')
    expect(plans[3]).toContain('ix_duplicate_pair_verdict')
    for (const at of [0, 1, 3]) expect(plans[at]).not.toMatch(/TEMP B-TREE|SCAN [abp]\b/)
  })

  it('merges by rule only what the search is sure of, once the owner says so', async () => {
    const people = [await person(), await person(), await person(), await person(), await person()]
    const [a, b, c, d, e] = people.map(({ id }) => id) as [string, string, string, string, string]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: people[1]?.phone ?? '' } }))
    await server.drain()
    const [sure, chained] = [
      await findPair(server, [a, b], { scoreMillibits: 22_000 }),
      await findPair(server, [a, c]),
    ]
    const doubtful = await raisePair(server, [d, e])
    await mergeAlone()
    expect((await pairOf(sure)).state).toBe('open')
    await setAlone(true)
    await mergeAlone()
    await setAlone(false)
    expect(await pairOf(sure)).toMatchObject({ state: 'merged', decidedByName: null })
    expect((await pairOf(doubtful)).state).toBe('open')
    const { merges } = mergePageSchema.parse((await owner.get(`merges?memberId=${b}`)).body)
    expect(merges[0]).toMatchObject({ how: 'rule', mergedByName: null, survivor: { memberId: b } })
    expect(await actionsOf(b)).toEqual(['member.merged'])
    // The second record's pair was with one that is nobody's own any more.
    expectProblem(await owner.get(`identity/pairs/${chained}`), 404, 'not_found')
    // Undone by a person: no rule merges the two again.
    await owner.post(`merges/${merges[0]?.id ?? ''}/undo`)
    await findPair(server, [a, b])
    await setAlone(true)
    await mergeAlone()
    await setAlone(false)
    expect((await pairOf(sure)).state).toBe('rejected')
  })

  it('leaves the valuable and the leaving to a person, and the forgotten alone', async () => {
    const people = [await person(), await person(), await person(), await person(), await person()]
    const [a, b, c, d, e] = people.map(({ id }) => id) as [string, string, string, string, string]
    const deletions = server.app.get(DeletionsService, { strict: false })
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: people[0]?.phone ?? '' } }))
    await server.drain()
    const [valuable, forgotten, leaving] = [
      await findPair(server, [a, b]),
      await findPair(server, [c, d]),
      await findPair(server, [c, e]),
    ]
    await server.database.write(async (tx) => {
      await tx.run("UPDATE member SET state = 'erased' WHERE id = ?", [d])
      const asked = { memberId: e, how: 'console' as const, pointsThen: 0, coolingOffDays: 15 }
      await deletions.ask(tx, { ...asked, nowMs: server.clock.nowMs() })
    })
    await setAlone(true, 2_132)
    await mergeAlone()
    await setAlone(false)
    for (const [id, words] of [
      [valuable, '重点会员，由人确认'],
      [leaving, '有一方申请了注销，由人确认'],
    ] as const) {
      const reasons = [
        { field: 'phone', words: FOUND_REASONS.phone },
        { field: 'rule', words },
      ]
      expect(await pairOf(id)).toMatchObject({ state: 'open', verdict: 'review', reasons })
    }
    expectProblem(await owner.get(`identity/pairs/${forgotten}`), 404, 'not_found')
    const { merges } = mergePageSchema.parse((await owner.get(`merges?memberId=${c}`)).body)
    expect(merges).toEqual([])
  })
})
