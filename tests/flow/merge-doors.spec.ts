import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { snapshotAnswerSchema } from '@huike/shared/contracts/agent'
import {
  mergeFileSchema,
  mergePageSchema,
  mergePreviewSchema,
  mergeSchema,
  pairPageSchema,
  pairSchema,
  undoPreviewSchema,
} from '@huike/shared/contracts/console-identity'
import { memberFileSchema } from '@huike/shared/contracts/console-members'
import { memberCode } from '@huike/shared/member-code'
import { MergeFoundPairsService } from '../../server/flows/merge-found-pairs.service.js'
import { DuplicatePairsService } from '../../server/members/duplicate-pairs.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import type { Rx } from '../../server/platform/database.js'
import { DeletionsService } from '../../server/rights/deletions.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem, newWechatShopper } from '../rig/wechat-shopper.js'

// The doors to merging: the queue a manager decides, two chosen members, the journal and undoing; and
// what tills and phones are told of it.

describeEachDatabase('the doors to merging', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let auditor: ConsolePerson
  let phones = 0
  let keys = 0

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    auditor = await signInAs(server, 'auditor')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  async function person(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_300_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  function post(path: string, json: object, key?: string) {
    keys += 1
    const headers = { 'idempotency-key': key ?? `key-${String(keys)}` }
    return owner.fetch(path, { json, headers })
  }
  async function merged(survivorId: string, absorbedId: string) {
    const reply = await post('merges', { survivorId, absorbedId })
    expect(reply.status).toBe(200)
    return mergeSchema.parse(reply.body)
  }
  async function raise(a: string, b: string): Promise<string> {
    const pairs = server.app.get(MergePairsService, { strict: false })
    const reasons = { name: '姓名相同', birthday: '生日相同' }
    const atMs = server.clock.nowMs()
    await server.database.write((tx) => pairs.raise(tx, [a, b], { reasons, atMs }))
    const [two] = await server.database.read((rx) =>
      rx.rows<{ id: string }>(
        'SELECT id FROM duplicate_pair WHERE memberAId IN (?, ?) AND memberBId IN (?, ?)',
        [...[a, b, a, b]],
      ),
    )
    return two?.id ?? ''
  }
  /** A pair as the search leaves it. */
  async function find(a: string, b: string, scoreMillibits = 21_500): Promise<string> {
    const pairs = server.app.get(DuplicatePairsService, { strict: false })
    const reasons = { phone: '手机号差一位' }
    const found = { recordA: a, recordB: b, scoreMillibits, verdict: 'merge' as const }
    await server.database.write((tx) =>
      pairs.keep(tx, [{ ...found, reasons }], server.clock.nowMs()),
    )
    return raise(a, b)
  }
  const pairOf = async (id: string) =>
    pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
  const setAlone = async (mergesAlone: boolean, valuableFromFen = 1_000_000) => {
    const json = { mergesAlone, valuableFromFen }
    const set = await owner.fetch('settings/duplicates', { method: 'PUT', json })
    expect(set.body).toEqual(json)
  }
  const mergeAlone = () => server.app.get(MergeFoundPairsService, { strict: false }).drain()
  const auditOf = (subjectId: string) =>
    server.database.read((rx) =>
      rx.rows<{ action: string; staffId: string }>(
        'SELECT action, staffId FROM staff_audit WHERE subjectId = ? ORDER BY id',
        [subjectId],
      ),
    )

  it('previews, merges once for a key, lists and undoes, and writes down who did', async () => {
    const [a, b] = [await person(), await person()]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: a.phone } }))
    const ask = { survivorId: b.id, absorbedId: a.id }
    const preview = mergePreviewSchema.parse((await auditor.post('merges/preview', ask)).body)
    expect(preview.changes).toMatchObject({
      purchases: { moved: 1 },
      points: { survivorAfter: 21 },
    })
    const first = await post('merges', ask, 'once')
    const again = await post('merges', ask, 'once')
    expect(again.body).toEqual(first.body)
    expectProblem(
      await post('merges', { ...ask, moveHistory: false }, 'once'),
      409,
      'idempotency_conflict',
    )
    expectProblem(await post('merges', ask), 409, 'member_merged')
    const merge = mergeSchema.parse(first.body)
    expect(merge).toMatchObject({ state: 'done', how: 'chosen', mergedByName: owner.name })
    const page = mergePageSchema.parse((await auditor.get(`merges?memberId=${b.id}`)).body)
    expect(page.merges).toMatchObject([{ id: merge.id, changes: preview.changes }])
    expectProblem(await auditor.post(`merges/${merge.id}/undo`), 403, 'forbidden')
    const undoing = undoPreviewSchema.parse(
      (await auditor.post(`merges/${merge.id}/undo/preview`)).body,
    )
    const undone = mergeSchema.parse((await owner.post(`merges/${merge.id}/undo`)).body)
    expect(undone).toMatchObject({ state: 'undone', undoChanges: undoing.changes })
    expectProblem(await owner.post(`merges/${merge.id}/undo`), 409, 'merge_undone')
    expectProblem(await owner.post('merges/nothing/undo'), 404, 'not_found')
    expect(await auditOf(b.id)).toEqual([
      { action: 'member.merged', staffId: owner.id },
      { action: 'member.unmerged', staffId: owner.id },
    ])
  })

  it('gives back what moved to a record that has more purchases than any shopper', async () => {
    const [a, b] = [await person(), await person()]
    const buys = async ({ phone }: { phone: string }) =>
      (await till.sendOne(checkout(till, { who: { by: 'phone', phone } }))).purchaseId ?? ''
    const [own, moved] = [await buys(b), await buys(a)]
    const { id } = await merged(b.id, a.id)
    const since = await buys(a)
    // A card at the counter that everybody without one is put on; older than all that is looked for.
    expect(await copyPurchase(own)).toBe(50_000)
    const undone = mergeSchema.parse((await post(`merges/${id}/undo`, {})).body)
    expect(undone.undoChanges?.purchases).toEqual({ back: 1, since: 1 })
    const theirs = await server.database.read((rx) =>
      rx.rows<{ id: string }>('SELECT id FROM purchase WHERE memberId = ? ORDER BY id', [a.id]),
    )
    expect(theirs.map((row) => row.id)).toEqual([moved, since].sort())
  })

  /** Writes one purchase down fifty thousand times more; answers how often. */
  async function copyPurchase(purchaseId: string): Promise<number> {
    const columns = (
      await server.database.read((rx) =>
        rx.rows('SELECT * FROM purchase WHERE id = ?', [purchaseId]),
      )
    )
      .flatMap((row) => Object.keys(row))
      .filter((name) => name !== 'id' && name !== 'businessKey')
    const digits = (name: string) =>
      `(SELECT 0 AS n ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `UNION SELECT ${String(n)}`).join(' ')}) ${name}`
    const number = '(a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n)'
    return server.database.write((tx) =>
      tx.run(
        `INSERT INTO purchase (id, businessKey, ${columns.join(', ')})
         SELECT CONCAT('000000000000000000000', 10000 + ${number}), CONCAT('many|', ${number}),
           ${columns.map((name) => `p.${name}`).join(', ')}
         FROM purchase p, ${['a', 'b', 'c', 'd'].map(digits).join(', ')},
           (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) e
         WHERE p.id = ?`,
        [purchaseId],
      ),
    )
  }

  it('pages the journal, the latest first', async () => {
    for (let n = 0; n < 3; n += 1) await merged((await person()).id, (await person()).id)
    const all = mergePageSchema.parse((await owner.get('merges?limit=100')).body).merges
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = mergePageSchema.parse((await owner.get(`merges?limit=2${at}`)).body)
      ids.push(...page.merges.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(ids).toEqual(all.map(({ id }) => id))
    expectProblem(await owner.get('merges?cursor=made-up'), 422, 'input_invalid')
  })

  it('shows a pair side by side, masked, and decides it once', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raise(a.id, b.id)
    const page = pairPageSchema.parse((await auditor.get('identity/pairs')).body)
    const pair = page.pairs.find((one) => one.id === id)
    expect(pair).toMatchObject({
      ...{ verdict: 'review', state: 'open', decidedByName: null },
      reasons: [
        { field: 'name', words: '姓名相同' },
        { field: 'birthday', words: '生日相同' },
      ],
    })
    expect(JSON.stringify(page)).not.toContain(a.phone)
    expect(pair?.sides.map(({ identities }) => identities.length)).toEqual([1, 1])
    const decide = (json: object) => owner.post(`identity/pairs/${id}/decide`, json)
    expectProblem(await decide({ verdict: 'merge', survivorId: owner.id }), 422, 'input_invalid')
    const decided = await decide({ verdict: 'merge', survivorId: a.id })
    expect(decided.body.merge).toMatchObject({ how: 'pair', survivor: { memberId: a.id } })
    expect((await decide({ verdict: 'merge', survivorId: a.id })).body).toEqual(decided.body)
    expectProblem(await decide({ verdict: 'reject' }), 409, 'pair_decided')
    const after = pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
    expect(after).toMatchObject({ state: 'merged', decidedByName: owner.name })
    await owner.post(`merges/${String(decided.body.merge.id)}/undo`)
    expectProblem(await decide({ verdict: 'merge', survivorId: a.id }), 409, 'pair_decided')
  })

  it('takes a pair that is not one person out of the queue, and leaves both alone', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raise(a.id, b.id)
    const rejected = await owner.post(`identity/pairs/${id}/decide`, { verdict: 'reject' })
    expect(rejected.body).toEqual({ merge: null })
    const open = pairPageSchema.parse((await owner.get('identity/pairs?limit=100')).body)
    expect(open.pairs.map((pair) => pair.id)).not.toContain(id)
    await raise(b.id, a.id)
    const still = pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
    expect(still.state).toBe('rejected')
    expect((await shopper.phoneOf(server, a.phone)).token).toBeTruthy()
    expectProblem(await owner.get('identity/pairs/nothing'), 404, 'not_found')
  })

  it('takes back that two are not one person, and lists what was decided', async () => {
    const [a, b] = [await person(), await person()]
    const id = await find(a.id, b.id)
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
    await find(a.id, b.id)
    expect(await pairOf(id)).toMatchObject({ state: 'open', verdict: 'review' })
    await owner.post(`identity/pairs/${id}/decide`, { verdict: 'merge', survivorId: a.id })
    expectProblem(await owner.post(`identity/pairs/${id}/reopen`), 409, 'pair_decided')
    expectProblem(await owner.post('identity/pairs/nothing/reopen'), 404, 'not_found')
    expect(await idsOf('state=merged')).toContain(id)
    const actions = (await auditOf([a.id, b.id].sort()[0] ?? '')).map(({ action }) => action)
    expect(actions).toEqual(expect.arrayContaining(['pair.rejected', 'pair.reopened']))
  })

  it('decides a pair one way when two people say opposite things at the same instant', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raise(a.id, b.id)
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

  it('shows one merge with the values that lost in it, masked', async () => {
    const [a, b] = [await person(), await person()]
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write(async (tx) => {
      await profiles.change(tx, a.id, { name: '欧阳若曦', birthday: null }, 1)
      await profiles.change(tx, b.id, { name: '欧阳若溪', birthday: null }, 2)
    })
    const { id } = await merged(b.id, a.id)
    const file = mergeFileSchema.strict().parse((await auditor.get(`merges/${id}`)).body)
    expect(file.kept).toEqual([{ field: 'name', shown: '欧***' }])
    expect(file.changes.profile).toMatchObject([{ field: 'name', isKept: true }])
    expectProblem(await owner.get('merges/nothing'), 404, 'not_found')
  })

  it('merges by rule only what the search is sure of, once the owner says so', async () => {
    const people = [await person(), await person(), await person(), await person(), await person()]
    const [a, b, c, d, e] = people.map(({ id }) => id) as [string, string, string, string, string]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: people[1]?.phone ?? '' } }))
    await server.drain()
    const [sure, chained] = [await find(a, b, 22_000), await find(a, c)]
    const doubtful = await raise(d, e)
    await mergeAlone()
    expect((await pairOf(sure)).state).toBe('open')
    await setAlone(true)
    await mergeAlone()
    await setAlone(false)
    expect(await pairOf(sure)).toMatchObject({ state: 'merged', decidedByName: null })
    expect((await pairOf(doubtful)).state).toBe('open')
    const { merges } = mergePageSchema.parse((await owner.get(`merges?memberId=${b}`)).body)
    expect(merges[0]).toMatchObject({ how: 'rule', mergedByName: null, survivor: { memberId: b } })
    expect(await auditOf(b)).toMatchObject([{ action: 'member.merged' }])
    // The second record's pair was with one that is nobody's own any more.
    expectProblem(await owner.get(`identity/pairs/${chained}`), 404, 'not_found')
    // Undone by a person: no rule merges the two again.
    await owner.post(`merges/${merges[0]?.id ?? ''}/undo`)
    await find(a, b)
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
    const [valuable, forgotten, leaving] = [await find(a, b), await find(c, d), await find(c, e)]
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
        { field: 'phone', words: '手机号差一位' },
        { field: 'rule', words },
      ]
      expect(await pairOf(id)).toMatchObject({ state: 'open', verdict: 'review', reasons })
    }
    expectProblem(await owner.get(`identity/pairs/${forgotten}`), 404, 'not_found')
    const { merges } = mergePageSchema.parse((await owner.get(`merges?memberId=${c}`)).body)
    expect(merges).toEqual([])
  })

  it('lets the phone of the absorbed record go on as the survivor, and as itself after an undo', async () => {
    const [a, b] = [await newWechatShopper(server), await newWechatShopper(server)]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: b.phone } }))
    const merge = await merged(b.memberId, a.memberId)
    expect((await a.get('me')).body).toMatchObject({ memberId: b.memberId, balancePoints: 21 })
    expect((await a.get('purchases')).body.purchases).toHaveLength(1)
    const since = await shopper.phoneOf(server, a.phone)
    expect((await since.get('me')).body.memberId).toBe(b.memberId)
    await owner.post(`merges/${merge.id}/undo`)
    expect((await a.get('me')).body).toMatchObject({ memberId: a.memberId, balancePoints: 0 })
    expect((await a.get('purchases')).body.purchases).toEqual([])
    expect((await b.get('me')).body).toMatchObject({ memberId: b.memberId, balancePoints: 21 })
    // Opened while the two were one: nobody can tell whose it is, so it is over.
    expectProblem(await since.get('me'), 401, 'token_invalid')
  })

  it('takes the member code of an absorbed record at the till, and its number in a search', async () => {
    const [a, b] = [await newWechatShopper(server), await person()]
    const card = (await a.get('me')).body as { memberNo: string; codeKey: string }
    await shopper.phoneOf(server, b.phone)
    await merged(b.id, a.memberId)
    const nowMs = server.clock.nowMs()
    const code = memberCode(card.memberNo, Buffer.from(card.codeKey, 'base64url'), nowMs)
    const who = { by: 'member_code' as const, memberCode: code, readAtMs: nowMs as never }
    expect(await till.sendOne(checkout(till, { who }))).toMatchObject({
      ...{ status: 'accepted', code: null, memberId: b.id },
    })
    const listed = await owner.get(`members?search=${card.memberNo}`)
    expect(listed.body.members).toMatchObject([{ memberId: b.id }])
  })

  it('tells tills who answers for whom, and takes it back', async () => {
    const snapshot = async () => {
      const reply = await server.fetch('/agent/v1/snapshot?cursor=', { token: await till.token() })
      return snapshotAnswerSchema.parse(reply.body)
    }
    const [a, b] = [await person(), await person()]
    server.clock.advance(60_000)
    const merge = await merged(b.id, a.id)
    const after = await snapshot()
    expect(after.merged).toContainEqual({ memberId: a.id, intoMemberId: b.id })
    expect(after.members.map(({ memberId }) => memberId)).toContain(b.id)
    expect(after.members.map(({ memberId }) => memberId)).not.toContain(a.id)
    server.clock.advance(60_000)
    await owner.post(`merges/${merge.id}/undo`)
    const undone = await snapshot()
    expect(undone.merged.map(({ memberId }) => memberId)).not.toContain(a.id)
    expect(undone.members.map(({ memberId }) => memberId)).toContain(a.id)
  })

  it('shows in the file where each identity came from, and the merges behind it', async () => {
    const [a, b] = [await person(), await person()]
    await merged(b.id, a.id)
    const { body } = await owner.get(`members/${a.id}`)
    const file = memberFileSchema.parse(body)
    expect(file.memberId).toBe(b.id)
    expect(file.merges).toMatchObject([{ role: 'survivor', state: 'done' }])
    const no = file.merges[0]?.otherMemberNo
    expect(no).not.toBe(file.memberNo)
    expect(file.identities.map(({ fromMemberNo }) => fromMemberNo).sort()).toEqual(
      [no, null].sort(),
    )
  })
})
